"""`aesplugin up`: all at work under one command, which puts up with losses and ends clean."""

import os
import signal

import psutil

from aesplugin.photo import PhotoState
from tests.faults.site import Site, wait_until

PHOTOS = 24


def test_what_dies_is_started_again_and_all_end_together(site: Site) -> None:
    hashes = site.add_photos(PHOTOS)
    up = site.start("up", str(site.photos), "--no-page", FAULT_SECONDS="0.1")
    wait_until(lambda: site.looks().total() > 0, "the model is at work")
    (gpu,) = {pid for pid, _ in site.journal_lines()}
    os.kill(int(gpu), signal.SIGKILL)
    wait_until(lambda: site.assessed() == PHOTOS, "the worker that was started anew does the rest")
    assert "(gpu) exited" in up.text()
    assert site.counts() == {PhotoState.ASSESSED: PHOTOS}
    assert site.rows() == sorted(hashes)
    started = up.children()
    assert len(started) >= 4  # watcher, ingest, catalog, gpu, and what they started
    assert up.stop() == 0
    _, alive = psutil.wait_procs(started, timeout=10)
    assert alive == []


def test_killed_it_leaves_nothing_behind(site: Site) -> None:
    """What it started would hold the page's port, and the next `up` could not begin."""
    hashes = site.add_photos(PHOTOS)
    up = site.start("up", str(site.photos), "--no-page", FAULT_SECONDS="0.1")
    wait_until(lambda: site.looks().total() > 0, "the model is at work")
    started = up.children()
    assert len(started) >= 4
    up.kill()
    _, alive = psutil.wait_procs(started, timeout=30)
    assert alive == []
    again = site.start("up", str(site.photos), "--no-page")
    wait_until(lambda: site.assessed() == PHOTOS, "the next one does the rest")
    assert site.rows() == sorted(hashes)
    assert again.stop() == 0
