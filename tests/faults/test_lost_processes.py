"""Whatever is killed, every photo ends assessed once, and the run ends by itself."""

from aesplugin.jobs import Queue
from aesplugin.photo import PhotoState
from tests.faults.site import Site, wait_until

PHOTOS = 24


def test_a_gpu_worker_killed_in_the_middle_of_a_batch(site: Site) -> None:
    hashes = site.add_photos(PHOTOS)
    for queue in (Queue.INGEST, Queue.CATALOG):
        site.worker(queue)
    first = site.worker(Queue.GPU, FAULT_SECONDS="0.3")
    watch = site.watch()
    wait_until(lambda: sum(site.looks().values()) >= 6, "the model is at its second batch")
    first.kill()
    site.worker(Queue.GPU)
    assert watch.ends() == 0
    assert site.counts() == {PhotoState.ASSESSED: PHOTOS}
    looks = site.looks()
    assert set(looks) == set(hashes)
    # The lost batch is looked at twice. On a machine so busy that a job outlives its visibility
    # timeout, so are others: that costs time, nothing else.
    assert sum(looks.values()) > PHOTOS
    assert max(looks.values()) <= 3


def test_the_catalog_consumer_killed(site: Site) -> None:
    site.add_photos(PHOTOS)
    for queue in (Queue.INGEST, Queue.GPU):
        site.worker(queue, FAULT_SECONDS="0.05")
    first = site.worker(Queue.CATALOG)
    watch = site.watch()
    wait_until(lambda: site.assessed() > 0, "something is recorded")
    first.kill()
    site.worker(Queue.CATALOG)
    assert watch.ends() == 0
    assert site.counts() == {PhotoState.ASSESSED: PHOTOS}


def test_an_ingest_worker_killed_with_its_children(site: Site) -> None:
    site.add_photos(PHOTOS)
    for queue in (Queue.GPU, Queue.CATALOG):
        site.worker(queue)
    first = site.worker(Queue.INGEST)
    watch = site.watch()
    wait_until(lambda: sum(site.counts().values()) > 0, "something is ingested")
    first.kill()
    site.worker(Queue.INGEST)
    assert watch.ends() == 0
    assert site.counts() == {PhotoState.ASSESSED: PHOTOS}


def test_the_watcher_killed(site: Site) -> None:
    site.add_photos(PHOTOS)
    for queue in Queue:
        site.worker(queue, FAULT_SECONDS="0.05")
    first = site.watch()
    wait_until(lambda: sum(site.looks().values()) > 0, "the model is at work")
    first.kill()
    assert site.watch().ends() == 0
    assert site.counts() == {PhotoState.ASSESSED: PHOTOS}


def test_a_photo_that_kills_its_worker_is_quarantined_and_costs_the_others_nothing(
    site: Site,
) -> None:
    poison = site.add_photos(PHOTOS)[5]
    for queue in (Queue.INGEST, Queue.CATALOG):
        site.worker(queue)
    watch = site.watch()
    workers = [site.worker(Queue.GPU, FAULT_POISON=poison)]
    while watch.popen.poll() is None:  # what systemd or `aesplugin up` does
        wait_until(
            lambda: any(one.popen.poll() is not None for one in (workers[-1], watch)),
            "the worker dies or the run ends",
        )
        if workers[-1].popen.poll() is not None:
            assert len(workers) <= 6
            workers.append(site.worker(Queue.GPU, FAULT_POISON=poison))
    assert watch.ends() == 0
    assert site.counts() == {PhotoState.ASSESSED: PHOTOS - 1, PhotoState.QUARANTINED: 1}
    # Three died of it; more where the machine was so busy that its batch was delivered twice.
    assert 3 <= site.looks()[poison] <= 6
    assert "the worker that looked at it stopped" in site.start("status").ends_with_text()
