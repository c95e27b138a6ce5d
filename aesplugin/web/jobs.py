"""Jobs started from the page, run one at a time in a thread, and their progress as events."""

import asyncio
import itertools
import json
import logging
import queue
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Literal, NamedTuple

from aesplugin.errors import AesError, UsageError
from aesplugin.services.pace import Pace, time_left
from aesplugin.web.error_lines import error_line
from aesplugin.web.unfinished import Journal, Unfinished

State = Literal["waiting", "running", "paused", "interrupted", "done", "failed", "cancelled"]
_ACTIVE = ("waiting", "running", "paused")
_TICK = 0.5  # s between events
_COUNTED, _COUNTED_AT_REST = 4, 20  # ticks between two counts of a catalog that may be large
_KEPT = 50
_PROBLEMS = 5  # shown per job; the rest is counted
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
    seconds_left: int | None = None  # while it runs, once there is enough to tell
    photos_per_second: float | None = None
    link: str | None = None  # to the file that it writes, which is whole once it is done


class Planned(NamedTuple):
    """What a job has to do: for each file what went wrong or None, as they are done.

    `known` of them, the first ones, need no work and do not count for the time left.
    """

    total: int
    files: Iterable[str | None]
    known: int = 0


Work = Callable[[], Planned]


@dataclass(slots=True)
class _Run:
    """The work of a job that has not ended, and where it is."""

    work: Work
    note: Unfinished | None = None
    files: Iterator[str | None] | None = None  # None before it began
    is_at_work: bool = False
    pace: Pace = field(default_factory=Pace)
    done: int = 0
    failed: int = 0
    problems: tuple[str, ...] = ()

    def begin(self, clock: Callable[[], float]) -> int:
        """The number of files."""
        total, files, known = self.work()
        self.files, self.pace = iter(files), Pace(known, clock=clock)
        return total

    def count(self, problem: str | None) -> None:
        """One file more."""
        self.done += 1
        if problem is not None:
            self.failed += 1
            self.problems = (*self.problems, problem)[:_PROBLEMS]


