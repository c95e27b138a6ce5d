"""Jobs that the page starts, one after the other in a thread, and their progress as events."""

import asyncio
import itertools
import json
import logging
import queue
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from typing import Literal

from aesplugin.errors import AesError
from aesplugin.web.unforeseen import told

State = Literal["waiting", "running", "done", "failed", "cancelled"]
_TICK = 0.5  # s between events
_COUNTED, _COUNTED_AT_REST = 4, 20  # ticks between two counts of a catalog that may be large
_KEPT = 50
_PROBLEMS = 5  # told of one job; the rest is counted
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobState:
    """One job as the page shows it; counts are files. `error` ended it, `problems` did not."""

    id: int
    kind: str
    label: str
    state: State = "waiting"
    total: int = 0
    done: int = 0
    failed: int = 0
    error: str | None = None
    problems: tuple[str, ...] = ()  # of the first files that failed


# Starts the work: (number of files, for each what went wrong or None, as they are done).
Work = Callable[[], tuple[int, Iterable[str | None]]]


@dataclass(slots=True)
class JobBoard:
    """Every job of this process, by number."""

    _jobs: dict[int, JobState] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _waiting: "queue.SimpleQueue[tuple[int, Work] | None]" = field(
        default_factory=queue.SimpleQueue
    )
    _thread: threading.Thread | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def all(self) -> list[JobState]:
        """Newest first."""
        with self._lock:
            return sorted(self._jobs.values(), key=lambda job: -job.id)

    def find(self, job_id: int) -> JobState | None:
        """One job."""
        return self._jobs.get(job_id)

    def start(self, kind: str, label: str, work: Work) -> JobState:
        """Queues a job and returns at once."""
        with self._lock:
            job = JobState(id=next(self._numbers), kind=kind, label=label)
            self._jobs[job.id] = job
            for old in sorted(self._jobs)[:-_KEPT]:
                del self._jobs[old]
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="jobs", daemon=True)
                self._thread.start()
        self._waiting.put((job.id, work))
        return job

    def cancel(self, job_id: int) -> JobState | None:
        """Stops a job after the photos in hand; what is done stays done."""
        with self._lock:
            job = self._jobs.get(job_id)
            if job is not None and job.state in ("waiting", "running"):
                job = self._jobs[job_id] = replace(job, state="cancelled")
            return job

    def close(self) -> None:
        """Stops everything."""
        for job in self.all():
            self.cancel(job.id)
        self._waiting.put(None)

    def _serve(self) -> None:
        while (found := self._waiting.get()) is not None:
            job_id, work = found
            try:
                self._run(job_id, work)
            except AesError as error:
                self._change(job_id, state="failed", error=told(error))
            except Exception as error:  # noqa: BLE001 - the jobs that wait must have their turn
                _log.exception("job %s stopped", job_id)
                self._change(job_id, state="failed", error=told(error))

    def _run(self, job_id: int, work: Work) -> None:
        if not self._change(job_id, state="running"):
            return
        total, files = work()
        self._change(job_id, total=total)
        done = failed = 0
        problems: list[str] = []
        for problem in files:
            done += 1
            if problem is not None:
                failed += 1
                problems = [*problems, problem][:_PROBLEMS]
            if not self._change(job_id, done=done, failed=failed, problems=tuple(problems)):
                return
        self._change(job_id, state="done", total=done)

    def _change(self, job_id: int, **values: object) -> bool:
        """False where the job was cancelled."""
        with self._lock:
            job = self._jobs.get(job_id)
            if job is None or job.state == "cancelled":
                return False
            self._jobs[job_id] = replace(job, **values)  # type: ignore[arg-type]
            return True


async def events(
    board: JobBoard, counts: Callable[[], dict[str, int]], *, once: bool = False
) -> AsyncIterator[bytes]:
    """Server-sent events: all jobs and the catalog's counts, whenever they change."""
    last = ""
    for tick in itertools.count():
        found = board.all()
        is_busy = any(job.state == "running" for job in found)
        is_due = tick % (_COUNTED if is_busy else _COUNTED_AT_REST) == 0
        states = await asyncio.to_thread(counts) if is_due else None
        jobs = [asdict(job) for job in found]
        said = json.dumps({"jobs": jobs} | ({"states": states} if states is not None else {}))
        if said != last:
            yield f"event: progress\ndata: {said}\n\n".encode()
            last = said
        elif tick % 30 == 0:
            yield b": still here\n\n"
        if once:
            return
        await asyncio.sleep(_TICK)
