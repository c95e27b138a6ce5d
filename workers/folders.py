"""What a watcher leaves alone below its folder."""

import logging
import os
import shlex
import stat
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cached_property

from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.records import FailedFile, KnownFile
from aesplugin.errors import PhotoError
from aesplugin.imaging.content import can_be_read, explain, holds_content
from aesplugin.imaging.scan import (
    is_hidden_below,
    is_left_out_below,
    is_photo_name,
    is_wanted_folder,
    walk,
)
from aesplugin.paths import native
from aesplugin.photo import FileStamp, PhotoState
from aesplugin.services.files.same_files import FormerSpellings, SameFiles
from aesplugin.services.files.unchanged import is_touched
from aesplugin.services.pipeline.ingest import stamp_of
from aesplugin.services.pipeline.score import is_settled, is_unstamped
from aesplugin.spellings import NamesIn, Spellings, as_listed, has_other_spellings


class Wanted:
    """Tells photos below `root` from everything else, by name alone.

    The same rule as `aesplugin.imaging.scan.walk`, and `patterns` on top: each is held against
    the name of the file, of every folder above it up to the root, and the path below the root.
    """

    def __init__(self, root: str, patterns: Sequence[str]) -> None:
        self._root = root
        self._patterns = [native(pattern.lower()) for pattern in patterns]

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


class ScanResult:
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
    """Why a file that is there cannot even be opened: a broken link, a link to itself."""
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


_log = logging.getLogger(__name__)
MOST_GONE = 0.2  # a larger share gone at once is an absent drive, not a deletion
_ALL = 1.0
_COMPARE_SECONDS = 5.0  # in one scan, for the contents of files that were touched