@dataclass(slots=True)
class JobBoard:
    """All jobs of this process, by number. Those of a `journal` survive the process."""

    clock: Callable[[], float] = time.monotonic
    journal: Journal | None = None
    _jobs: dict[int, JobState] = field(default_factory=dict)
    _runs: dict[int, _Run] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _waiting: "queue.SimpleQueue[int | None]" = field(default_factory=queue.SimpleQueue)
    _thread: threading.Thread | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    is_ending: bool = False
    _is_closed: bool = False

    def all(self) -> list[JobState]:
        """Newest first."""
        with self._lock:
            found = sorted(self._jobs.values(), key=lambda job: -job.id)
            return [self._timed(job) for job in found]

    def find(self, job_id: int) -> JobState | None:
        """One job."""
        with self._lock:
            job = self._jobs.get(job_id)
            return job and self._timed(job)

    def _timed(self, job: JobState) -> JobState:
        run = self._runs.get(job.id)
        if run is None or job.state != "running" or not job.total:
            return job
        left, rate = run.pace.seconds_left(job.done, job.total), run.pace.rate
        return replace(
            job,
            seconds_left=None if left is None else round(left),
            photos_per_second=None if rate is None else round(rate, 2),
        )

    @property
    def is_scoring(self) -> bool:
        """Whether photos come, or are about to."""
        return any(job.kind == "score" and job.state in _ACTIVE for job in self.all())

    @property
    def is_unfinished(self) -> bool:
        """Whether a job runs, or could be continued."""
        return any(job.state in (*_ACTIVE, "interrupted") for job in self.all())

    def start(
        self,
        kind: str,
        label: str,
        work: Work,
        *,
        paths: Sequence[str] = (),
        link: str | None = None,
    ) -> JobState:
        """Queues a job and returns at once. One with `paths` can be continued after a restart.

        `link` leads to what it makes.
        """
        note = self.journal.begin(paths) if self.journal and paths else None
        job = self._add(kind, label, _Run(work, note), "waiting", link=link)
        self._queue(job.id)
        return job

    def offer(self, kind: str, label: str, work: Work, note: Unfinished) -> JobState:
        """Adds a job that an earlier process did not finish; `resume` continues it."""
        job = self._add(kind, label, _Run(work, note), "interrupted")
        with self._lock:
            job = self._jobs[job.id] = replace(job, total=note.total, done=note.done)
            return job

    def _add(
        self, kind: str, label: str, run: _Run, state: State, *, link: str | None = None
    ) -> JobState:
        with self._lock:
            number = next(self._numbers)
            job = JobState(id=number, kind=kind, label=label, state=state, link=link)
            self._jobs[job.id], self._runs[job.id] = job, run
            for old in [one for one in sorted(self._jobs) if one not in self._runs][:-_KEPT]:
                del self._jobs[old]
            return job

    def _queue(self, job_id: int) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="jobs", daemon=True)
                self._thread.start()
        self._waiting.put(job_id)

    def pause(self, job_id: int) -> JobState | None:
        """Stops a job after the current photos, until `resume`; others have their turn.

        Raises:
            UsageError: it is not of the kind that can be paused, or neither runs nor waits.
        """
        with self._lock:
            job = self._jobs.get(job_id)
            if job is None or job.state == "paused":
                return job
            if job.kind != "score" or job.state not in _ACTIVE:
                raise UsageError(f"only scoring that runs or waits can be paused: {_said(job)}")
            job = self._jobs[job_id] = replace(job, state="paused")
            return job

    def resume(self, job_id: int) -> JobState | None:
        """Continues a job that was paused, or interrupted as an earlier process ended.

        Raises:
            UsageError: it has ended.
        """
        with self._lock:
            job = self._jobs.get(job_id)
            if job is None or job.state in ("waiting", "running"):
                return job
            if job.state == "interrupted":  # planned again: what is scored is skipped
                job = replace(job, total=0, done=0)
            elif job.state != "paused":
                raise UsageError(f"a job that has ended cannot be continued: {_said(job)}")
            if self._runs[job_id].is_at_work:  # the pause was not noticed yet
                job = self._jobs[job_id] = replace(job, state="running")
                return job
            job = self._jobs[job_id] = replace(job, state="waiting")
        self._queue(job_id)
        return job

    def cancel(self, job_id: int) -> JobState | None:
        """Stops a job after the current photos; finished work is kept."""
        with self._lock:
            job = self._jobs.get(job_id)
            if job is None or job_id not in self._runs:
                return job
            job = self._jobs[job_id] = replace(job, state="cancelled")
        self._queue(job_id)  # where it does not run, it is dropped in its turn
        return job

    def end_events(self) -> None:
        """The server ends, and waits for what it still sends: nothing more about jobs."""
        self.is_ending = True

    def close(self) -> None:
        """Stops everything; what is not finished is left to the next process."""
        self._is_closed = True
        if self.journal:
            self.journal.close()
        for job in self.all():
            self.cancel(job.id)
        self._waiting.put(None)

    def _serve(self) -> None:
        while (job_id := self._waiting.get()) is not None:
            run = self._runs.get(job_id)
            if run is None:
                continue
            try:
                self._run(job_id, run)
            except AesError as error:
                self._fail(job_id, error_line(error))
            except Exception as error:  # noqa: BLE001 - the jobs that wait must have their turn
                _log.exception("job %s stopped", job_id)
                self._fail(job_id, error_line(error))
            self._settle(job_id, run)

    def _run(self, job_id: int, run: _Run) -> None:
        """Until it has ended, or is paused or cancelled."""
        with self._lock:
            if self._jobs[job_id].state != "waiting":
                return
            self._jobs[job_id] = replace(self._jobs[job_id], state="running")
            run.is_at_work = True
            run.pace.resume()
        if run.files is None:
            total = run.begin(self.clock)
            if not self._change(job_id, total=total):
                return
        assert run.files is not None
        for problem in run.files:
            with self._lock:
                run.count(problem)
                run.pace.note(run.done)
            state = self._change(job_id, done=run.done, failed=run.failed, problems=run.problems)
            if run.note is not None:
                run.note.reach(run.done, self._jobs[job_id].total)
            if not state:
                return
        if run.note is not None:
            run.note.forget()  # before it is seen to be done: the server may end then
        self._change(job_id, state="done", total=run.done)

    def _settle(self, job_id: int, run: _Run) -> None:
        """Drops what has ended; what is paused stays as it is."""
        with self._lock:
            run.is_at_work = False
            job = self._jobs[job_id]
            if job.state == "running":  # it was continued just as it stopped
                job = self._jobs[job_id] = replace(job, state="waiting")
                self._waiting.put(job_id)
            state = job.state
            if state in ("paused", "waiting"):
                run.pace.pause()
            else:
                del self._runs[job_id]
        if run.note is not None:
            run.note.write()
            if state not in ("paused", "waiting") and not self._is_closed:
                run.note.forget()

    def _fail(self, job_id: int, error: str) -> None:
        with self._lock:
            job = self._jobs[job_id]
            if job.state != "cancelled":
                self._jobs[job_id] = replace(job, state="failed", error=error)

    def _change(self, job_id: int, **values: object) -> bool:
        """False where the job was paused or cancelled; what is done is counted all the same."""
        with self._lock:
            job = self._jobs[job_id]
            if job.state != "running":
                values.pop("state", None)
            self._jobs[job_id] = replace(job, **values)  # type: ignore[arg-type]
            return job.state == "running"


def _said(job: JobState) -> str:
    return f"{job.label} is {job.state}"


def _as_told(job: JobState, told: Callable[[str], str]) -> dict[str, object]:
    return asdict(job) | {
        "label": told(job.label),
        "error": job.error and told(job.error),
        "problems": [told(problem) for problem in job.problems],
        "time_left": told(time_left(job.seconds_left)),
    }


async def events(
    board: JobBoard,
    counts: Callable[[], dict[str, int]],
    *,
    once: bool = False,
    told: Callable[[str], str] = str,
) -> AsyncIterator[bytes]:
    """Server-sent events: all jobs and the catalog's counts, whenever they change.

    `told` puts what is said about a job into the language of the page.
    """
    last = ""
    for tick in itertools.count():
        found = board.all()
        is_busy = any(job.state == "running" for job in found)
        is_due = tick % (_COUNTED if is_busy else _COUNTED_AT_REST) == 0
        states = await asyncio.to_thread(counts) if is_due else None
        jobs = [_as_told(job, told) for job in found]
        line = json.dumps({"jobs": jobs} | ({"states": states} if states is not None else {}))
        if line != last:
            yield f"event: progress\ndata: {line}\n\n".encode()
            last = line
        elif tick % 30 == 0:
            yield b": still here\n\n"
        if once or board.is_ending:
            return
        await asyncio.sleep(_TICK)
