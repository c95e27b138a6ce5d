"""Under which name a photo is taken where links lead to it from several watched folders."""

import os
from collections.abc import Iterable, Iterator, Sequence

from workers.folders import Folder
from workers.seen import is_below


class OneName:
    """Of the names of one file the one in the watched folder that holds it; else the first seen."""

    def __init__(self, folders: Sequence[Folder]) -> None:
        self._folders = folders
        self._outside: dict[str, str] = {}  # real path → the name it was first seen by

    def only(self, photos: Iterable[str]) -> Iterator[str]:
        """Those of `photos` that are not taken under another name."""
        if len(self._folders) < 2:
            yield from photos  # a walk of one folder sees to it
            return
        homes = [(folder, os.path.realpath(folder.path)) for folder in self._folders]
        # A folder watched by its own path before one watched through a link to it.
        homes.sort(key=lambda home: home[1] != home[0].path)
        for path in photos:
            if self._name(path, homes) == path:
                yield path

    def _name(self, path: str, homes: Sequence[tuple[Folder, str]]) -> str:
        real = os.path.realpath(path)
        for folder, home in homes:
            if is_below(real, home):
                own = os.path.join(folder.path, os.path.relpath(real, home))
                if folder.wanted.photo(own):
                    return own
        first = self._outside.setdefault(real, path)
        if first != path and not os.path.lexists(first):
            first = self._outside[real] = path
        return first
