"""A folder tree as a library: its items are files, and what people said stands in sidecars.

The simplest library there can be: it finds, and has nothing to be told. Sidecars are written by
`aesplugin publish`, whose runs can be undone.
"""

import os
from collections.abc import Mapping, Sequence
from typing import Self

from aesplugin.errors import LibraryError
from aesplugin.libraries.base import Item, Library, PrefixMap


class FolderLibrary(Library):
    """Files under `root`."""

    title = "the folder"

    @classmethod
    def connect(cls, place: str, *, prefixes: PrefixMap) -> Self:
        """Raises LibraryError where `place` is no folder; it is seen here as it is there."""
        return cls(place)

    def __init__(self, root: str) -> None:
        """Raises LibraryError where `root` is no folder."""
        if not os.path.isdir(root):
            raise LibraryError(f"{root} is not a folder")
        self._root = os.path.realpath(root)

    def check(self) -> str:
        """The folder itself."""
        return self._root

    def find(self, paths: Sequence[str]) -> Mapping[str, Item]:
        """Files that exist under the root."""
        found = {}
        for path in paths:
            real = os.path.realpath(path)
            if os.path.commonpath([real, self._root]) == self._root and os.path.isfile(real):
                found[path] = Item(key=os.path.relpath(real, self._root), path=path)
        return found
