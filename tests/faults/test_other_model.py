"""A GPU worker set up with another model costs the photos nothing."""

from aesplugin.broker import CeleryQueue
from aesplugin.jobs import Queue
from aesplugin.photo import PhotoState
from tests.faults.site import JOB_SECONDS, REVISION, Site, wait_until

PHOTOS = 40


def _gpu_models(site: Site) -> set[str]:
    queue = CeleryQueue(site.redis.url, job_seconds=JOB_SECONDS)
    return {worker.model for worker in queue.workers() if worker.queue == Queue.GPU}


def test_a_worker_with_another_model_leaves_the_photos_to_the_others(site: Site) -> None:
    hashes = site.add_photos(PHOTOS)
    wrong = site.worker(Queue.GPU, AES_MODEL="fake")
    site.worker(Queue.GPU, FAULT_SECONDS="0.1")
    for queue in (Queue.INGEST, Queue.CATALOG):
        site.worker(queue)
    wait_until(lambda: len(_gpu_models(site)) == 2, "both have told what they are")
    assert site.watch().ends() == 0
    assert site.counts() == {PhotoState.ASSESSED: PHOTOS}
    assert site.rows() == sorted(hashes)
    assert "dropped a job" not in wrong.text()
    assert wrong.text().count(f"leaves jobs for {REVISION} to others") == 1


def test_where_no_worker_has_the_model_the_run_ends_and_says_so(site: Site) -> None:
    site.add_photos(4)
    for queue in Queue:
        site.worker(queue, AES_MODEL="fake")
    wait_until(lambda: len(_gpu_models(site)) == 1, "it has told what it is")
    text = site.watch().ends_with_text()
    assert "no worker responded" in text
    assert site.counts() == {PhotoState.PENDING: 4}