class Folder:
    """A folder that may be unmounted and come back, as another device or an empty place."""

    def __init__(
        self,
        path: str,
        ignore: Sequence[str],
        *,
        first_gone: float = MOST_GONE,
        called: Callable[[str], str] = os.path.abspath,
    ) -> None:
        """`first_gone` is the share that the first scan may mark as missing at once.

        `called` gives the one name of a folder that links lead to (see `known_place`).
        """
        self._named = os.path.abspath(path)
        self._real = os.path.realpath(path)
        self._called, self._ignore = called, ignore
        self.path = called(path)
        self.wanted = Wanted(self.path, ignore)
        self.has_moved = False  # the last scan saw files gone that may be new ones, not yet read
        self._identity: tuple[int, int] | None = None  # device and inode when last seen
        self._was_looked_for = False
        self._most_gone = first_gone
        self._refused: str | None = None
        self._failed: dict[str, str] = {}  # what cannot be read at all, and why
        # Since the last scan: whether hints named a photo that is not there any more (or one is not
        # there that the scan did not mark), and size and mtime of the files they named that are
        # not wanted.
        self._has_lost = False
        self._put_aside: set[tuple[int, int]] = set()

    @property
    def is_there(self) -> bool:
        """Whether it was there at the last `check`."""
        return self._identity is not None

    def check(self) -> bool:
        """Looks whether it is there; True where it has (re)appeared since the last look."""
        self._follow()
        before, self._identity = self._identity, self._look()
        found = self._identity
        if found is None and before is not None:
            _log.warning("folder no longer exists; waiting for it: %s", self.path)
        elif found is None and not self._was_looked_for:
            _log.warning("folder does not exist; waiting for it: %s", self.path)
        self._was_looked_for = True
        return found is not None and found != before

    def _follow(self) -> None:
        """A link to the folder may come to lead elsewhere."""
        real = os.path.realpath(self._named)
        if real != self._real:
            self.path = self._called(self._named)
            self.wanted = Wanted(self.path, self._ignore)
            self._real = real

    def take_hint(self, path: str) -> tuple[list[str], bool]:
        """What may be new at or below `path`, and whether only a scan can tell.

        A link needs one: what it leads to may have been seen under its own name. So does a photo
        that was moved to a name that is not wanted: it has gone, and no drive is absent. So
        does a name that is spelt otherwise by now, on a disk that takes both for one.
        """
        if path.endswith(os.sep) and not os.path.lexists(path):  # a folder went, photos and all
            self._has_lost |= self.wanted.folder(path)
            return [], self._has_lost and bool(self._put_aside)
        path = path.rstrip(os.sep)
        if as_listed(path) != path:
            return [], True
        is_folder = os.path.isdir(path)
        is_wanted = self.wanted.folder(path) if is_folder else self.wanted.photo(path)
        is_wanted = is_wanted and not is_hidden_below(path, self.path)
        if is_wanted and os.path.islink(path):
            return [], True
        if is_folder:  # moved or copied in with all that is in it
            if is_wanted:
                return self._inside(path)
            self._put_aside |= _stamps_in(path)  # perhaps filled before anybody heard of it
            return [], self._has_lost and bool(self._put_aside)
        if stamp := stamp_of(path):
            if is_wanted:
                return [path], False
            self._put_aside.add((stamp.size, stamp.mtime_ns))
        elif is_wanted:
            self._has_lost = True
        return [], self._has_lost and bool(self._put_aside)

    def _inside(self, folder: str) -> tuple[list[str], bool]:
        links: list[str] = []
        found = [stamp.path for stamp in walk([folder], on_link=links.append)]
        return [path for path in found if self.wanted.photo(path)], bool(links)

    def reconcile(self, catalog: Catalog, revision: str) -> Iterator[str]:
        """Compares disk and catalog: yields photos to be done, then marks those that have gone.

        Where the folder disappears meanwhile, or too much is missing at once, nothing is marked.
        What is seen at another path has moved: it is marked however much it is.
        """
        known = catalog.known_files(revision, under=self.path)
        seen = ScanResult()
        unstamped: list[FileStamp] = []
        until = time.monotonic() + _COMPARE_SECONDS
        for stamp in self._walk(catalog, revision, known, seen):
            found = known.get(stamp.path)
            is_other = found is not None and self._is_other(catalog, stamp, found, until=until)
            if found and is_unstamped(found, stamp):
                unstamped.append(stamp)
            if seen.add(stamp, None if is_other else found) or not self.wanted.photo(stamp.path):
                continue
            if found and found.state is PhotoState.UNREADABLE and not can_be_read(stamp.path):
                continue  # as before: to be said once, not at every scan
            if error := unreachable(stamp):
                if found is None:  # one that was read once may lead to a drive that is away
                    seen.problems[stamp.path] = error
            else:
                seen.unread.add((stamp.size, stamp.mtime_ns))
                yield stamp.path
        for path in seen.unlisted:
            _log.warning("left out of the scan: %s", seen.problems[path], extra={"file": path})
        if unstamped:
            catalog.stamp_first(unstamped)
        self._record(catalog, seen.problems)
        if self._look() == self._identity:
            self._mark(catalog, seen.gone(known, self.path), seen)
            # Where it was put may be heard of later than that it is gone.
            self._has_lost = self._refused is not None
            self._put_aside.clear()

    def _walk(
        self, catalog: Catalog, revision: str, known: dict[str, KnownFile], seen: ScanResult
    ) -> Iterator[FileStamp]:
        """What lies in it; in `known` and the catalog files go by the spelling they have now."""
        before, same = FormerSpellings(known), SameFiles(catalog)
        for stamp in walk([self.path], on_problem=seen.add_problem):
            if stamp.path not in known:
                for folder in _respelt(same, stamp.path):
                    before.add(catalog.known_files(revision, under=folder))
                before.name_of(stamp.path)
            yield stamp
        catalog.respell(before.respelt)

    def _is_other(
        self, catalog: Catalog, stamp: FileStamp, found: KnownFile, *, until: float
    ) -> bool:
        """Whether another photo of the same size and time has taken this one's place.

        Files are read for it only for a while: rights given to a whole library touch each of them,
        and new photos must not wait. The rest is compared in the next scans.
        """
        is_touched_alone = is_settled(found, stamp) and is_touched(found, stamp)
        if not (is_touched_alone and found.content_hash) or time.monotonic() > until:
            return False
        holds = holds_content(stamp.path, found.content_hash)
        if holds:
            catalog.stamp_again([stamp])
        elif holds is False:
            catalog.forget_content([stamp.path])
        return holds is False

    def _record(self, catalog: Catalog, problems: Mapping[str, PhotoError]) -> None:
        """Gives what no event and no worker would ever name its state, once."""
        reasons = {
            path: str(error)
            for path, error in problems.items()
            if self.wanted.photo(path) and path != self.path
        }
        for path, reason in reasons.items():
            if self._failed.get(path) == reason:
                continue
            state, stamp = (
                PhotoState(problems[path].state),
                FileStamp(path=path, size=0, mtime_ns=0),
            )
            catalog.record_failures([FailedFile(stamp=stamp, state=state, reason=reason)])
            _log.warning("no score: %s", reason, extra={"file": path, "state": state.value})
        self._failed = reasons

    def _mark(self, catalog: Catalog, gone: Mapping[str, KnownFile], seen: ScanResult) -> None:
        moved = {
            path
            for path, found in gone.items()
            if found.content_hash in seen.contents
            or (found.size, found.mtime_ns) in self._put_aside
            or os.path.lexists(path)
        }
        unread = {
            path for path, found in gone.items() if (found.size, found.mtime_ns) in seen.unread
        }
        self.has_moved = not unread <= moved
        if moved:
            catalog.mark_missing(moved, root=self.path, max_share=_ALL)
        deleted = gone.keys() - unread - moved
        refused = None
        if deleted:
            refused = catalog.mark_missing(deleted, root=self.path, max_share=self._most_gone)
        if refused and refused != self._refused:
            here = shlex.quote(self.path)
            _log.warning("%s: aesplugin watch --once --mark-missing %s", refused, here)
        self._refused, self._most_gone = refused, MOST_GONE

    def _look(self) -> tuple[int, int] | None:
        try:
            facts = os.stat(self.path)
        except OSError:
            return None
        return (facts.st_dev, facts.st_ino) if stat.S_ISDIR(facts.st_mode) else None


def _respelt(same: SameFiles, path: str) -> set[str]:
    """Known folders, perhaps outside the watched one, whose names are spellings of the path's."""
    return same.folders_spelt_like([path]) if has_other_spellings(path) else set()


def _stamps_in(folder: str) -> set[tuple[int, int]]:
    """Size and mtime of the photos in a folder that is left out."""
    return {(stamp.size, stamp.mtime_ns) for stamp in walk([folder], on_link=lambda _: None)}
