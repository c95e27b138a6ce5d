"""Which names of a photo are its former ones: it was found under another, and they lead nowhere.

A name that leads nowhere may also be one on a drive that is away, which must keep its photos. It is
a former one where its folder is there with other photos in it. A folder that is gone or empty has
been renamed or emptied where all its photos are elsewhere, one was brought by this very run, and
they lie on one file system: a drive's photos would lie on another, or not all have been copied.

On a disk that does not tell upper from lower case a name that no folder lists still leads to the
photo: it is a former one, too.
"""

import os
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import groupby

from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.paths import is_under
from aesplugin.services.spelling import NamesIn, Spellings


def mark_moved(
    catalog: Catalog, before: Mapping[str, str], now: Mapping[str, str], *, new: Collection[str]
) -> None:
    """Marks as missing what `former` tells; see there."""
    if catalog.read_only:
        return
    for folder, paths in groupby(sorted(former(before, now, new=new), key=_folder), key=_folder):
        catalog.mark_missing(list(paths), root=folder, max_share=1.0)


def former(
    before: Mapping[str, str],
    now: Mapping[str, str],
    *,
    new: Collection[str],
    names_in: NamesIn = os.listdir,
) -> set[str]:
    """Paths that photos have left.

    Args:
        before: content hash by path, of every file the catalog knew.
        now: the same of what a run has seen.
        new: those paths of `now` that the catalog did not know so.
        names_in: lists a folder.
    """
    seen = set(now.values())
    left = [path for path, key in before.items() if key in seen and path not in now]
    gone = set(filter(_is_gone, left))
    there = [path for path in left if path not in gone]
    respelt = set(filter(Spellings(now, names_in).is_former, there)) if there else set()
    return respelt | (_left(before, now, gone, new=new) if gone else set())


def _left(
    before: Mapping[str, str], now: Mapping[str, str], gone: set[str], *, new: Collection[str]
) -> set[str]:
    """Those of `gone` that are no names on a drive that is away."""
    known = _Known({**before, **now})
    sure = {path for path in gone if known.is_alive(_folder(path))}
    fresh: dict[str, list[str]] = {}
    for path in new:
        fresh.setdefault(now[path], []).append(path)
    tops: dict[str, list[str]] = {}
    for path in gone - sure:
        tops.setdefault(_top(_folder(path)), []).extend(fresh.get(before[path], ()))
    for top, brought in tops.items():
        if _may_be_from(top, brought) and known.is_all_elsewhere(top):
            sure |= set(known.below(top))
    return sure


class _Known:
    """Every path and its content, to be asked by folder."""

    def __init__(self, contents: Mapping[str, str]) -> None:
        self._contents = contents
        self._sorted = sorted(contents)
        self._alive: dict[str, bool] = {}
        self._paths: dict[str, list[str]] = {}
        for path, key in contents.items():
            self._paths.setdefault(key, []).append(path)

    def below(self, folder: str) -> Iterator[str]:
        start = bisect_left(self._sorted, os.path.join(folder, ""))
        for index in range(start, len(self._sorted)):
            if not is_under(self._sorted[index], folder):
                return
            yield self._sorted[index]

    def is_alive(self, folder: str) -> bool:
        """Whether a photo is there, anywhere in it."""
        if folder not in self._alive:
            self._alive[folder] = not all(map(_is_gone, self.below(folder)))
        return self._alive[folder]

    def is_all_elsewhere(self, folder: str) -> bool:
        """Whether each photo that was in it has another path, which is there."""
        return all(
            any(not _is_gone(other) for other in self._paths[self._contents[path]])
            for path in self.below(folder)
        )


def _may_be_from(top: str, brought: Iterable[str]) -> bool:
    """Whether one of these new files lies on the file system that `top` was on, as far as is known.

    What holds `top` may be a place for drives (/media, /mnt): a move within it ends below it, too,
    and a drive that is there is another device than what holds it.
    """
    holder = _folder(top)
    if holder == _folder(holder):  # the root of all
        return False
    try:
        device = os.stat(holder).st_dev
        return any(is_under(path, holder) and os.stat(path).st_dev == device for path in brought)
    except OSError:
        return False


def _top(folder: str) -> str:
    """The highest folder that has gone with it; itself where it is there."""
    while not os.path.lexists(folder) and not os.path.lexists(_folder(folder)):
        folder = _folder(folder)
    return folder


def _is_gone(path: str) -> bool:
    return not os.path.lexists(path)


_folder = os.path.dirname
