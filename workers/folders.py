"""One watched folder: is it there, what in it is not settled in the catalog, what has gone."""

import logging
import os
import stat
from collections.abc import Iterator, Sequence

from aesplugin.catalog.catalog import Catalog
from aesplugin.errors import PhotoError
from aesplugin.imaging.scan import walk
from aesplugin.services.score import is_settled
from workers.ignore import Wanted

_log = logging.getLogger(__name__)
_MOST_GONE = 0.2  # a larger share gone at once is an absent drive, not a deletion


class Folder:
    """A folder that may be unmounted and come back, as another device or an empty place."""

    def __init__(self, path: str, ignore: Sequence[str]) -> None:
        self.path = os.path.abspath(path)
        self.wanted = Wanted(self.path, ignore)
        self._identity: tuple[int, int] | None = None  # device and inode when last seen

    @property
    def is_there(self) -> bool:
        """Whether it was there at the last `check`."""
        return self._identity is not None

    def check(self) -> bool:
        """Looks whether it is there; True where it has (re)appeared since the last look."""
        before, self._identity = self._identity, self._look()
        found = self._identity
        if before is not None and found is None:
            _log.warning("folder is not there any more; waiting for it: %s", self.path)
        return found is not None and found != before

    def photos(self, folder: str | None = None) -> Iterator[str]:
        """The wanted photos in it, or in a folder below."""
        for stamp in walk([folder or self.path]):
            if self.wanted.photo(stamp.path):
                yield stamp.path

    def reconcile(self, catalog: Catalog, revision: str) -> Iterator[str]:
        """Compares disk and catalog: yields photos to be done, then marks those that have gone.

        Where the folder disappears meanwhile, or too much is missing at once, nothing is marked.
        """
        known = catalog.known_files(revision)
        unreadable: list[str] = []

        def on_problem(path: str, error: PhotoError) -> None:
            _log.warning("left out of the scan: %s", error)
            unreadable.append(path)

        seen = set()
        for stamp in walk([self.path], on_problem=on_problem):
            seen.add(stamp.path)
            found = known.get(stamp.path)
            settled = found is not None and is_settled(found, stamp)
            if not settled and self.wanted.photo(stamp.path):
                yield stamp.path
        gone = [
            path
            for path in known
            if path not in seen and _is_below(path, self.path) and not os.path.lexists(path)
        ]
        gone = [path for path in gone if not any(_is_below(path, blind) for blind in unreadable)]
        if gone and self._look() == self._identity:
            refused = catalog.mark_missing(gone, root=self.path, max_share=_MOST_GONE)
            if refused:
                _log.warning("%s", refused)

    def _look(self) -> tuple[int, int] | None:
        try:
            facts = os.stat(self.path)
        except OSError:
            return None
        return (facts.st_dev, facts.st_ino) if stat.S_ISDIR(facts.st_mode) else None


def _is_below(path: str, folder: str) -> bool:
    return path.startswith(folder.rstrip(os.sep) + os.sep)
