"""Score folders: walk, compare with the catalog, have the rest scored; resumable at any point."""

import heapq
import logging
import os
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import PurePath

from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.records import Entry, KnownFile
from aesplugin.catalog.sql_helpers import is_under, portions
from aesplugin.errors import MissingPhoto, PhotoError, UsageError
from aesplugin.imaging.content import holds_content
from aesplugin.imaging.scan import is_left_out_below, is_photo_name, walk
from aesplugin.models.faces import REVISION as READER_REVISION
from aesplugin.photo import FileStamp, FileStatus, PhotoState
from aesplugin.services.context import Parts
from aesplugin.services.files.moved import mark_moved
from aesplugin.services.files.same_files import FormerSpellings, SameFiles, still_known
from aesplugin.services.files.unchanged import is_touched
from aesplugin.services.pipeline.ingest import Ingested, dispatch, ingest
from aesplugin.spellings import as_listed, has_other_spellings, listing

_log = logging.getLogger(__name__)


def best_of(
    catalog: Catalog, model_revision: str, paths: Iterable[str], *, limit: int
) -> list[Entry]:
    """The `limit` entries of highest score among `paths`, best first; ties by path."""
    entries = (e for e in catalog.entries(model_revision, paths=list(paths)) if e.assessment)
    return heapq.nsmallest(limit, entries, key=_best_first)


def _best_first(entry: Entry) -> tuple[float, str]:
    return (-entry.assessment.score if entry.assessment else 0.0, entry.path)


