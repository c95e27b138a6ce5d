"""Tells a job whose worker was lost from one that a worker held and had not begun.

Redis marks both as delivered again: a worker holds a job that is put off, and gives it back when
it is told to stop.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from aesplugin.broker import CeleryQueue
from aesplugin.errors import QueueError
from aesplugin.jobs import JobQueue


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
