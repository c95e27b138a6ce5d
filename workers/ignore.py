"""What a watcher leaves alone below its folder."""

import os
from collections.abc import Sequence
from fnmatch import fnmatchcase

from aesplugin.imaging.scan import is_photo_name, is_wanted_folder


class Wanted:
    """Tells photos below `root` from everything else, by name alone.

    The same rule as `aesplugin.imaging.scan.walk`, and `patterns` on top: each is held against
    the name of the file, of every folder above it up to the root, and the path below the root.
    """

    def __init__(self, root: str, patterns: Sequence[str]) -> None:
        self._root = root
        self._patterns = [pattern.lower() for pattern in patterns]

    def photo(self, path: str) -> bool:
        """Whether a file at `path` would be taken."""
        return is_photo_name(os.path.basename(path)) and self.folder(path, has_name=True)

    def folder(self, path: str, *, has_name: bool = False) -> bool:
        """Whether a folder at `path` would be walked into (`has_name`: its last part is a file)."""
        below = os.path.relpath(path, self._root)
        if below == os.curdir:
            return True
        names = below.split(os.sep)
        folders = names[:-1] if has_name else names
        if os.pardir in folders or not all(is_wanted_folder(name) for name in folders):
            return False
        lower = below.lower()
        candidates = [lower, *lower.split(os.sep)]
        return not any(
            fnmatchcase(name, pattern) for name in candidates for pattern in self._patterns
        )
