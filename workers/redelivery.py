"""Jobs that come again: from a lost worker, for another model, after a failed acknowledgement."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import redis
from celery.worker.request import Request
from kombu.asynchronous import get_event_loop

from aesplugin.broker import CeleryQueue
from aesplugin.errors import QueueError
from aesplugin.jobs import Job, JobQueue, Payload, Queue
from aesplugin.workers.runtime import Runtime


@contextmanager
def beginning(queue: JobQueue, job_id: str, *, is_redelivered: bool) -> Iterator[bool]:
    """Notes in the broker that the job is being done; gives whether another worker was lost at it.

    Where the broker does not answer now, one that is delivered again counts as lost.
    """
    if not isinstance(queue, CeleryQueue):
        yield is_redelivered
        return
    try:
        was_begun = queue.begin(job_id)
    except QueueError:
        was_begun = True
    try:
        yield is_redelivered and was_begun
    finally:  # not where the process is killed: that is the point
        with suppress(QueueError):
            queue.end(job_id)


_log = logging.getLogger(__name__)
_PAUSE = 2.0  # seconds; who only hands jobs back is faster than who does them, and takes them all


class Others:
    """Hands back what a living worker with the right model can do."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._told: set[str] = set()  # revisions

    def take(self, job: Job, payload: Payload) -> bool:
        """Whether the job was for another model and went back into the queue.

        One that no living worker has the model for is not handed back: it would go round forever.

        Raises:
            QueueError: the broker cannot be reached.
        """
        queue = self._runtime.parts.queue
        if job is not Job.ASSESS or not isinstance(queue, CeleryQueue):
            return False
        wanted, ours = payload["revision"], self._runtime.parts.card.revision
        if wanted == ours or not _has_worker(queue, wanted):
            return False
        if wanted not in self._told:
            self._told.add(wanted)
            _log.error(
                "this worker has model revision %s and leaves jobs for %s to others: give watcher"
                " and workers the same settings `model` and `comments`, and the same release",
                ours,
                wanted,
            )
        queue.send(job, payload)
        time.sleep(_PAUSE)
        return True


def _has_worker(queue: CeleryQueue, revision: str) -> bool:
    return any(
        worker.queue == Queue.GPU and worker.model.endswith(f"@{revision}")
        for worker in queue.workers()
    )


class CarefulRequest(Request):  # type: ignore[misc]
    """Celery's request, see above."""

    def acknowledge(self) -> None:
        """Acknowledges, or begins a new connection."""
        super().acknowledge()
        self._check()

    def reject(self, requeue: bool = False) -> None:  # noqa: FBT001, FBT002 - Celery's signature
        """Rejects, or begins a new connection."""
        super().reject(requeue)
        self._check()

    def _check(self) -> None:
        """Celery acknowledges in the next round of its loop; looks in the one after that."""
        hub = get_event_loop()
        if hub is not None:
            look = self._reconnect_unless_done
            hub.call_soon(lambda: hub.call_soon(look))  # type: ignore[no-untyped-call]

    def _reconnect_unless_done(self) -> None:
        if not self.message.acknowledged:  # raised in the consumer's loop, which then reconnects
            raise redis.ConnectionError("a job could not be acknowledged")
