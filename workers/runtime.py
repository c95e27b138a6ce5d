"""One worker process: its parts, its model (loaded with the first job), its signs of life.

A process is never forked with a model in it (CUDA does not survive a fork): GPU workers run
Celery's solo pool, and parts are made in the process that uses them.
"""

import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from aesplugin.broker import CeleryQueue, WorkerBeat
from aesplugin.compose import Workshop
from aesplugin.errors import QueueError
from aesplugin.settings import Settings
from aesplugin.workers.logs import LastError

_log = logging.getLogger(__name__)
_BEAT_SECONDS = 2.0
_RATE_SECONDS = 60.0
STUCK = 75  # exit code of a worker that ended itself over a job; sysexits: try again


class Runtime:
    """The parts of this process; a child process forked from it makes its own."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._made_in: int | None = None
        self._parts: Workshop | None = None
        self._due: float | None = None  # when the job at hand must be done
        self._finished: deque[tuple[float, int]] = deque()  # (when, photos) of the last minute
        self._photos = 0

    @property
    def parts(self) -> Workshop:
        """This process's parts."""
        if self._parts is None or self._made_in != os.getpid():
            self._parts, self._made_in = WorkerWorkshop(self._settings), os.getpid()
        return self._parts

    @contextmanager
    def job(self, photos: int) -> Iterator[None]:
        """A job of so many photos is being done; the time limit runs."""
        self._due = time.monotonic() + self._settings.job_seconds
        try:
            yield
        finally:
            self._due = None
        self._photos += photos
        self._finished.append((time.monotonic(), photos))

    @property
    def is_overdue(self) -> bool:
        """Whether the job at hand takes longer than it may."""
        due = self._due
        return due is not None and time.monotonic() > due

    def beat(self, base: WorkerBeat, last_error: str) -> WorkerBeat:
        """What there is to tell now."""
        since = time.monotonic() - _RATE_SECONDS
        while self._finished and self._finished[0][0] < since:
            self._finished.popleft()
        rate = sum(photos for _, photos in list(self._finished)) / _RATE_SECONDS
        return replace(base, photos=self._photos, rate=round(rate, 3), last_error=last_error)


class WorkerWorkshop(Workshop):
    """A worker outlives its broker: what it has to send waits until the broker is back."""

    def broker_queue(self, *, send_seconds: float = float("inf")) -> CeleryQueue:
        """A connection on which a send waits as long as it takes."""
        return super().broker_queue(send_seconds=send_seconds)


class Pulse(threading.Thread):
    """Tells the broker that this worker lives, and ends the process over a job that hangs.

    Celery's own limits do not reach a solo pool. The job of a process that ended comes back after
    the visibility timeout, and its photos go on one by one.
    """

    def __init__(
        self,
        runtime: Runtime,
        base: WorkerBeat,
        last_error: LastError,
        *,
        leave: Callable[[int], object] = os._exit,
    ) -> None:
        super().__init__(name="pulse", daemon=True)
        self._runtime = runtime
        self._base = base
        self._last_error = last_error
        self._leave = leave
        self._stopped = threading.Event()
        self._queue: CeleryQueue | None = None

    def run(self) -> None:
        """Beats until stopped."""
        # Its own connection, made here: the worker's may be waiting for a broker that is away.
        self._queue = self._runtime.parts.broker_queue(send_seconds=0.0)
        while not self._stopped.wait(_BEAT_SECONDS if self._beat() else 2 * _BEAT_SECONDS):
            pass

    def stop(self) -> None:
        """Says goodbye."""
        self._stopped.set()
        self.join()
        if self._queue is not None:
            try:
                self._queue.depart(self._base)
            except QueueError:
                _log.info("stopped without signing off: the broker does not respond")

    def _beat(self) -> bool:
        assert self._queue is not None
        try:
            self._queue.beat(self._runtime.beat(self._base, self._last_error.text))
        except QueueError as error:
            _log.warning("%s", error)
            return False
        if self._runtime.is_overdue:  # and the broker answers, so it is not that we wait for it
            _log.error("the current job exceeded its time limit; this process exits")
            self._leave(STUCK)
        return True
