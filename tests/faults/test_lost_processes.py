"""Whatever is killed, every photo ends assessed once, and the run ends by itself.

What was in the killed process's hands may be looked at once more, nothing else may.
"""

from collections import Counter

from aesplugin.jobs import Queue
from aesplugin.photo import PhotoState
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
    assert site.extra_looks() == Counter(in_hand)
    assert set(in_hand) <= set(site.looks_of(second))


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
    assert not site.extra_looks()  # the answers wait in the broker, nobody is asked again


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
    # One job for each of its two children, and one that waited for them in the killed process.
    assert site.extra_looks().total() <= 3 * BATCH
    assert max(site.looks().values()) <= 2


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
    assert max(site.looks().values()) <= 2


def test_a_photo_that_kills_its_worker_is_quarantined_and_costs_the_others_nothing(
    site: Site,
) -> None:
    hashes = site.add_photos(PHOTOS)
    poison = hashes[5]
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
            assert len(workers) <= 3
            workers.append(site.worker(Queue.GPU, FAULT_POISON=poison))
    assert watch.ends() == 0
    assert site.counts() == {PhotoState.ASSESSED: PHOTOS - 1, PhotoState.QUARANTINED: 1}
    assert site.rows() == sorted(set(hashes) - {poison})
    assert site.looks()[poison] == 3
    in_hand = set(site.looks_of(workers[0])[-BATCH:])  # the batch it was in when it first killed
    assert site.extra_looks() == Counter(in_hand) + Counter({poison: 1})
    assert "the worker that looked at it stopped" in site.start("status").ends_with_text()
