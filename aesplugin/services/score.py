"""Score folders: walk, compare with the catalog, have the rest looked at; resumable at any point.

What is in the catalog is not done again: an unchanged file is recognised by size and mtime, moved
or copied content by its hash, and what was moved leaves its former name (see `moved`). Of a file to
which something was done all the same (see `unchanged`) the content is compared first. The work is
done in this process (`InProcess`) or by workers (see `aesplugin.services.feed`).
"""

import os
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from aesplugin.catalog.paths import is_under
from aesplugin.catalog.records import KnownFile
from aesplugin.errors import MissingPhoto, PhotoError
from aesplugin.imaging.left_out import is_left_out_below
from aesplugin.imaging.scan import is_photo_name, walk
from aesplugin.photo import FileStamp, PhotoState
from aesplugin.services.ingest import Ingested, dispatch, ingest
from aesplugin.services.moved import mark_moved
from aesplugin.services.parts import Parts
from aesplugin.services.same_files import SameFiles
from aesplugin.services.unchanged import holds_content, is_touched

_TOGETHER = 64  # stamps that go into the catalog in one transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredFile:
    """What became of one file. `fresh` is False where the catalog knew it already."""

    path: str
    state: PhotoState
    reason: str | None = None
    content_hash: str | None = None  # where the queue brought it, and it could be read
    fresh: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a run has to do, known before the first photo is decoded."""

    todo: Sequence[FileStamp]
    known: Sequence[ScoredFile]
    touched: Mapping[FileStamp, KnownFile]  # of the same size and time; their content will tell
    unstamped: Sequence[FileStamp]  # known from an earlier release, which kept less of them
    problems: Sequence[ScoredFile]  # folders that cannot be read
    catalogued: Mapping[str, str]  # content by path, of every photo the catalog held before
    left_out: Sequence[tuple[str, Sequence[str]]]  # folders, and what was taken wrongly below them

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

    def plan(self, paths: Iterable[str]) -> Plan:
        """Walks `paths` and compares with the catalog; reads no file."""
        paths = list(paths)
        known_files = self._parts.catalog.known_files(self._parts.card.revision)
        found = _Comparison(known_files)
        same = SameFiles(known_files)
        for stamp in walk(paths, on_problem=found.add_problem):
            is_known = stamp.path in known_files
            found.add(stamp if is_known else replace(stamp, path=same.name_of(stamp.path)))
        unseen = known_files.keys() - found.seen
        return Plan(
            todo=found.todo,
            known=found.known,
            touched=found.touched,
            unstamped=found.unstamped,
            problems=found.problems,
            catalogued={
                path: key for path, one in known_files.items() if (key := one.content_hash)
            },
            left_out=[
                *same.second_names().items(),
                *((path, _left_out(path, unseen)) for path in paths if os.path.isdir(path)),
            ],
        )

    def run(self, plan: Plan) -> Iterator[ScoredFile]:
        """Yields every file of the plan exactly once, as soon as its state is in the catalog."""
        yield from plan.problems
        yield from plan.known
        same = yield from self._compare(plan)
        others = [stamp for stamp in plan.touched if stamp.path not in same]
        plan = replace(plan, todo=[*others, *plan.todo], known=[*plan.known, *same.values()])
        if plan.todo:
            self._parts.catalog.check_writable()
            self._parts.catalog.forget_content([stamp.path for stamp in others])
            yield from self._work(plan.todo)
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
        todo = [stamp.path for stamp in plan.todo]
        done = catalog.known_files(self._parts.card.revision, paths=todo) if todo else {}
        now = {path: key for path, one in done.items() if (key := one.content_hash)}
        new = [path for path, key in now.items() if before.get(path) != key]
        now |= {one.path: before[one.path] for one in plan.known if one.path in before}
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
        self.known: list[ScoredFile] = []
        self.touched: dict[FileStamp, KnownFile] = {}
        self.unstamped: list[FileStamp] = []
        self.problems: list[ScoredFile] = []

    @property
    def seen(self) -> set[str]:
        """The paths of all files."""
        return {stamp.path for stamp in (*self.todo, *self.touched)} | {f.path for f in self.known}

    def add(self, stamp: FileStamp) -> None:
        """Takes in one file."""
        found = self._known_files.get(stamp.path)
        if found is None and _is_absent_folder(stamp):
            self.add_problem(stamp.path, MissingPhoto("not there; check its name, or its drive"))
        elif found is None or not is_settled(found, stamp):
            self.todo.append(stamp)
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
