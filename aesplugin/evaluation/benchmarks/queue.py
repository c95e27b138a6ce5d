"""How much the queue costs: real Redis, real workers, a model of fixed cost.

Only what the queue adds is measured: renditions go to GPU workers, answers come back into a
catalog. Decoding is left out; `evaluate speed` measures it.
"""

import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from aesplugin.catalog.catalog import Catalog
from aesplugin.evaluation.benchmarks.queue_parts import (
    Feed,
    fill,
    made_up_hashes,
    running_workers,
)
from aesplugin.models.fake import FakeModel
from aesplugin.photo import Rendition

RENDITION_BYTES = 40_000  # what a 1024 px rendition takes
SMALL_BYTES = 1_000  # so small that whatever a photo leaves behind in the broker would show


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRun:
    """One run. `overhead_ms` is what a photo cost one worker beyond the model's fixed cost.

    It grows with whatever else the machine does; `cpu_ms`, the processor time that all processes
    and the broker together used a photo, hardly does (the fake model uses none).
    """

    workers: int
    photos: int
    seconds: float
    photos_per_second: float
    overhead_ms: float
    cpu_ms: float
    broker_mb: float  # the most memory the broker used, MiB


def measure(
    broker: str,
    *,
    workers: int,
    photos: int,
    cost: float,
    rendition_bytes: int = RENDITION_BYTES,
) -> QueueRun:
    """Sends `photos` through `workers` GPU workers whose model takes `cost` seconds a photo.

    Raises:
        QueueError: the broker does not answer, or the workers do not start.
    """
    hashes = made_up_hashes(photos, run="queue")
    warm_up = made_up_hashes(workers, run="warm-up")
    jpeg = os.urandom(rendition_bytes)

    def renditions(some: list[str]) -> list[Rendition]:
        return [Rendition(content_hash=one, jpeg=jpeg, width=1024, height=683) for one in some]

    with tempfile.TemporaryDirectory(prefix="aesplugin-queue-") as name:
        target = Path(name) / "catalog.sqlite3"
        environment = {"AES_MODEL": "fake", "AES_FAKE_SECONDS": str(cost)}
        with (
            Catalog.open(target) as catalog,
            running_workers(broker, target, gpu=workers, environment=environment) as running,
        ):
            fill(catalog, [*warm_up, *hashes])
            revision = FakeModel.card.revision
            feed = Feed(workers=running, catalog=catalog, revision=revision)
            feed.run(renditions(warm_up))  # connections are made and modules read
            begun, used = time.perf_counter(), running.processor_seconds()
            most = feed.run(renditions(hashes))
            seconds = time.perf_counter() - begun
            cpu_seconds = running.processor_seconds() - used
    return QueueRun(
        workers=workers,
        photos=photos,
        seconds=seconds,
        photos_per_second=photos / seconds,
        overhead_ms=1000 * (seconds * workers / photos - cost),
        cpu_ms=1000 * cpu_seconds / photos,
        broker_mb=most / 2**20,
    )
