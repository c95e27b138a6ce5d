"""Score folders in this process: walk, examine, ask the model, record; resumable at any point.

Decoding (child processes) and the network (this process) overlap; everything in flight is
bounded, so memory does not grow with the number of photos. What is in the catalog is not done
again: an unchanged file is recognised by size and mtime, moved or copied content by its hash.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.records import FailedFile, IngestedFile, KnownFile
from aesplugin.errors import PhotoError
from aesplugin.imaging.examine import Examination
from aesplugin.imaging.scan import walk
from aesplugin.imaging.thumbnails import ThumbnailStore
from aesplugin.models.base import AestheticModel, ModelCard
from aesplugin.photo import FileStamp, PhotoState, Rendition
from aesplugin.services.assess import assess
from aesplugin.services.record import record


class Examiner(Protocol):
    """Decodes files elsewhere; see `aesplugin.imaging.pool.ImagingPool`."""

    def examine_all(self, paths: Iterable[str]) -> Iterator[tuple[str, Examination | PhotoError]]:
        """Results as they complete, in any order."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredFile:
    """What became of one file. `fresh` is False where the catalog knew it already."""

    path: str
    state: PhotoState
    reason: str | None = None
    fresh: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a run has to do, known before the first photo is decoded."""

    todo: Sequence[FileStamp]
    known: Sequence[ScoredFile]
    problems: Sequence[ScoredFile]  # folders that cannot be read

    @property
    def total(self) -> int:
        """Files the run will report on."""
        return len(self.todo) + len(self.known) + len(self.problems)


@dataclass(slots=True)
class _Batch:
    """Photos waiting for the network, with every path that shows each of them."""

    renditions: dict[str, Rendition] = field(default_factory=dict)
    paths: dict[str, list[str]] = field(default_factory=dict)

    def add(self, path: str, rendition: Rendition) -> None:
        self.renditions.setdefault(rendition.content_hash, rendition)
        self.paths.setdefault(rendition.content_hash, []).append(path)


class ScoreRun:
    """One run of ``aesplugin score``.

    `open_pool` and `load_model` are called only when there is something to do, so a run over
    known photos starts neither a process nor a network.
    """

    def __init__(
        self,
        *,
        catalog: Catalog,
        card: ModelCard,
        open_pool: Callable[[], AbstractContextManager[Examiner]],
        load_model: Callable[[], AestheticModel],
        thumbnails: ThumbnailStore,
        batch_size: int,
    ) -> None:
        self._catalog = catalog
        self._card = card
        self._open_pool = open_pool
        self._load_model = load_model
        self._thumbnails = thumbnails
        self._batch_size = batch_size

    def plan(self, paths: Iterable[str]) -> Plan:
        """Walks `paths` and compares with the catalog; decodes nothing."""
        known_files = self._catalog.known_files(self._card.revision)
        problems: list[ScoredFile] = []

        def on_problem(path: str, error: PhotoError) -> None:
            problems.append(_failed(path, error))

        todo: list[FileStamp] = []
        known: list[ScoredFile] = []
        for stamp in walk(paths, on_problem=on_problem):
            found = known_files.get(stamp.path)
            if found is not None and _is_settled(found, stamp):
                known.append(_unchanged(stamp.path, found))
            else:
                todo.append(stamp)
        return Plan(todo=todo, known=known, problems=problems)

    def run(self, plan: Plan) -> Iterator[ScoredFile]:
        """Yields every file of the plan exactly once, as soon as its state is in the catalog."""
        yield from plan.problems
        yield from plan.known
        if plan.todo:
            yield from self._work(plan.todo)

    def _work(self, todo: Sequence[FileStamp]) -> Iterator[ScoredFile]:
        stamps = {stamp.path: stamp for stamp in todo}
        with self._open_pool() as pool:
            model: AestheticModel | None = None
            batch = _Batch()
            for path, result in pool.examine_all([stamp.path for stamp in todo]):
                if isinstance(result, PhotoError):
                    yield self._record_failure(stamps[path], result)
                    continue
                if self._record_photo(stamps[path], result):
                    yield ScoredFile(path=path, state=PhotoState.ASSESSED)
                    continue
                batch.add(path, result.rendition)
                if len(batch.renditions) >= self._batch_size:
                    model = model or self._load_model()
                    yield from self._ask(model, batch)
                    batch = _Batch()
            if batch.renditions:
                yield from self._ask(model or self._load_model(), batch)

    def _record_failure(self, stamp: FileStamp, error: PhotoError) -> ScoredFile:
        failed = FailedFile(stamp=stamp, state=PhotoState(error.state), reason=str(error))
        self._catalog.record_failures([failed])
        return _failed(stamp.path, error)

    def _record_photo(self, stamp: FileStamp, found: Examination) -> bool:
        """Stores the photo; True where its content is assessed already (a copy, a move)."""
        self._catalog.record_photos(
            [IngestedFile(stamp=stamp, photo=found.photo, attributes=found.attributes)]
        )
        content_hash = found.photo.content_hash
        self._thumbnails.add(content_hash, found.rendition.jpeg)
        return not self._catalog.unassessed([content_hash], self._card.revision)

    def _ask(self, model: AestheticModel, batch: _Batch) -> Iterator[ScoredFile]:
        results = assess(model, list(batch.renditions.values()))
        record(self._catalog, self._card, results)
        for result in results:
            error = result.outcome if isinstance(result.outcome, Exception) else None
            for path in batch.paths[result.content_hash]:
                if error is None:
                    yield ScoredFile(path=path, state=PhotoState.ASSESSED)
                else:
                    yield ScoredFile(path=path, state=PhotoState.PENDING, reason=str(error))


def _is_settled(known: KnownFile, stamp: FileStamp) -> bool:
    unchanged = known.size == stamp.size and known.mtime_ns == stamp.mtime_ns
    return unchanged and known.state is not PhotoState.PENDING


def _unchanged(path: str, known: KnownFile) -> ScoredFile:
    return ScoredFile(path=path, state=known.state, reason=known.reason, fresh=False)


def _failed(path: str, error: PhotoError) -> ScoredFile:
    return ScoredFile(path=path, state=PhotoState(error.state), reason=str(error))
