"""Folders vanish and come back, are watched twice, and clocks jump."""

import shutil
from pathlib import Path

import pytest

from aesplugin.jobs import Queue
from aesplugin.photo import PhotoState
from tests.faults.mounts import drive
from tests.faults.site import Site, wait_until

PHOTOS = 12
GONE = "is the drive mounted?"  # what the watcher asks when all is gone from a folder


@pytest.mark.parametrize("left_behind", ["nothing", "an empty mount point"])
def test_a_folder_moved_away_and_back(site: Site, left_behind: str) -> None:
    """To a watcher it looks as an unmount does, another inode or none; needs no right to mount."""
    site.environment["AES_BROKER"] = ""  # the watcher does it all
    site.add_photos(PHOTOS)
    watch = site.start("watch", str(site.photos))
    wait_until(lambda: site.assessed() == PHOTOS, "all are assessed")
    away = site.root / "away"
    site.photos.rename(away)
    if left_behind != "nothing":
        site.photos.mkdir()
    word = "no longer exists" if left_behind == "nothing" else GONE
    wait_until(lambda: word in watch.text(), "the watcher says that it is gone")
    assert site.counts() == {PhotoState.ASSESSED: PHOTOS}
    site.add_photos(1, folder=away, first=PHOTOS)
    if left_behind != "nothing":
        site.photos.rmdir()
    away.rename(site.photos)
    wait_until(lambda: site.assessed() == PHOTOS + 1, "what was added meanwhile is found")
    site.add_photos(1, first=PHOTOS + 1)
    wait_until(lambda: site.assessed() == PHOTOS + 2, "events come again")
    assert not site.extra_looks()
    assert watch.stop() == 0


def test_a_drive_unmounted_and_back(site: Site) -> None:
    site.environment |= {"AES_BROKER": "", "AES_RECONCILE_SECONDS": "600"}  # no scan helps along
    with drive(site.root / "drive.ext4", site.photos) as card:
        hashes = site.add_photos(PHOTOS)
        watch = site.start("watch", str(site.photos))
        wait_until(lambda: site.assessed() == PHOTOS, "all are assessed")
        card.unmount()
        wait_until(lambda: GONE in watch.text(), "the watcher says that it is gone")
        assert site.counts() == {PhotoState.ASSESSED: PHOTOS}
        card.mount()
        hashes += site.add_photos(1, first=PHOTOS)
        wait_until(lambda: site.assessed() == PHOTOS + 1, "what was added meanwhile is found")
        hashes += site.add_photos(1, first=PHOTOS + 1)
        wait_until(lambda: site.assessed() == PHOTOS + 2, "events come again")
        assert watch.stop() == 0
        assert site.watch().ends() == 0  # nothing is left to do
        assert site.counts() == {PhotoState.ASSESSED: PHOTOS + 2}
        assert site.rows() == sorted(hashes)
        assert not site.extra_looks()


def test_a_drive_pulled_in_the_middle_of_a_run(site: Site) -> None:
    """What is in the queue cannot be read for a while; it is neither marked nor given up."""
    site.environment |= {"AES_WINDOW": "4"}
    with drive(site.root / "drive.ext4", site.photos) as card:
        hashes = site.add_photos(2 * PHOTOS)
        for queue in Queue:
            site.worker(queue, FAULT_SECONDS="0.1")
        watch = site.start("watch", str(site.photos))
        wait_until(lambda: site.assessed() > 0, "something is recorded")
        card.unmount()
        done = site.assessed()
        assert done < 2 * PHOTOS
        wait_until(
            lambda: "is the drive mounted?" in watch.text(), "the watcher says that it is gone"
        )
        assert set(site.counts()) <= {PhotoState.ASSESSED, PhotoState.PENDING, PhotoState.MISSING}
        card.mount()
        wait_until(lambda: site.assessed() == 2 * PHOTOS, "the rest, with the drive back")
        assert watch.stop() == 0
        assert site.watch().ends() == 0  # nothing is left to do
        assert site.counts() == {PhotoState.ASSESSED: 2 * PHOTOS}
        assert site.rows() == sorted(hashes)
        assert site.extra_looks().total() <= site.explained_looks()


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
    assert not site.extra_looks()  # its score was kept


@pytest.mark.parametrize("workers", [tuple(Queue), ()], ids=["with workers", "in themselves"])
def test_two_watchers_on_one_folder(site: Site, workers: tuple[Queue, ...]) -> None:
    """Neither knows of the other: a photo may be looked at for both, and has one row."""
    hashes = site.add_photos(PHOTOS)
    if not workers:
        site.environment["AES_BROKER"] = ""
    for queue in workers:
        site.worker(queue)
    watchers = [site.watch(), site.watch()]
    assert [watch.ends() for watch in watchers] == [0, 0]
    assert site.counts() == {PhotoState.ASSESSED: PHOTOS}
    assert site.rows() == sorted(hashes)
    assert site.extra_looks().total() <= PHOTOS + site.explained_looks()


def test_the_clock_jumps_back_an_hour_in_every_process(site: Site, tmp_path: Path) -> None:
    """In the middle of a run the wall clock shows an hour less, from one moment to the next."""
    jump = tmp_path / "jump"
    (tmp_path / "plugin" / "sitecustomize.py").write_text(
        "import os, time\n"
        "_real = time.time\n"
        f"time.time = lambda: _real() - 3600 * os.path.exists({str(jump)!r})\n"
    )
    hashes = site.add_photos(2 * PHOTOS)
    for queue in Queue:
        site.worker(queue, FAULT_SECONDS="0.1")
    watch = site.watch()
    wait_until(lambda: site.assessed() > 0, "something is recorded")
    jump.touch()
    assert site.assessed() < 2 * PHOTOS
    hashes += site.add_photos(PHOTOS, first=2 * PHOTOS)  # and some come after the jump
    assert watch.ends() == 0
    assert site.counts() == {PhotoState.ASSESSED: 3 * PHOTOS}
    assert site.rows() == sorted(hashes)
    assert site.extra_looks().total() <= site.explained_looks()
