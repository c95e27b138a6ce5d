"""A whole installation for one test: folders, broker, worker processes, and questions to it."""

import contextlib
import hashlib
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import psutil
from PIL import Image

from aesplugin.catalog.catalog import Catalog
from aesplugin.jobs import Job, Queue
from aesplugin.photo import PhotoState
from tests.faults.plugin.faulty_model import FaultyModel
from tests.servers import RedisServer

REVISION = FaultyModel.card.revision
JOB_SECONDS = 10.0  # a lost worker's job comes back after 1.25 times that
BATCH = 4  # photos in a job
_PLUGIN = Path(__file__).parent / "plugin"
_REPOSITORY = Path(__file__).parents[2]


def wait_until(condition: Callable[[], bool], what: str, *, seconds: float = 240.0) -> None:
    """Polls; fails with `what` where it does not become true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not in {seconds:.0f} s: {what}"
        time.sleep(0.1)


@dataclass
class Process:
    """One process of ours and its log."""

    popen: subprocess.Popen[bytes]
    log: Path

    def kill(self) -> None:
        """As the kernel kills what uses too much memory; its children go as they would then."""
        self.popen.kill()
        self.popen.wait(timeout=10)

    def stop(self) -> int:
        """SIGTERM, as systemd does it; returns the exit code."""
        self.popen.send_signal(signal.SIGTERM)
        return self.popen.wait(timeout=60)

    def children(self) -> list[psutil.Process]:
        """The processes it started and those they started, while it runs."""
        try:
            return psutil.Process(self.popen.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []

    def ends(self, *, seconds: float = 400.0) -> int:
        """Waits until it ends by itself; returns the exit code."""
        try:
            return self.popen.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"still running; its log ends: {self.text()[-3000:]}") from None

    def ends_with_text(self) -> str:
        """Waits until it ends; returns all it wrote."""
        self.ends()
        return self.text()

    def text(self) -> str:
        """The log so far."""
        return self.log.read_text(errors="replace")


@dataclass
class Site:
    """Everything under one folder."""

    root: Path
    redis: RedisServer
    environment: dict[str, str] = field(default_factory=dict)
    processes: list[Process] = field(default_factory=list)
    _catalogs: dict[str, Catalog] = field(default_factory=dict)

    def __post_init__(self) -> None:
        info = self.root / "plugin" / "aes_faulty_model-1.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(
            "Metadata-Version: 2.1\nName: aes-faulty-model\nVersion: 1.0\n"
        )
        (info / "entry_points.txt").write_text(
            "[aesplugin.models]\nfaulty = faulty_model:FaultyBackend\n"
        )
        self.photos.mkdir()
        self.journal.touch()
        self.environment = os.environ | {
            "AES_CONFIG": os.devnull,
            "AES_CATALOG": str(self.root / "catalog.sqlite3"),
            "AES_CACHE": str(self.root / "cache"),
            "AES_BROKER": self.redis.url,
            "AES_MODEL": "faulty",
            "AES_DECODERS": "2",
            "AES_BATCH_SIZE": str(BATCH),
            "AES_JOB_SECONDS": str(JOB_SECONDS),
            "AES_SETTLE_SECONDS": "0.3",
            "AES_RECONCILE_SECONDS": "2",
            "FAULT_JOURNAL": str(self.journal),
            "PYTHONPATH": f"{_PLUGIN}:{info.parent}:{_REPOSITORY}",
        }
        assert self.catalog  # made here: no two processes have to

    @property
    def catalog(self) -> Catalog:
        """The catalog, opened once: it is asked ten times a second."""
        target = self.environment["AES_CATALOG"]
        if target not in self._catalogs:
            self._catalogs[target] = Catalog.open(target)
        return self._catalogs[target]

    @property
    def photos(self) -> Path:
        """The watched folder."""
        return self.root / "photos"

    @property
    def journal(self) -> Path:
        """What the model looked at, a line a look."""
        return self.root / "journal"

    def start(self, *arguments: str, **environment: str) -> Process:
        """Starts ``aesplugin ARGUMENTS``."""
        log = self.root / f"{len(self.processes)}-{'-'.join(arguments[:3]).replace('/', '_')}.log"
        with log.open("wb") as file:
            popen = subprocess.Popen(
                [sys.executable, "-m", "aesplugin", *arguments],
                env=self.environment | environment,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                cwd=self.root,
                start_new_session=True,
            )
        self.processes.append(Process(popen, log))
        return self.processes[-1]

    def worker(self, queue: Queue, **environment: str) -> Process:
        """Starts a worker; one for the GPU is given no catalog it could use."""
        if queue is Queue.GPU:
            environment = {"AES_CATALOG": "/nonexistent/catalog.sqlite3"} | environment
        return self.start("worker", "--queue", queue.value, **environment)

    def watch(self, *arguments: str) -> Process:
        """Starts a watcher that ends when everything it found is finished."""
        return self.start("watch", str(self.photos), "--once", *arguments)

    def stop(self) -> None:
        """Ends all that still runs, at once."""
        for process in self.processes:
            for child in process.children():
                with contextlib.suppress(psutil.NoSuchProcess):
                    child.kill()
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.popen.pid, signal.SIGKILL)
            process.popen.wait(timeout=10)
        while self._catalogs:
            self._catalogs.popitem()[1].close()

    def add_photos(self, count: int, *, folder: Path | None = None, first: int = 0) -> list[str]:
        """Writes small photos that differ in content; returns their content hashes."""
        target = folder or self.photos
        target.mkdir(exist_ok=True, parents=True)
        plain = self.root / "plain.jpg"
        if not plain.exists():
            pixels = np.random.default_rng(0).integers(0, 255, (24, 32, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(plain)
        begin, rest = plain.read_bytes()[:2], plain.read_bytes()[2:]
        hashes = []
        for number in range(first, first + count):
            text = f"photo {number}".encode()
            comment = b"\xff\xfe" + (len(text) + 2).to_bytes(2, "big") + text
            content = begin + comment + rest
            (target / f"{number:05}.jpg").write_bytes(content)
            hashes.append(hashlib.sha256(content).hexdigest())
        return hashes

    def counts(self) -> dict[PhotoState, int]:
        """Files by state, those with none left out."""
        return {state: n for state, n in self.catalog.counts(REVISION).items() if n}

    def looks(self) -> Counter[str]:
        """How often the model looked at each content."""
        return Counter(content for _, content in self.journal_lines())

    def looks_of(self, worker: Process) -> list[str]:
        """The contents that the model of this worker looked at, in order."""
        return [content for pid, content in self.journal_lines() if pid == str(worker.popen.pid)]

    def extra_looks(self) -> Counter[str]:
        """The looks at each content beyond the first."""
        looks = self.looks()
        return looks - Counter(set(looks))

    def taken_over(self, job: Job) -> int:
        """How many jobs of that kind came back because their worker was lost, by the logs.

        On a machine so busy that a job outlives its visibility timeout there are more of them
        than processes that were killed: that costs time, nothing else.
        """
        return self._logs().count(f'"taking over after a lost worker", "job": "{job}"')

    def explained_looks(self) -> int:
        """How many looks beyond the first are accounted for by what was in flight when lost.

        A job holds `BATCH` photos at most, and a feeder says how many files it sends again.
        """
        sent_again = re.findall(r'"(\d+) files were lost in the queue', self._logs())
        jobs = self.taken_over(Job.INGEST) + self.taken_over(Job.ASSESS)
        return BATCH * jobs + sum(map(int, sent_again))

    def _logs(self) -> str:
        return "".join(process.text() for process in self.processes)

    def rows(self) -> list[str]:
        """The content hash of every assessment there is, sorted; asked of SQLite itself."""
        with contextlib.closing(sqlite3.connect(self.environment["AES_CATALOG"])) as database:
            found = database.execute("SELECT content_hash FROM assessments ORDER BY 1").fetchall()
        return [content for (content,) in found]

    def journal_lines(self) -> list[tuple[str, str]]:
        """(process, content) of every look; a line that is just being written is left out."""
        lines = self.journal.read_text().splitlines(keepends=True)
        looks = [line.split() for line in lines if line.endswith("\n")]
        return [(pid, content) for pid, content in looks]

    def assessed(self) -> int:
        """Files that have a score."""
        return self.counts().get(PhotoState.ASSESSED, 0)

    def scores(self) -> list[float]:
        """The scores in the catalog."""
        entries = self.catalog.entries(REVISION)
        return [entry.assessment.score for entry in entries if entry.assessment]
