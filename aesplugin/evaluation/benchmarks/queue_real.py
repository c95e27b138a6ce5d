"""The real model behind the queue against the same model in one process, on the same renditions.

Both are given renditions and end with rows in a catalog. In one process is what `score` does
after decoding; behind the queue are Redis, one GPU worker that takes batches, and one for the
catalog. They take turns, so that a machine that gets slower meanwhile does neither an injustice.
"""

import io
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from aesplugin.catalog.catalog import Catalog
from aesplugin.evaluation.benchmarks.queue import (
    BATCH,
    Feed,
    Running,
    fill,
    made_up_hashes,
    running_workers,
)
from aesplugin.models.base import AestheticModel
from aesplugin.photo import Rendition
from aesplugin.services.pipeline.assess import assess
from aesplugin.services.pipeline.record import record
from aesplugin.settings import Settings

_WIDTH, _HEIGHT = 1024, 683
_PICTURES = 16  # different ones; each is used several times, as photos of different content
_ROUNDS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class RealRun:
    """`photos` renditions each way, both without loading the model.

    Seconds of wall time, and of processor time of all processes and the broker; the latter hardly
    depends on what else the machine does, where the network has one thread.
    """

    photos: int
    inline_seconds: float
    queue_seconds: float
    inline_cpu_seconds: float
    queue_cpu_seconds: float

    @property
    def overhead_percent(self) -> float:
        """How much longer the queue took."""
        return 100 * (self.queue_seconds / self.inline_seconds - 1)

    @property
    def cpu_overhead_percent(self) -> float:
        """How much more processor time the queue took."""
        return 100 * (self.queue_cpu_seconds / self.inline_cpu_seconds - 1)


def compare(settings: Settings, model: AestheticModel, *, photos: int, workers: int = 1) -> RealRun:
    """`photos` renditions in all, half of them in each of two turns; `workers` GPU-queue workers.

    Raises:
        QueueError: the broker does not answer, or the workers do not start.
    """
    jpegs = _draw(_PICTURES)
    inline, queue = _Clock(), _Clock()
    with tempfile.TemporaryDirectory(prefix="aesplugin-queue-") as name:
        target = Path(name) / "catalog.sqlite3"
        environment = {
            "AES_MODEL": settings.model,
            "AES_DEVICE": settings.device,
            "AES_THREADS": str(settings.threads),
        }
        with (
            Catalog.open(target) as catalog,
            running_workers(
                settings.broker, target, gpu=workers, environment=environment
            ) as running,
        ):
            feed = Feed(workers=running, catalog=catalog, revision=model.card.revision)
            for number in range(_ROUNDS + 1):  # the first is for warming up, and not counted
                count = photos // _ROUNDS if number else BATCH * workers
                here = _known(catalog, jpegs, made_up_hashes(count, run=f"inline {number}"))
                there = _known(catalog, jpegs, made_up_hashes(count, run=f"queue {number}"))
                with inline.running(running, counted=bool(number)):
                    _score(catalog, model, here)
                with queue.running(running, counted=bool(number)):
                    feed.run(there)
    return RealRun(
        photos=photos // _ROUNDS * _ROUNDS,
        inline_seconds=inline.wall,
        queue_seconds=queue.wall,
        inline_cpu_seconds=inline.processor,
        queue_cpu_seconds=queue.processor,
    )


@dataclass
class _Clock:
    """Adds up wall and processor seconds."""

    wall: float = 0.0
    processor: float = 0.0

    @contextmanager
    def running(self, workers: Running, *, counted: bool) -> Iterator[None]:
        """Counts the time until the block ends."""
        begun, used = time.perf_counter(), workers.processor_seconds()
        yield
        if counted:
            self.wall += time.perf_counter() - begun
            self.processor += workers.processor_seconds() - used


def _score(catalog: Catalog, model: AestheticModel, renditions: list[Rendition]) -> None:
    card = model.card
    for start in range(0, len(renditions), BATCH):
        answers = assess(model, renditions[start : start + BATCH])
        record(catalog, answers, model=card.name, revision=card.revision)


def _known(catalog: Catalog, jpegs: list[bytes], hashes: list[str]) -> list[Rendition]:
    """Renditions of these contents, known to the catalog."""
    fill(catalog, hashes)
    return [
        Rendition(content_hash=one, jpeg=jpegs[number % len(jpegs)], width=_WIDTH, height=_HEIGHT)
        for number, one in enumerate(hashes)
    ]


def _draw(count: int) -> list[bytes]:
    """JPEGs of about 40 to 80 kB, as renditions are: soft blobs of colour and a little grain."""
    rng = np.random.default_rng(0)
    jpegs = []
    for _ in range(count):
        blobs = Image.fromarray(rng.integers(0, 256, (12, 18, 3), dtype=np.uint8))
        soft = np.asarray(blobs.resize((_WIDTH, _HEIGHT), Image.Resampling.BICUBIC), np.int16)
        grain = rng.integers(-4, 5, soft.shape, dtype=np.int16)
        target = io.BytesIO()
        pixels = np.clip(soft + grain, 0, 255).astype(np.uint8)
        Image.fromarray(pixels).save(target, "JPEG", quality=85)
        jpegs.append(target.getvalue())
    return jpegs
