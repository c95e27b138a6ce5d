"""A worker that is told to stop gives back what it had not begun, and that is no loss."""

import os

import pytest

from aesplugin.broker import CeleryQueue
from aesplugin.jobs import Job, Queue
from aesplugin.photo import PhotoState
from aesplugin.services.pipeline.messages import IngestJob
from tests.faults.site import JOB_SECONDS, Site, wait_until


@pytest.mark.parametrize("is_killed", [False, True])
def test_a_job_held_for_its_delay_counts_no_loss(site: Site, is_killed: bool) -> None:
    site.add_photos(1)
    (path,) = map(os.fspath, site.photos.iterdir())
    queue = CeleryQueue(site.redis.url, job_seconds=JOB_SECONDS)
    worker = site.worker(Queue.INGEST)
    wait_until(lambda: bool(queue.workers()), "it is ready")
    queue.send(Job.INGEST, IngestJob(paths=(path,)).payload(), delay=60.0)
    wait_until(lambda: queue.depth().taken == 1, "it holds the job")
    if is_killed:
        worker.kill()
    else:
        worker.stop()
    assert site.counts() == {}
    site.worker(Queue.INGEST)
    wait_until(lambda: site.counts() == {PhotoState.PENDING: 1}, "the job is done")
    assert site.taken_over(Job.INGEST) == 0