_TOGETHER = 64  # stamps that go into the catalog in one transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredFile(FileStatus):
    """What became of one file. `fresh` is False where the catalog knew it already."""

    content_hash: str | None = None  # where the queue brought it, and it could be read
    fresh: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a run has to do, known before the first photo is decoded."""

    todo: Sequence[FileStamp]
    known: Sequence[ScoredFile]
    touched: Mapping[FileStamp, KnownFile]  # of the same size and time; their content will tell
    unstamped: Sequence[FileStamp]  # known from an earlier release, which kept less of them
    respelt: Mapping[str, str]  # new by former spelling, where the disk takes both for one
    problems: Sequence[ScoredFile]  # folders that cannot be read
    catalogued: Mapping[str, str]  # content by path: what the catalog held there, and its copies
    left_out: Sequence[tuple[str, Sequence[str]]]  # folders, and what was taken wrongly below them
    reread: Collection[str]  # of `todo` those that are known, and examined again for their faces

    @property
    def total(self) -> int:
        """Files the run will report on."""
        return len(self.todo) + len(self.known) + len(self.touched) + len(self.problems)


Work = Callable[[Sequence[FileStamp]], Iterator[ScoredFile]]


class ScoreRun:
    """One run of ``aesplugin score``; `work` does what has to be done and reports each file."""

    def __init__(self, parts: Parts, work: Work) -> None:
        self._parts = parts
        self._work = work

    def plan(self, paths: Iterable[str], *, read_faces: bool = False) -> Plan:
        """Walks `paths` and compares with the catalog; reads no file.

        With `read_faces` photos that are known are examined again where this release has not
        looked for their faces; they keep their scores.

        Raises:
            UsageError: faces are to be read, and are turned off.
        """
        if read_faces and not self._parts.settings.faces:
            raise UsageError("faces are turned off: set `faces = true`, see docs/settings.md")
        names_in = listing()
        paths = [as_listed(path, names_in) for path in paths]
        folders = dict.fromkeys(path for path in paths if os.path.isdir(path))
        known_files = self._known_at(paths, folders)
        found = _Comparison(known_files)
        same = SameFiles(self._parts.catalog)
        before = FormerSpellings(known_files, read_only=bool(self._parts.catalog.read_only))
        for stamps in portions(walk(paths, on_problem=found.add_problem)):
            named = self._by_known_names(stamps, known_files, same, before)
            reread = self._without_faces(named, known_files) if read_faces else frozenset()
            for stamp in named:
                found.add(stamp, reread=stamp.path in reread)
        unseen = known_files.keys() - found.seen
        contents = {path: key for path, one in known_files.items() if (key := one.content_hash)}
        copies = self._parts.catalog.copies_of(set(contents.values()), besides=contents)
        return Plan(
            todo=found.todo,
            known=found.known,
            touched=found.touched,
            unstamped=found.unstamped,
            respelt=before.respelt,
            problems=found.problems,
            catalogued=contents | copies,
            left_out=[
                *same.second_names(chain(known_files, copies)).items(),
                *((path, _left_out(path, unseen)) for path in folders),
            ],
            reread=found.reread,
        )

    def _without_faces(
        self, stamps: Sequence[FileStamp], known_files: Mapping[str, KnownFile]
    ) -> Collection[str]:
        """The paths of those that are known, and in which nobody has looked for faces."""
        by_path = {stamp.path: known_files.get(stamp.path) for stamp in stamps}
        contents = {path: one.content_hash for path, one in by_path.items() if one}
        held = {content_hash for content_hash in contents.values() if content_hash}
        unread = self._parts.catalog.without_faces(held, READER_REVISION)
        return {path for path, content_hash in contents.items() if content_hash in unread}

    def _known_at(self, paths: Sequence[str], folders: Collection[str]) -> dict[str, KnownFile]:
        """What the catalog holds at `paths` and below `folders` among them, and nothing else."""
        catalog, revision = self._parts.catalog, self._parts.card.revision
        found = still_known(catalog, revision, paths)
        for folder in folders:
            if not any(str(parent) in folders for parent in PurePath(folder).parents):
                found |= catalog.known_files(revision, under=folder)
        return found

    def _by_known_names(
        self,
        stamps: Sequence[FileStamp],
        known_files: dict[str, KnownFile],
        same: SameFiles,
        before: FormerSpellings,
    ) -> list[FileStamp]:
        """The stamps by the names the catalog has for their files; adds what it holds of these."""
        new = [stamp.path for stamp in stamps if stamp.path not in known_files]
        for folder in same.folders_spelt_like(filter(has_other_spellings, new)):
            before.add(self._parts.catalog.known_files(self._parts.card.revision, under=folder))
        named = []
        for stamp in stamps:
            path = before.name_of(stamp.path)
            path = path if path in known_files else same.name_of(path)
            named.append(stamp if path == stamp.path else replace(stamp, path=path))
        others = [stamp.path for stamp in named if stamp.path not in known_files]
        known_files |= still_known(self._parts.catalog, self._parts.card.revision, others)
        return named

    def run(self, plan: Plan) -> Iterator[ScoredFile]:
        """Yields every file of the plan exactly once, as soon as its state is in the catalog."""
        self._parts.catalog.respell(plan.respelt)
        yield from plan.problems
        yield from plan.known
        same = yield from self._compare(plan)
        others = [stamp for stamp in plan.touched if stamp.path not in same]
        plan = replace(plan, todo=[*others, *plan.todo], known=[*plan.known, *same.values()])
        if plan.todo:
            self._parts.catalog.check_writable()
            self._parts.catalog.forget_content([stamp.path for stamp in others])
            for file in self._work(plan.todo):
                yield replace(file, fresh=file.path not in plan.reread)
        self._leave_former_names(plan)
        self._leave_what_is_left_out(plan)

    def _compare(self, plan: Plan) -> Generator[ScoredFile, None, dict[str, ScoredFile]]:
        """Yields the touched files that still hold their content, and returns them by path.

        So does one that cannot be read just now: it keeps its state.
        """
        catalog = self._parts.catalog
        if plan.unstamped and not catalog.read_only:
            catalog.stamp_first(plan.unstamped)
        same: dict[str, ScoredFile] = {}
        read: list[FileStamp] = []
        for stamp, found in plan.touched.items():
            holds = holds_content(stamp.path, found.content_hash)
            read += [stamp] if holds else []
            if len(read) >= _TOGETHER and not catalog.read_only:
                catalog.stamp_again(read)
                read = []
            if holds is not False:
                same[stamp.path] = _unchanged(stamp.path, found)
                yield same[stamp.path]
        if read and not catalog.read_only:
            catalog.stamp_again(read)
        return same

    def _leave_former_names(self, plan: Plan) -> None:
        """What was found under a new name is no longer called by the old one."""
        catalog, before = self._parts.catalog, plan.catalogued
        if catalog.read_only:
            return
        todo = [stamp.path for stamp in plan.todo]
        done = catalog.known_files(self._parts.card.revision, paths=todo) if todo else {}
        now = {path: key for path, one in done.items() if (key := one.content_hash)}
        new = [path for path, key in now.items() if before.get(path) != key]
        now |= {one.path: before[one.path] for one in plan.known if one.path in before}
        if new:
            before = {**catalog.copies_of({now[path] for path in new}), **before}
        mark_moved(catalog, before, now, new=new)

    def _leave_what_is_left_out(self, plan: Plan) -> None:
        """Hidden and deleted photos, and second names, which an earlier release took."""
        for folder, paths in plan.left_out:
            if paths and not self._parts.catalog.read_only:
                self._parts.catalog.mark_missing(paths, root=folder, max_share=1.0)


class _Comparison:
    """What a walk found, beside what the catalog holds."""

    def __init__(self, known_files: Mapping[str, KnownFile]) -> None:
        self._known_files = known_files
        self.todo: list[FileStamp] = []
        self.reread: set[str] = set()
        self.known: list[ScoredFile] = []
        self.touched: dict[FileStamp, KnownFile] = {}
        self.unstamped: list[FileStamp] = []
        self.problems: list[ScoredFile] = []

    @property
    def seen(self) -> set[str]:
        """The paths of all files."""
        return {stamp.path for stamp in (*self.todo, *self.touched)} | {f.path for f in self.known}

    def add(self, stamp: FileStamp, *, reread: bool = False) -> None:
        """Takes in one file; one that is known may have to be examined again all the same."""
        found = self._known_files.get(stamp.path)
        if found is None and _is_absent_folder(stamp):
            self.add_problem(
                stamp.path,
                MissingPhoto("does not exist; check its name, or that its drive is mounted"),
            )
        elif found is None or not is_settled(found, stamp):
            self.todo.append(stamp)
        elif reread:
            self.todo.append(stamp)
            self.reread.add(stamp.path)
        elif is_touched(found, stamp):
            self.touched[stamp] = found
        else:
            self.known.append(_unchanged(stamp.path, found))
            if is_unstamped(found, stamp):
                self.unstamped.append(stamp)

    def add_problem(self, path: str, error: PhotoError) -> None:
        """Takes in a folder that cannot be read."""
        self.problems.append(_failed(path, error))


class InProcess:
    """Does the work here: decoding (child processes) and the network overlap.

    Everything in flight is bounded, so memory does not grow with the number of photos. Processes
    and network start only when there is something for them to do.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def __call__(self, todo: Sequence[FileStamp]) -> Iterator[ScoredFile]:
        """Yields every file of `todo` as soon as its state is in the catalog."""
        with self._parts.open_pool() as pool:
            for group in dispatch(self._parts, ingest(self._parts, todo, pool)):
                yield from self._outcomes(group)

    def _outcomes(self, group: list[Ingested]) -> Iterator[ScoredFile]:
        """What the catalog says, now that the model has looked."""
        asked = [item.path for item in group if item.candidate]
        revision = self._parts.card.revision
        answered = self._parts.catalog.known_files(revision, paths=asked) if asked else {}
        for item in group:
            found = answered.get(item.path, item)
            if item.kept_despite:
                _log.warning("%s: faces were not read: %s", item.path, item.kept_despite)
            yield ScoredFile(path=item.path, state=found.state, reason=found.reason)


