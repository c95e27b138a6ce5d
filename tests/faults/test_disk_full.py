"""No room for the catalog: nothing is lost, and the run goes on when there is room again."""

import contextlib
import resource
from pathlib import Path

import psutil
import pytest

from aesplugin.jobs import Queue
from aesplugin.photo import PhotoState
from tests.faults.mounts import small_disk
from tests.faults.site import Process, Site, wait_until

PHOTOS = 24


def _limit(process: Process, size: int) -> None:
    """No file of this process and its children can grow beyond `size` bytes."""
    root = psutil.Process(process.popen.pid)
    for one in (root, *root.children(recursive=True)):
        resource.prlimit(one.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


@pytest.mark.parametrize("victim", [Queue.CATALOG, Queue.INGEST])
def test_the_disk_of_the_catalog_is_full_for_a_while(site: Site, victim: Queue) -> None:
    processes = {queue: site.worker(queue) for queue in Queue}
    wait_until(lambda: all(" ready." in p.text() for p in processes.values()), "workers are ready")
    _limit(processes[victim], 4096)  # less than any write to the catalog needs
    hashes = site.add_photos(PHOTOS)
    watch = site.watch()
    wait_until(lambda: "catalog.sqlite3" in processes[victim].text(), "the worker says so")
    assert site.assessed() == 0
    assert watch.popen.poll() is None
    _limit(processes[victim], resource.RLIM_INFINITY)
    assert watch.ends() == 0
    assert site.counts() == {PhotoState.ASSESSED: PHOTOS}
    assert site.rows() == sorted(hashes)


def test_a_small_disk_really_full_in_the_middle_of_a_run(site: Site) -> None:
    """Full for all at once: ingest, the catalog's consumer and the watcher."""
    with small_disk(site.root / "disk", kibibytes=16384) as disk:
        site.environment |= {"AES_CATALOG": str(disk / "catalog.sqlite3"), "AES_WINDOW": "8"}
        assert site.catalog
        processes = {queue: site.worker(queue, FAULT_SECONDS="0.05") for queue in Queue}
        hashes = site.add_photos(2 * PHOTOS)
        watch = site.watch()
        wait_until(lambda: site.assessed() > 0, "something is recorded")
        _fill(disk / "ballast")
        wait_until(
            lambda: any("full" in processes[q].text() for q in (Queue.INGEST, Queue.CATALOG)),
            "a worker says that the disk is full",
        )
        assert watch.popen.poll() is None
        assert site.assessed() < 2 * PHOTOS
        (disk / "ballast").unlink()
        assert watch.ends() == 0
        assert site.counts() == {PhotoState.ASSESSED: 2 * PHOTOS}
        assert site.rows() == sorted(hashes)
        site.stop()  # before its disk goes


def _fill(ballast: Path) -> None:
    """Takes every byte that is left."""
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))
