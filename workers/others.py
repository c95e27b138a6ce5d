"""A GPU worker leaves the jobs for another model to the workers that have it."""

import logging
import time

from aesplugin.broker import CeleryQueue
from aesplugin.jobs import Job, Payload, Queue
from workers.runtime import Runtime

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
