"""A model that raises at a photo, or answers no number: the others have their scores."""

import signal

from aesplugin.jobs import Queue
from aesplugin.photo import MAX_ATTEMPTS, PhotoState
from tests.faults.site import REVISION, Site, wait_until

PHOTOS = 10


def test_without_a_broker_a_photo_that_the_model_stops_at_is_quarantined(site: Site) -> None:
    hashes = site.add_photos(PHOTOS)
    score = site.start("score", str(site.photos), AES_BROKER="", FAULT_BUG=hashes[5])
    text = score.ends_with_text()
    assert score.popen.returncode == 1  # some failed, each is named
    assert "unexpected ZeroDivisionError: a bug" in text
    assert site.counts() == {PhotoState.ASSESSED: PHOTOS - 1, PhotoState.QUARANTINED: 1}
    assert site.looks()[hashes[5]] == 3


def test_without_a_broker_a_watcher_gets_past_it(site: Site) -> None:
    hashes = site.add_photos(PHOTOS)
    site.environment |= {"AES_BROKER": "", "FAULT_BUG": hashes[0]}
    assert site.watch().ends() == 0
    assert site.counts() == {PhotoState.ASSESSED: PHOTOS - 1, PhotoState.QUARANTINED: 1}


def test_an_answer_that_is_no_number_is_a_failure_and_the_catalog_consumer_lives(
    site: Site,
) -> None:
    hashes = site.add_photos(PHOTOS)
    workers = [site.worker(queue, FAULT_NAN=hashes[5]) for queue in Queue]
    assert site.watch().ends() == 0
    assert site.counts() == {PhotoState.ASSESSED: PHOTOS - 1, PhotoState.QUARANTINED: 1}
    (failure,) = site.catalog.last_failures(REVISION)
    assert "returned the score nan" in str(failure.reason)
    assert [worker.popen.poll() for worker in workers] == [None] * len(workers)


def test_without_a_broker_a_photo_that_kills_the_process_is_quarantined(site: Site) -> None:
    hashes = site.add_photos(PHOTOS)
    site.environment |= {"AES_BROKER": "", "FAULT_POISON": hashes[5]}
    codes = [site.start("score", str(site.photos)).ends() for _ in range(MAX_ATTEMPTS + 1)]
    assert codes == [-signal.SIGKILL] * MAX_ATTEMPTS + [1]
    assert site.counts() == {PhotoState.ASSESSED: PHOTOS - 1, PhotoState.QUARANTINED: 1}
    assert site.looks()[hashes[5]] == MAX_ATTEMPTS
    assert site.rows() == sorted(set(hashes) - {hashes[5]})


def test_without_a_broker_up_gets_past_a_photo_that_kills_the_watcher(site: Site) -> None:
    hashes = site.add_photos(PHOTOS)
    site.environment |= {"AES_BROKER": "", "FAULT_POISON": hashes[5]}
    up = site.start("up", str(site.photos), "--no-page")
    expected = {PhotoState.ASSESSED: PHOTOS - 1, PhotoState.QUARANTINED: 1}
    wait_until(lambda: site.counts() == expected, "it is past it")
    assert site.looks()[hashes[5]] == MAX_ATTEMPTS
    assert up.stop() == 0
