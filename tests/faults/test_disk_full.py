"""No room for the catalog: nothing is lost, and the run goes on when there is room again."""

import resource
from pathlib import Path

import psutil
import pytest

from aesplugin.jobs import Queue
from aesplugin.photo import PhotoState
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
    site.add_photos(PHOTOS)
    watch = site.watch()
    wait_until(lambda: "catalog.sqlite3" in processes[victim].text(), "the worker says so")
    assert site.assessed() == 0
    assert watch.popen.poll() is None
    _limit(processes[victim], resource.RLIM_INFINITY)
    assert watch.ends() == 0
    assert site.counts() == {PhotoState.ASSESSED: PHOTOS}
    assert Path(site.environment["AES_CATALOG"]).exists()
