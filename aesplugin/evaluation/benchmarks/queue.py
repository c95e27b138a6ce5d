"""What the queue's benchmarks share: worker processes, made-up photos, a window kept full."""

import hashlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import psutil
import redis

from aesplugin.broker import CeleryQueue
from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.records import IngestedFile
from aesplugin.errors import QueueError
from aesplugin.jobs import Job, Queue
from aesplugin.models.fake import FakeModel
from aesplugin.photo import Exif, FileStamp, Photo, Rendition
from aesplugin.services.pipeline.messages import AssessJob, Candidate

BATCH = 8
WINDOW = 256
_JOB_SECONDS = 120.0
_POLL_SECONDS = 0.05
_START_SECONDS = 120.0


def made_up_hashes(count: int, *, run: str) -> list[str]:
    """Content hashes of photos nobody took; no two runs share one."""
    return [hashlib.sha256(f"{run} {number}".encode()).hexdigest() for number in range(count)]


def fill(catalog: Catalog, hashes: Sequence[str]) -> None:
    """Makes the catalog know these photos, and no assessment of them."""
    for start in range(0, len(hashes), 1000):
        catalog.record_photos([_made_up(one) for one in hashes[start : start + 1000]])


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """Workers that live, and their queue."""

    queue: CeleryQueue
    broker: str
    processes: Sequence[psutil.Process]

    def processor_seconds(self) -> float:
        """Processor time used so far by the workers, the broker and this process."""
        with redis.Redis.from_url(self.broker) as client:
            facts = client.info("cpu")
        used = [process.cpu_times() for process in (*self.processes, psutil.Process())]
        own = sum(times.user + times.system for times in used)
        return float(own + facts["used_cpu_user"] + facts["used_cpu_sys"])


@contextmanager
def running_workers(
    broker: str, catalog: Path, *, gpu: int, environment: Mapping[str, str]
) -> Iterator[Running]:
    """Real workers: `gpu` for the model, one for the catalog; yields when they live.

    Raises:
        QueueError: the broker does not answer, or the workers do not start.
    """
    queue = CeleryQueue(broker, job_seconds=_JOB_SECONDS)
    queue.ping()
    chosen = os.environ | {
        "AES_CATALOG": str(catalog),
        "AES_BROKER": broker,
        "AES_BATCH_SIZE": str(BATCH),
        "AES_JOB_SECONDS": str(_JOB_SECONDS),
        **environment,
    }
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "aesplugin", "worker", "--queue", name.value],
            env=chosen,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for name in [Queue.CATALOG, *[Queue.GPU] * gpu]
    ]
    try:
        _wait_for(queue, {process.pid for process in running})
        processes = [psutil.Process(process.pid) for process in running]
        yield Running(queue=queue, broker=broker, processes=processes)
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(timeout=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """Sends renditions to the GPU queue, `WINDOW` at a time, and waits for their answers."""

    workers: Running
    catalog: Catalog
    revision: str

    def run(self, renditions: Iterable[Rendition]) -> int:
        """Returns when the last answer is in the catalog, with the broker's peak memory, bytes."""
        waiting, flying, most = iter(renditions), set[str](), 0
        with redis.Redis.from_url(self.workers.broker) as client:
            while True:
                while len(flying) <= WINDOW - BATCH and (batch := list(islice(waiting, BATCH))):
                    job = AssessJob(revision=self.revision, photos=tuple(map(Candidate, batch)))
                    self.workers.queue.send(Job.ASSESS, job)
                    flying.update(one.content_hash for one in batch)
                if not flying:
                    return most
                most = max(most, int(client.info("memory")["used_memory"]))
                time.sleep(_POLL_SECONDS)
                flying = set(self.catalog.unassessed(flying, self.revision))


def _wait_for(queue: CeleryQueue, processes: set[int]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not processes <= {worker.pid for worker in queue.workers()}:
        if time.monotonic() > deadline:
            raise QueueError("the benchmark's workers did not start: run `aesplugin doctor`")
        time.sleep(0.2)


def _made_up(content_hash: str) -> IngestedFile:
    return IngestedFile(
        stamp=FileStamp(path=f"/made-up/{content_hash}.jpg", size=1, mtime_ns=1),
        photo=Photo(
            content_hash=content_hash,
            perceptual_hash=0,
            width=6000,
            height=4000,
            format="JPEG",
            exif=Exif(),
        ),
    )


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
