"""What can be asked, and of whom: job names, the queue they wait in, and the queue's protocol.

A payload is plain data that msgpack can carry; `aesplugin.services.pipeline.messages` gives it
types. With a broker the jobs of a queue are done by ``aesplugin worker --queue NAME`` processes
(see `aesplugin.broker`); without one, `InlineQueue` does them in this process, and hands messages
on as they are: they become payloads only where they leave it.
"""

import heapq
import itertools
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

Payload = dict[str, Any]


class Message(Protocol):
    """A payload with types."""

    def payload(self) -> Payload:
        """As plain data."""
        ...


JobData = Payload | Message
Handler = Callable[[JobData], None]


def plain(data: JobData) -> Payload:
    """As it travels to another process."""
    return data if isinstance(data, dict) else data.payload()


class Job(StrEnum):
    """The three steps of a photo."""

    INGEST = "ingest"  # paths → catalog rows and renditions
    ASSESS = "assess"  # renditions → the model's answers
    RECORD = "record"  # answers → catalog rows


class Queue(StrEnum):
    """Where jobs wait: one kind of worker each."""

    INGEST = "ingest"  # CPU; beside the photos and the catalog
    GPU = "gpu"  # one process per GPU, anywhere the broker can be reached from
    CATALOG = "catalog"  # one process, beside the catalog


QUEUE_OF = {Job.INGEST: Queue.INGEST, Job.ASSESS: Queue.GPU, Job.RECORD: Queue.CATALOG}


@dataclass(frozen=True, slots=True)
class Depth:
    """How many jobs a queue holds: those nobody began, by queue, and those a worker has taken."""

    waiting: Mapping[Queue, int]
    taken: int = 0

    @property
    def total(self) -> int:
        """Every job that is not finished."""
        return sum(self.waiting.values()) + self.taken


class JobQueue(Protocol):
    """Takes jobs; a job may be done more than once, never less."""

    def send(self, job: Job, payload: JobData, *, delay: float = 0.0) -> None:
        """Hands a job over; it is not begun before `delay` seconds have passed.

        Raises:
            QueueError: the broker cannot be reached; nothing was handed over.
        """
        ...

    def depth(self) -> Depth:
        """The jobs that are not finished.

        Raises:
            QueueError: the broker cannot be reached.
        """
        ...

    def run_due(self) -> None:
        """Does the delayed jobs whose time has come, where this process does the work."""
        ...


class InlineQueue:
    """Does each job at once, in this process; delayed ones when `run_due` finds them due.

    Nothing is lost with it: what it still holds at the end stands in the catalog as unfinished.
    """

    def __init__(
        self, handlers: Mapping[Job, Handler], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._handlers = handlers
        self._clock = clock
        self._numbers = itertools.count()  # jobs due at the same moment keep their order
        self._delayed: list[tuple[float, int, Job, JobData]] = []

    def send(self, job: Job, payload: JobData, *, delay: float = 0.0) -> None:
        """Returns when the job is done, unless it is delayed."""
        if delay > 0:
            due = self._clock() + delay
            heapq.heappush(self._delayed, (due, next(self._numbers), job, payload))
        else:
            self._handlers[job](payload)

    def depth(self) -> Depth:
        """The delayed jobs."""
        counts = Counter(QUEUE_OF[job] for _, _, job, _ in self._delayed)
        return Depth({queue: counts[queue] for queue in Queue})

    def run_due(self) -> None:
        """Does what has become due."""
        now = self._clock()
        while self._delayed and self._delayed[0][0] <= now:
            _, _, job, payload = heapq.heappop(self._delayed)
            self._handlers[job](payload)
