"""Small real parts for tests of the pipeline: a catalog in a file, a model, decoders in-process."""

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from aesplugin.catalog.catalog import Catalog
from aesplugin.errors import PhotoError
from aesplugin.imaging.examine import Examination, examine
from aesplugin.imaging.renditions import ThumbnailStore
from aesplugin.jobs import Depth, InlineQueue, Job, JobData, JobQueue, Payload, Queue, plain
from aesplugin.models.base import AestheticModel, Answer, ModelCard
from aesplugin.models.fake import FakeModel
from aesplugin.photo import Rendition
from aesplugin.services.context import Examiner
from aesplugin.services.pipeline.handlers import HANDLERS, bound_to
from aesplugin.settings import Settings

REVISION = FakeModel.card.revision


class FailingModel(FakeModel):
    """The fake, but it cannot look at certain contents."""

    def __init__(self, error: Exception, contents: Iterable[str] = ()) -> None:
        super().__init__()
        self._error = error
        self._contents = set(contents)
        self.looks: list[str] = []

    def assess(self, renditions: Sequence[Rendition]) -> list[Answer]:
        self.looks += [one.content_hash for one in renditions]
        if self._contents.intersection(one.content_hash for one in renditions):
            raise self._error
        return super().assess(renditions)


class DirectExaminer:
    """Decodes in this process: test photos are friendly."""

    def examine_all(self, paths: Iterable[str]) -> Iterator[tuple[str, Examination | PhotoError]]:
        for path in paths:
            try:
                yield path, examine(path, max_megapixels=300)
            except PhotoError as error:
                yield path, error


class HoldingQueue:
    """Keeps jobs until told to do them, in order, as often as asked; can be emptied."""

    def __init__(self) -> None:
        self.jobs: list[tuple[Job, Payload]] = []

    def send(self, job: Job, payload: JobData, *, delay: float = 0.0) -> None:
        self.jobs.append((job, plain(payload)))

    def depth(self) -> Depth:
        waiting = dict.fromkeys(Queue, 0) | {Queue.INGEST: len(self.jobs)}
        return Depth(waiting)

    def run_due(self) -> None:
        pass

    def do(self, parts: "FakeParts", *, times: int = 1) -> None:
        """Does everything, and what follows from it, each job `times` over."""
        while self.jobs:
            job, payload = self.jobs.pop(0)
            for _ in range(times):
                HANDLERS[job](parts, payload)


@dataclass
class FakeParts:
    """Parts that need no settings file, no process and no network."""

    folder: Path
    model: AestheticModel = field(default_factory=FakeModel)
    given_queue: JobQueue | None = None
    options: dict[str, object] = field(default_factory=dict)

    @cached_property
    def settings(self) -> Settings:
        ours = {"batch_size": 4, "settle_seconds": 0.0, "cache": self.folder / "cache"}
        return Settings(**ours | self.options)  # type: ignore[arg-type]

    @cached_property
    def catalog(self) -> Catalog:
        return Catalog.open(self.folder / "catalog.sqlite3")

    @cached_property
    def thumbnails(self) -> ThumbnailStore:
        return ThumbnailStore(self.folder / "thumbnails")

    @property
    def card(self) -> ModelCard:
        return self.model.card

    @cached_property
    def examiner(self) -> Examiner:
        return DirectExaminer()

    @cached_property
    def queue(self) -> JobQueue:
        return self.given_queue or InlineQueue(bound_to(self))

    def open_pool(self) -> AbstractContextManager[Examiner]:
        return nullcontext(self.examiner)


def write_photo(path: Path, number: int) -> str:
    """A small photo unlike any of another number; returns the path as the catalog keeps it."""
    from PIL import Image

    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (32, 24), (number % 256, number // 256, 90)).save(path, quality=95)
    with path.open("ab") as file:
        file.write(b"photo %d" % number)
    return os.path.abspath(path)
