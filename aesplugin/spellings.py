"""Names that a disk takes for one, by letter case (Windows, macOS) or form of accents (macOS).

The disk is asked each time, for one system has disks of both kinds. In the catalog a file goes by
the spelling that its folders list.
"""

import os
from collections.abc import Callable, Collection, Iterable
from functools import cache, lru_cache
from unicodedata import normalize

NamesIn = Callable[[str], Collection[str]]


def plain(path: str) -> str:
    """The same for all spellings of one path."""
    return normalize("NFC", path).casefold()


def listing(names_in: NamesIn = os.listdir) -> NamesIn:
    """Lists each folder once."""
    return cache(lambda folder: frozenset(names_in(folder)))


def as_listed(path: str, names_in: NamesIn = os.listdir) -> str:
    """An absolute path as its folders list it, where the disk takes other spellings, too."""
    names = []
    folder, name = os.path.split(path)
    while name:
        names.append(name)
        folder, name = os.path.split(folder)
    found = folder.upper() if folder[1:2] == ":" else folder  # a drive's letter
    for name in reversed(names):
        found = os.path.join(found, _listed(found, name, names_in))
    return found


def _listed(folder: str, name: str, names_in: NamesIn) -> str:
    if not any(os.path.lexists(os.path.join(folder, other)) for other in _otherwise(name)):
        return name
    try:
        names = names_in(folder)
    except OSError:
        return name
    if name in names:
        return name
    alike = [one for one in names if plain(one) == plain(name)]
    return alike[0] if len(alike) == 1 else name


def _otherwise(name: str) -> set[str]:
    """Other spellings, one of each kind; a disk takes all of a kind or none."""
    ascii_alone = "".join(one.swapcase() if one.isascii() else one for one in name)
    found = {ascii_alone, name.swapcase(), normalize("NFC", name), normalize("NFD", name)}
    return found - {name}


def has_other_spellings(path: str) -> bool:
    """Whether the disk finds the file, or a folder it lies in, by another spelling, too."""
    folder, name = os.path.split(path)
    others = (os.path.join(folder, other) for other in _otherwise(name))
    return any(map(os.path.lexists, others)) or _have_other_spellings(folder)


@lru_cache(maxsize=1024)
def _have_other_spellings(folder: str) -> bool:
    return folder != os.path.dirname(folder) and has_other_spellings(folder)


def is_one_file(path: str, other: str, names_in: NamesIn = os.listdir) -> bool:
    """Whether two spellings of a path lead to one entry: the folder does not list both."""
    if plain(path) != plain(other) or not (os.path.lexists(path) and os.path.lexists(other)):
        return False
    try:
        while path != other:
            (path, name), (other, second) = os.path.split(path), os.path.split(other)
            if name != second and {name, second} <= set(names_in(path)):
                return False
            if not name:  # the roots differ: letters of one drive
                return True
    except OSError:  # gone meanwhile, or not to be listed
        return False
    return True


class Spellings:
    """Paths as they were seen, to be found by any spelling the disk takes for theirs."""

    def __init__(self, seen: Iterable[str], names_in: NamesIn = os.listdir) -> None:
        """`names_in` lists a folder."""
        self._seen = {plain(path): path for path in seen}
        self._names_in = listing(names_in)

    def is_former(self, path: str) -> bool:
        """Whether `path` leads to a file that was seen, but no folder lists it by this spelling."""
        now = self._seen.get(plain(path), path)
        try:
            while path != now:
                (path, name), (now, listed) = os.path.split(path), os.path.split(now)
                if name != listed and name not in self._names_in(path):
                    return True
        except OSError:  # not there at all, or not to be listed
            return False
        return False
