"""Names that a disk takes for one: it may not tell upper from lower case, nor accents composed."""

import os
from collections.abc import Callable, Collection, Iterable
from functools import cache
from unicodedata import normalize

NamesIn = Callable[[str], Collection[str]]


class Spellings:
    """Paths as they were seen, to be found by any spelling the disk takes for theirs."""

    def __init__(self, seen: Iterable[str], names_in: NamesIn = os.listdir) -> None:
        """`names_in` lists a folder."""
        self._seen = {_plain(path): path for path in seen}
        self._names_in = cache(lambda folder: frozenset(names_in(folder)))

    def is_former(self, path: str) -> bool:
        """Whether `path` leads to a file that was seen, but no folder lists it by this spelling."""
        now = self._seen.get(_plain(path), path)
        try:
            while path != now:
                (path, name), (now, listed) = os.path.split(path), os.path.split(now)
                if name != listed and name not in self._names_in(path):
                    return True
        except OSError:  # not there at all, or not to be listed
            return False
        return False


def _plain(path: str) -> str:
    return normalize("NFC", path).casefold()
