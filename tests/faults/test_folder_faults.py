"""Folders vanish and come back, are watched twice, and clocks jump."""

import shutil
from pathlib import Path

import pytest

from aesplugin.jobs import Queue
from aesplugin.photo import PhotoState
from tests.faults.site import Site, wait_until

PHOTOS = 12


@pytest.mark.parametrize("left_behind", ["nothing", "an empty mount point"])
def test_a_folder_unmounted_and_back(site: Site, left_behind: str) -> None:
    """Moved aside and back, which to a watcher looks as an unmount does: another inode or none."""
    site.environment["AES_BROKER"] = ""  # the watcher does it all
    site.add_photos(PHOTOS)
    watch = site.start("watch", str(site.photos))
    wait_until(lambda: site.assessed() == PHOTOS, "all are assessed")
    away = site.root / "away"
    site.photos.rename(away)
    if left_behind != "nothing":
        site.photos.mkdir()
    word = "not there" if left_behind == "nothing" else "is a drive missing?"
    wait_until(lambda: word in watch.text(), "the watcher says that it is gone")
    assert site.counts() == {PhotoState.ASSESSED: PHOTOS}
    site.add_photos(1, folder=away, first=PHOTOS)
    if left_behind != "nothing":
        site.photos.rmdir()
    away.rename(site.photos)
    wait_until(lambda: site.assessed() == PHOTOS + 1, "what was added meanwhile is found")
    site.add_photos(1, first=PHOTOS + 1)
    wait_until(lambda: site.assessed() == PHOTOS + 2, "events come again")
    assert max(site.looks().values()) == 1
    assert watch.stop() == 0


def test_a_few_photos_deleted_are_marked_missing_and_taken_back(site: Site) -> None:
    site.environment["AES_BROKER"] = ""
    site.add_photos(PHOTOS)
    site.start("watch", str(site.photos))
    wait_until(lambda: site.assessed() == PHOTOS, "all are assessed")
    one = site.photos / "00003.jpg"
    shutil.move(one, site.root / "kept.jpg")
    gone = {PhotoState.ASSESSED: PHOTOS - 1, PhotoState.MISSING: 1}
    wait_until(lambda: site.counts() == gone, "it is marked missing")
    shutil.move(site.root / "kept.jpg", one)
    wait_until(lambda: site.assessed() == PHOTOS, "it is back")
    assert max(site.looks().values()) == 1  # its score was kept


def test_two_watchers_on_one_folder(site: Site) -> None:
    site.add_photos(PHOTOS)
    for queue in Queue:
        site.worker(queue)
    watchers = [site.watch(), site.watch()]
    assert [watch.ends() for watch in watchers] == [0, 0]
    assert site.counts() == {PhotoState.ASSESSED: PHOTOS}


def test_two_watchers_that_do_the_work_themselves(site: Site) -> None:
    site.environment["AES_BROKER"] = ""
    site.add_photos(PHOTOS)
    watchers = [site.watch(), site.watch()]
    assert [watch.ends() for watch in watchers] == [0, 0]
    assert site.counts() == {PhotoState.ASSESSED: PHOTOS}


def test_the_clock_jumps_back_an_hour_in_every_process(site: Site, tmp_path: Path) -> None:
    """Six seconds after each process starts, its wall clock shows an hour less."""
    (tmp_path / "plugin" / "sitecustomize.py").write_text(
        "import time\n"
        "_real, _start = time.time, time.monotonic()\n"
        "time.time = lambda: _real() - 3600 * (time.monotonic() - _start > 6)\n"
    )
    site.add_photos(PHOTOS)
    for queue in Queue:
        site.worker(queue, FAULT_SECONDS="0.2")
    watch = site.start("watch", str(site.photos))
    wait_until(lambda: site.assessed() > 0, "something is recorded")
    wait_until(lambda: site.assessed() == PHOTOS, "the rest, across the jump")
    site.add_photos(PHOTOS, first=PHOTOS)
    wait_until(lambda: site.assessed() == 2 * PHOTOS, "what comes after the jump")
    assert site.counts() == {PhotoState.ASSESSED: 2 * PHOTOS}
    assert watch.stop() == 0
