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
from functools import cached_property
from itertools import groupby

from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.sql_helpers import is_under, portions
from aesplugin.spellings import NamesIn, Spellings


def mark_moved(
    catalog: Catalog, before: Mapping[str, str], now: Mapping[str, str], *, new: Collection[str]
) -> None:
    """Marks as missing what `former` tells; see there."""
    if catalog.read_only:
        return
    left = former(before, now, new=new, catalog=catalog)
    for folder, paths in groupby(sorted(left, key=_folder), key=_folder):
        catalog.mark_missing(list(paths), root=folder, max_share=1.0)


def former(
    before: Mapping[str, str],
    now: Mapping[str, str],
    *,
    new: Collection[str],
    catalog: Catalog | None = None,
    names_in: NamesIn = os.listdir,
) -> set[str]:
    """Paths that photos have left.

    Args:
        before: content hash by path, of every file the catalog knew with a content of `now`.
        now: the same of what a run has seen.
        new: those paths of `now` that the catalog did not know so.
        catalog: holds what else there is; None where `before` is all.
        names_in: lists a folder.
    """
    seen = set(now.values())
    left = [path for path, key in before.items() if key in seen and path not in now]
    gone = set(filter(_is_gone, left))
    there = [path for path in left if path not in gone]
    respelt = set(filter(Spellings(now, names_in).is_former, there)) if there else set()
    known = _Known({**before, **now}, catalog)
    return respelt | (_left(before, now, gone, new=new, known=known) if gone else set())


def _left(
    before: Mapping[str, str],
    now: Mapping[str, str],
    gone: set[str],
    *,
    new: Collection[str],
    known: "_Known",
) -> set[str]:
    """Those of `gone` that are no names on a drive that is away."""
    sure = {path for path in gone if known.is_alive(_folder(path))}
    fresh: dict[str, list[str]] = {}
    for path in new:
        fresh.setdefault(now[path], []).append(path)
    tops: dict[str, list[str]] = {}
    for path in gone - sure:
        tops.setdefault(_top(_folder(path)), []).extend(fresh.get(before[path], ()))
    for top, brought in tops.items():
        if _may_be_from(top, brought) and known.is_all_elsewhere(top):
            sure |= {path for path, _ in known.below(top)}
    return sure


class _Known:
    """Paths and their contents, to be asked by folder: those of a run, and all others at need."""

    def __init__(self, contents: Mapping[str, str], catalog: Catalog | None) -> None:
        self._contents = contents
        self._catalog = catalog
        self._alive: dict[str, bool] = {}

    def below(self, folder: str) -> Iterator[tuple[str, str]]:
        """Path and content of what is known below a folder: what a run has seen of it first."""
        for index in range(bisect_left(self._sorted, os.path.join(folder, "")), len(self._sorted)):
            path = self._sorted[index]
            if not is_under(path, folder):
                break
            yield path, self._contents[path]
        for path, key in self._catalog.contents_below(folder) if self._catalog else ():
            if path not in self._contents:
                yield path, key

    def is_alive(self, folder: str) -> bool:
        """Whether a photo is there, anywhere in it."""
        if folder not in self._alive:
            self._alive[folder] = not all(_is_gone(path) for path, _ in self.below(folder))
        return self._alive[folder]

    def is_all_elsewhere(self, folder: str) -> bool:
        """Whether each photo that was in it has another path, which is there."""
        return all(map(self._is_there, portions(key for _, key in self.below(folder))))

    def _is_there(self, contents: Collection[str]) -> bool:
        """Whether each of the contents has a path that is there."""
        wanted = set(contents)
        paths = {path for key in wanted for path in self._paths.get(key, ())}
        contents_there = {self._contents[path] for path in paths if not _is_gone(path)}
        if self._catalog and (rest := wanted - contents_there):
            copies = self._catalog.copies_of(rest)
            contents_there |= {key for path, key in copies.items() if not _is_gone(path)}
        return wanted <= contents_there

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self._contents)

    @cached_property
    def _paths(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for path, key in self._contents.items():
            found.setdefault(key, []).append(path)
        return found


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
