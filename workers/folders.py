"""One watched folder: is it there, what in it is not settled in the catalog, what has gone."""

import logging
import os
import stat
from collections.abc import Iterator, Mapping, Sequence

from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.records import KnownFile
from aesplugin.errors import PhotoError
from aesplugin.imaging.scan import walk
from aesplugin.photo import FileStamp
from aesplugin.services.score import is_settled
from workers.ignore import Wanted

_log = logging.getLogger(__name__)
MOST_GONE = 0.2  # a larger share gone at once is an absent drive, not a deletion
_ALL = 1.0


class Folder:
    """A folder that may be unmounted and come back, as another device or an empty place."""

    def __init__(self, path: str, ignore: Sequence[str], *, first_gone: float = MOST_GONE) -> None:
        """`first_gone` is the share that the first scan may mark as missing at once."""
        self.path = os.path.abspath(path)
        self.wanted = Wanted(self.path, ignore)
        self.has_moved = False  # the last scan saw files gone that may be new ones, not yet read
        self._identity: tuple[int, int] | None = None  # device and inode when last seen
        self._was_looked_for = False
        self._most_gone = first_gone
        self._refused: str | None = None

    @property
    def is_there(self) -> bool:
        """Whether it was there at the last `check`."""
        return self._identity is not None

    def check(self) -> bool:
        """Looks whether it is there; True where it has (re)appeared since the last look."""
        before, self._identity = self._identity, self._look()
        found = self._identity
        if found is None and before is not None:
            _log.warning("folder is not there any more; waiting for it: %s", self.path)
        elif found is None and not self._was_looked_for:
            _log.warning("folder is not there; waiting for it: %s", self.path)
        self._was_looked_for = True
        return found is not None and found != before

    def photos(self, folder: str | None = None) -> Iterator[str]:
        """The wanted photos in it, or in a folder below."""
        for stamp in walk([folder or self.path]):
            if self.wanted.photo(stamp.path):
                yield stamp.path

    def reconcile(self, catalog: Catalog, revision: str) -> Iterator[str]:
        """Compares disk and catalog: yields photos to be done, then marks those that have gone.

        Where the folder disappears meanwhile, or too much is missing at once, nothing is marked.
        What is seen at another path has moved: it is marked however much it is.
        """
        known = catalog.known_files(revision)
        unreadable: list[str] = []

        def on_problem(path: str, error: PhotoError) -> None:
            _log.warning("left out of the scan: %s", error, extra={"file": path})
            unreadable.append(path)

        seen = _Seen()
        for stamp in walk([self.path], on_problem=on_problem):
            if not seen.add(stamp, known.get(stamp.path)) and self.wanted.photo(stamp.path):
                seen.unread.add((stamp.size, stamp.mtime_ns))
                yield stamp.path
        gone = {
            path: found
            for path, found in known.items()
            if path not in seen.paths and is_below(path, self.path) and not os.path.lexists(path)
            if not any(is_below(path, blind) for blind in unreadable)
        }
        if self._look() == self._identity:
            self._mark(catalog, gone, seen)

    def _mark(self, catalog: Catalog, gone: Mapping[str, KnownFile], seen: "_Seen") -> None:
        moved = [path for path, found in gone.items() if found.content_hash in seen.contents]
        unread = {
            path for path, found in gone.items() if (found.size, found.mtime_ns) in seen.unread
        }
        self.has_moved = not unread <= set(moved)
        if moved:
            catalog.mark_missing(moved, root=self.path, max_share=_ALL)
        deleted = gone.keys() - unread - set(moved)
        refused = None
        if deleted:
            refused = catalog.mark_missing(deleted, root=self.path, max_share=self._most_gone)
        if refused and refused != self._refused:
            _log.warning("%s: aesplugin watch --once --mark-missing %s", refused, self.path)
        self._refused, self._most_gone = refused, MOST_GONE

    def _look(self) -> tuple[int, int] | None:
        try:
            facts = os.stat(self.path)
        except OSError:
            return None
        return (facts.st_dev, facts.st_ino) if stat.S_ISDIR(facts.st_mode) else None


class _Seen:
    """What a scan saw: every path, the contents known, and the stamps of what is to be read."""

    def __init__(self) -> None:
        self.paths: set[str] = set()
        self.contents: set[str | None] = set()
        self.unread: set[tuple[int, int]] = set()  # size and mtime, which a move leaves alone

    def add(self, stamp: FileStamp, found: KnownFile | None) -> bool:
        """Takes in one file; True where nothing is left to do about it."""
        self.paths.add(stamp.path)
        if found is None or not is_settled(found, stamp):
            return False
        if found.content_hash:
            self.contents.add(found.content_hash)
        return True


def is_below(path: str, folder: str) -> bool:
    """Whether `path` lies somewhere in `folder`."""
    return path.startswith(folder.rstrip(os.sep) + os.sep)