def is_settled(known: KnownFile, stamp: FileStamp) -> bool:
    """Whether the file is unchanged and has its state, so that nothing is left to do.

    One that could not be read is never settled: permissions, locks and shares that come back leave
    size and mtime as they are.
    """
    unchanged = known.size == stamp.size and known.mtime_ns == stamp.mtime_ns
    return unchanged and known.state not in (PhotoState.PENDING, PhotoState.UNREADABLE)


def is_unstamped(known: KnownFile, stamp: FileStamp) -> bool:
    """Whether an earlier release read the file, and nothing was done to it since."""
    return known.changed_ns is None and is_settled(known, stamp) and not is_touched(known, stamp)


def _left_out(folder: str, known: Iterable[str]) -> list[str]:
    return [path for path in known if is_under(path, folder) and is_left_out_below(path, folder)]


def _is_absent_folder(stamp: FileStamp) -> bool:
    """Whether nothing is there, nor was named that could be a photo: the catalog takes no note."""
    is_there = stamp.size or stamp.mtime_ns or os.path.lexists(stamp.path)
    return not is_there and not is_photo_name(os.path.basename(stamp.path))


def _unchanged(path: str, known: KnownFile) -> ScoredFile:
    return ScoredFile(path=path, state=known.state, reason=known.reason, fresh=False)


def _failed(path: str, error: PhotoError) -> ScoredFile:
    return ScoredFile(path=path, state=PhotoState(error.state), reason=str(error))
