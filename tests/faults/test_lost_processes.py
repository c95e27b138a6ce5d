"""Whatever is killed, every photo ends assessed once, and the run ends by itself.

What was in flight when a process was lost may be looked at once more, nothing else may.
"""

from aesplugin.jobs import Job, Queue
from aesplugin.photo import MAX_ATTEMPTS, PhotoState
from tests.faults.site import BATCH, Site, wait_until

PHOTOS = 24


def test_a_gpu_worker_killed_in_the_middle_of_a_batch(site: Site) -> None:
    hashes = site.add_photos(PHOTOS)
    for queue in (Queue.INGEST, Queue.CATALOG):
        site.worker(queue)
    first = site.worker(Queue.GPU, FAULT_SECONDS="0.5")
    watch = site.watch()
    wait_until(lambda: len(site.looks_of(first)) > BATCH, "the model is at its second batch")
    first.kill()
    in_hand = site.looks_of(first)[-BATCH:]
    second = site.worker(Queue.GPU)
    assert watch.ends() == 0
    assert site.counts() == {PhotoState.ASSESSED: PHOTOS}
    assert site.rows() == sorted(hashes)
    assert set(in_hand) <= set(site.looks_of(second))
    assert BATCH <= site.extra_looks().total() <= site.explained_looks()


def test_the_catalog_consumer_killed(site: Site) -> None:
    hashes = site.add_photos(PHOTOS)
    for queue in (Queue.INGEST, Queue.GPU):
        site.worker(queue, FAULT_SECONDS="0.05")
    first = site.worker(Queue.CATALOG)
    watch = site.watch()
    wait_until(lambda: site.assessed() > 0, "something is recorded")
    first.kill()
    assert site.assessed() < PHOTOS
    site.worker(Queue.CATALOG)
    assert watch.ends() == 0
    assert site.counts() == {PhotoState.ASSESSED: PHOTOS}
    assert site.rows() == sorted(hashes)
    # The answers wait in the broker: nobody is asked again for want of the catalog.
    assert site.extra_looks().total() <= site.explained_looks()


def test_an_ingest_worker_killed_with_its_children(site: Site) -> None:
    hashes = site.add_photos(PHOTOS)
    for queue in (Queue.GPU, Queue.CATALOG):
        site.worker(queue)
    first = site.worker(Queue.INGEST)
    watch = site.watch()
    wait_until(lambda: sum(site.counts().values()) > 0, "something is ingested")
    first.kill()
    site.worker(Queue.INGEST)
    assert watch.ends() == 0
    assert site.counts() == {PhotoState.ASSESSED: PHOTOS}
    assert site.rows() == sorted(hashes)
    assert site.extra_looks().total() <= site.explained_looks()


def test_the_watcher_killed(site: Site) -> None:
    hashes = site.add_photos(PHOTOS)
    for queue in Queue:
        site.worker(queue, FAULT_SECONDS="0.1")
    first = site.watch()
    wait_until(lambda: sum(site.looks().values()) > 0, "the model is at work")
    first.kill()
    assert site.assessed() < PHOTOS
    assert site.watch().ends() == 0
    assert site.counts() == {PhotoState.ASSESSED: PHOTOS}
    assert site.rows() == sorted(hashes)
    # The second watcher cannot know what the first one sent; it sends each photo once.
    assert site.extra_looks().total() <= PHOTOS + site.explained_looks()


def test_a_photo_that_kills_its_worker_is_quarantined_and_costs_the_others_nothing(
    site: Site,
) -> None:
    hashes = site.add_photos(PHOTOS)
    poison = hashes[5]
    for queue in (Queue.INGEST, Queue.CATALOG):
        site.worker(queue)
    watch = site.watch()
    workers = [site.worker(Queue.GPU, FAULT_POISON=poison)]
    most = MAX_ATTEMPTS
    while watch.popen.poll() is None:  # what systemd or `aesplugin up` does
        wait_until(
            lambda: any(one.popen.poll() is not None for one in (workers[-1], watch)),
            "the worker dies or the run ends",
        )
        # Three die of it, and three more where its file was taken over by a second ingest job.
        most = MAX_ATTEMPTS * (1 + site.taken_over(Job.INGEST))
        if workers[-1].popen.poll() is not None:
            assert len(workers) <= most
            workers.append(site.worker(Queue.GPU, FAULT_POISON=poison))
    assert watch.ends() == 0
    assert site.counts() == {PhotoState.ASSESSED: PHOTOS - 1, PhotoState.QUARANTINED: 1}
    assert site.rows() == sorted(set(hashes) - {poison})
    assert MAX_ATTEMPTS <= site.looks()[poison] <= most
    assert site.extra_looks().total() <= site.explained_looks()
    assert "the worker stopped while scoring it" in site.start("status").ends_with_text()
