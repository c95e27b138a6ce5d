"""How much the queue costs: real Redis, real workers, a model of fixed cost.

Only what the queue adds is measured: renditions go to GPU workers, answers come back into a
catalog. Decoding is left out; `evaluate speed` measures it.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import redis

from aesplugin.broker import CeleryQueue
from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.records import IngestedFile
from aesplugin.errors import QueueError
from aesplugin.jobs import Job, Queue
from aesplugin.models.fake import FakeModel
from aesplugin.photo import Exif, FileStamp, Photo, Rendition
from aesplugin.services.messages import AssessJob, Candidate

BATCH = 8
WINDOW = 256
RENDITION_BYTES = 40_000  # what a 1024 px rendition takes
_POLL_SECONDS = 0.02
_START_SECONDS = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRun:
    """One run. `overhead_ms` is what a photo cost one worker beyond the model's fixed cost."""

    workers: int
    photos: int
    seconds: float
    photos_per_second: float
    overhead_ms: float
    broker_mb: float  # the most memory the broker used, MiB


def measure(broker: str, *, workers: int, photos: int, cost: float) -> QueueRun:
    """Sends `photos` through `workers` GPU workers whose model takes `cost` seconds a photo.

    Raises:
        QueueError: the broker does not answer, or the workers do not start.
    """
    with tempfile.TemporaryDirectory(prefix="aesplugin-queue-") as name:
        target = Path(name) / "catalog.sqlite3"
        hashes = [hashlib.sha256(b"%d" % number).hexdigest() for number in range(photos)]
        with Catalog.open(target) as catalog:
            for start in range(0, photos, 1000):
                catalog.record_photos([_made_up(one) for one in hashes[start : start + 1000]])
            queue = CeleryQueue(broker, job_seconds=120.0)
            with _workers(broker, target, workers=workers, cost=cost):
                _wait_for(queue, workers)
                begun = time.perf_counter()
                most = _send_all(queue, catalog, hashes, broker)
                seconds = time.perf_counter() - begun
    return QueueRun(
        workers=workers,
        photos=photos,
        seconds=seconds,
        photos_per_second=photos / seconds,
        overhead_ms=1000 * (seconds * workers / photos - cost),
        broker_mb=most / 2**20,
    )


def _send_all(queue: CeleryQueue, catalog: Catalog, hashes: Sequence[str], broker: str) -> int:
    """Keeps the window full until all is recorded; returns the broker's peak memory, bytes."""
    revision, most = FakeModel.card.revision, 0
    jpeg = os.urandom(RENDITION_BYTES)
    waiting, flying = iter(hashes), set[str]()
    with redis.Redis.from_url(broker) as client:
        while True:
            while len(flying) <= WINDOW - BATCH and (batch := list(islice(waiting, BATCH))):
                renditions = (
                    Rendition(content_hash=one, jpeg=jpeg, width=1024, height=683) for one in batch
                )
                job = AssessJob(revision=revision, photos=tuple(map(Candidate, renditions)))
                queue.send(Job.ASSESS, job.payload())
                flying.update(batch)
            if not flying:
                return most
            most = max(most, int(client.info("memory")["used_memory"]))
            flying = catalog.unassessed(flying, revision)
            time.sleep(_POLL_SECONDS)


@contextmanager
def _workers(broker: str, catalog: Path, *, workers: int, cost: float) -> Iterator[None]:
    environment = os.environ | {
        "AES_CATALOG": str(catalog),
        "AES_BROKER": broker,
        "AES_MODEL": "fake",
        "AES_BATCH_SIZE": str(BATCH),
        "AES_JOB_SECONDS": "120",
        "AES_FAKE_SECONDS": str(cost),
    }
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "aesplugin", "worker", "--queue", queue.value],
            env=environment,
            stderr=subprocess.DEVNULL,
        )
        for queue in [Queue.CATALOG, *[Queue.GPU] * workers]
    ]
    try:
        yield
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(timeout=60)


def _wait_for(queue: CeleryQueue, workers: int) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while len(queue.workers()) < workers + 1:
        if time.monotonic() > deadline:
            raise QueueError("the benchmark's workers do not start: try `aesplugin doctor`")
        time.sleep(0.2)


def _made_up(content_hash: str) -> IngestedFile:
    return IngestedFile(
        stamp=FileStamp(path=f"/made-up/{content_hash}.jpg", size=1, mtime_ns=1),
        photo=Photo(
            content_hash=content_hash,
            pixel_hash=content_hash,
            perceptual_hash=0,
            width=6000,
            height=4000,
            format="JPEG",
            exif=Exif(),
        ),
    )
