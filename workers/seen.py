"""What one scan of a folder saw, to be compared with the catalog."""

import os
from collections.abc import Mapping
from functools import cached_property

from aesplugin.catalog.records import KnownFile
from aesplugin.errors import PhotoError
from aesplugin.imaging.content import explain
from aesplugin.imaging.left_out import is_left_out_below
from aesplugin.photo import FileStamp
from aesplugin.services.score import is_settled
from aesplugin.services.spelling import NamesIn, Spellings


class Seen:
    """Every path, the contents known, the stamps of what is to be read, and what cannot be."""

    def __init__(self, names_in: NamesIn = os.listdir) -> None:
        self._names_in = names_in
        self.paths: set[str] = set()
        self.contents: set[str | None] = set()
        self.unread: set[tuple[int, int]] = set()  # size and mtime, which a move leaves alone
        self.problems: dict[str, PhotoError] = {}
        self.unlisted: list[str] = []  # folders; what is below them is not known

    def add(self, stamp: FileStamp, found: KnownFile | None) -> bool:
        """Takes in one file; True where nothing is left to do about it."""
        self.paths.add(stamp.path)
        if found is None or not is_settled(found, stamp):
            return False
        if found.content_hash:
            self.contents.add(found.content_hash)
        return True

    def add_problem(self, path: str, error: PhotoError) -> None:
        """Takes in a folder that could not be listed, or is none of photos."""
        self.paths.add(path)
        self.unlisted.append(path)
        self.problems[path] = error

    def gone(self, known: Mapping[str, KnownFile], root: str) -> dict[str, KnownFile]:
        """Those of `known` below `root` that are there no more, are folders now, have a name that
        is not taken (an earlier release took some), or are reached by a link only, or by another
        spelling, and were seen under a name of their own."""
        return {
            path: found
            for path, found in known.items()
            if path not in self.paths and is_below(path, root)
            if not os.path.lexists(path)
            or os.path.isdir(path)
            or is_left_out_below(path, root)
            or self._is_other_name(path, root)
            or self._spellings.is_former(path)
            if not any(is_below(path, blind) for blind in self.unlisted)
        }

    def _is_other_name(self, path: str, root: str) -> bool:
        """Whether a link leads from `path` to a file that was seen at another path."""
        real = os.path.realpath(path)
        own = os.path.join(os.path.realpath(root), os.path.relpath(path, root))
        return real != own and real in self._real_paths

    @cached_property
    def _spellings(self) -> Spellings:
        return Spellings(self.paths, self._names_in)

    @cached_property
    def _real_paths(self) -> set[str]:
        """Where the files that were seen really are: asked only where links changed."""
        return {os.path.realpath(path) for path in self.paths}


def unreachable(stamp: FileStamp) -> PhotoError | None:
    """Why a file that is there cannot even be looked at: a broken link, a link to itself."""
    if stamp.size or stamp.mtime_ns:
        return None
    try:
        os.stat(stamp.path)
    except OSError as error:
        return explain(error) if os.path.lexists(stamp.path) else None
    return None


def is_below(path: str, folder: str) -> bool:
    """Whether `path` lies somewhere in `folder`."""
    return path.startswith(folder.rstrip(os.sep) + os.sep)
