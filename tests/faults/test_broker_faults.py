"""The broker forgets, repeats itself, or is flooded: the catalog is right all the same."""

import time
from collections import Counter

import pytest

from aesplugin.broker import CeleryQueue
from aesplugin.errors import ModelError
from aesplugin.jobs import Job, Queue
from aesplugin.models.base import Answer
from aesplugin.photo import PhotoState, Rendition
from aesplugin.services.pipeline.assess import Assessed
from aesplugin.services.pipeline.messages import AssessJob, Candidate, RecordJob
from tests.faults.site import BATCH, JOB_SECONDS, REVISION, Site, wait_until

PHOTOS = 24


@pytest.fixture
def queue(site: Site) -> CeleryQueue:
    return CeleryQueue(site.redis.url, job_seconds=JOB_SECONDS)


def test_redis_started_again_empty_in_the_middle_of_a_run(site: Site) -> None:
    hashes = site.add_photos(PHOTOS)  # they are all in flight when the broker forgets them
    for queue in Queue:
        site.worker(queue, FAULT_SECONDS="0.2")
    watch = site.watch()
    wait_until(lambda: site.assessed() > 0, "something is recorded")
    site.redis.stop()
    assert site.assessed() < PHOTOS
    site.redis.start()
    assert watch.ends() == 0
    assert site.counts() == {PhotoState.ASSESSED: PHOTOS}
    assert site.rows() == sorted(hashes)
    # What was in flight was sent once more; the feeder says how much that was.
    assert site.explained_looks() > 0
    assert site.extra_looks().total() <= site.explained_looks()


def test_every_message_delivered_twice(site: Site, queue: CeleryQueue) -> None:
    hashes = site.add_photos(4)
    for name in Queue:
        site.worker(name)
    assert site.watch().ends() == 0
    paths = [str(path) for path in sorted(site.photos.iterdir())]
    jpegs = [path.read_bytes() for path in sorted(site.photos.iterdir())]
    batch = AssessJob(
        revision=REVISION,
        photos=tuple(
            Candidate(Rendition(content_hash=one, jpeg=jpeg, width=32, height=24))
            for one, jpeg in zip(hashes, jpegs, strict=True)
        ),
    )
    other = tuple(Assessed(one, Answer(score=9.0), 1) for one in hashes)
    for _ in range(2):
        queue.send(Job.INGEST, {"paths": [p.encode() for p in paths], "watched": True, "losses": 0})
        queue.send(Job.ASSESS, batch.payload())
        queue.send(
            Job.RECORD, RecordJob(model="faulty", revision=REVISION, results=other).payload()
        )
    wait_until(lambda: queue.depth().total == 0, "all is delivered")
    assert site.counts() == {PhotoState.ASSESSED: 4}
    assert site.rows() == sorted(hashes)
    assert set(site.scores()) == {5.0}  # the first answer stands
    assert site.extra_looks() >= Counter(dict.fromkeys(hashes, 2))  # asked for thrice indeed


def test_a_failure_reported_twice_counts_once(site: Site, queue: CeleryQueue) -> None:
    hashes = site.add_photos(1)
    site.worker(Queue.INGEST)
    site.worker(Queue.CATALOG)
    site.start("watch", str(site.photos))
    wait_until(lambda: site.counts() == {PhotoState.PENDING: 1}, "the photo waits for a model")
    failure = RecordJob(
        model="faulty",
        revision=REVISION,
        results=(Assessed(hashes[0], ModelError("no light"), 1),),
    )
    for _ in range(5):
        queue.send(Job.RECORD, failure.payload())
    wait_until(lambda: queue.depth().waiting[Queue.CATALOG] == 0, "all is delivered")
    assert site.counts() == {PhotoState.PENDING: 1}


@pytest.mark.parametrize(
    ("count", "window"),
    [(400, 16), pytest.param(5000, 64, marks=[pytest.mark.slow, pytest.mark.timeout(1200)])],
)
def test_thousands_arriving_at_once_fill_only_the_window(
    site: Site, queue: CeleryQueue, count: int, window: int
) -> None:
    site.environment |= {"AES_WINDOW": str(window)}
    hashes = site.add_photos(count)
    for name in Queue:
        site.worker(name)
    watch = site.watch()
    most_jobs, most_bytes = 0, 0
    while watch.popen.poll() is None:
        most_jobs = max(most_jobs, queue.depth().total)
        most_bytes = max(most_bytes, site.redis.memory())
        time.sleep(0.05)
    assert watch.popen.returncode == 0
    assert site.counts() == {PhotoState.ASSESSED: count}
    assert site.rows() == sorted(hashes)
    # A photo is in one job at a time, and in two while one is handed on; without the window all
    # would wait at once.
    assert most_jobs <= 2 * window < count // BATCH
    assert most_bytes < 20 * 2**20
