"""Warn when jobs wait for workers that are not running: nothing else would show it for hours."""

import logging
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from aesplugin.jobs import Depth, Queue

if TYPE_CHECKING:
    from aesplugin.broker import WorkerBeat

_log = logging.getLogger(__name__)
_ASK_SECONDS = 2.0  # between questions to the broker
_PATIENCE = 10.0  # a worker that starts loads its model first
_REPEAT_SECONDS = 600.0


class Staffing:
    """Compares the queues that hold jobs with the running workers."""

    def __init__(
        self,
        workers: Callable[[], "Sequence[WorkerBeat]"],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._workers = workers
        self._clock = clock
        self._ask_at = clock()
        self._since: dict[Queue, float] = {}  # when each queue was first seen without a worker
        self._say_at: dict[Queue, float] = {}

    def look(self, depth: Depth) -> None:
        """Takes the waiting jobs; warns of each queue without a worker, and rarely again.

        Raises:
            QueueError: the broker does not answer.
        """
        now = self._clock()
        if now < self._ask_at:
            return
        self._ask_at = now + _ASK_SECONDS
        waiting = {queue: count for queue, count in depth.waiting.items() if count}
        alive = {worker.queue for worker in self._workers()} if waiting else set()
        for queue in Queue:
            if queue in waiting and queue.value not in alive:
                self._note(queue, waiting[queue], now)
            else:
                self._since.pop(queue, None)
                self._say_at.pop(queue, None)

    def _note(self, queue: Queue, count: int, now: float) -> None:
        since = self._since.setdefault(queue, now)
        if now - since >= _PATIENCE and now >= self._say_at.get(queue, now):
            self._say_at[queue] = now + _REPEAT_SECONDS
            _log.warning(
                "no worker is running for the queue %s, where %d jobs are waiting; start one:"
                " aesplugin worker --queue %s",
                queue.value,
                count,
                queue.value,
            )
