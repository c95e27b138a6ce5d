"""A file that could not be read is tried again: nothing but its permissions need have changed."""

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from aesplugin.catalog.records import FailedFile
from aesplugin.compose import Workshop
from aesplugin.photo import PhotoState
from aesplugin.services.pipeline.feed import Feeder, Limits
from aesplugin.services.pipeline.ingest import stamp_of
from aesplugin.services.pipeline.score import InProcess, ScoreRun
from aesplugin.settings import load_settings
from aesplugin.web.guard import Access
from aesplugin.web.state import Desk
from tests.ordinary_user import aesplugin, as_ordinary_user, environment
from tests.workers.fakes import REVISION, FakeParts, HoldingQueue, write_photo
from tests.workers.test_watcher import Scene

_HOLDS_LEASE = """
import fcntl, signal, sys
signal.signal(signal.SIGIO, lambda *_: None)
with open(sys.argv[1], "r+b") as file:
    fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_WRLCK)
    print("held", flush=True)
    sys.stdin.read()
"""


def states(home: Path, folder: Path) -> dict[str, str]:
    told = aesplugin(home, "score", folder, "--json").stdout.splitlines()
    return {Path(o["path"]).name: o["state"] for o in map(json.loads, told)}


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[Path]:
    """A photo that may not be read."""
    photo = Path(write_photo(tmp_path / "photos" / "a.jpg", 1))
    photo.chmod(0)
    yield photo
    photo.chmod(0o644)


def test_a_photo_whose_permissions_were_mended_is_scored(tmp_path: Path, closed: Path) -> None:
    write_photo(closed.parent / "b.jpg", 2)
    (closed.parent / "damaged.jpg").write_bytes(b"\xff\xd8\xff\xe0 no picture")
    told = {"b.jpg": "assessed", "damaged.jpg": "damaged"}
    assert states(tmp_path, closed.parent) == told | {"a.jpg": "unreadable"}
    assert states(tmp_path, closed.parent) == told | {"a.jpg": "unreadable"}
    closed.chmod(0o644)  # size and mtime stay
    assert states(tmp_path, closed.parent) == told | {"a.jpg": "assessed"}


def test_a_watcher_that_was_away_meanwhile_tries_it_again(tmp_path: Path, closed: Path) -> None:
    settings = {"AES_SETTLE_SECONDS": "0.1"}
    watch = ("watch", "--once", closed.parent)
    assert "no permission to read it" in aesplugin(tmp_path, *watch, settings=settings).stderr
    closed.chmod(0o644)
    assert aesplugin(tmp_path, *watch, settings=settings).returncode == 0
    assert states(tmp_path, closed.parent) == {"a.jpg": "assessed"}


def test_a_job_of_the_page_tries_it_again(
    tmp_path: Path, closed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert states(tmp_path, closed.parent) == {"a.jpg": "unreadable"}
    closed.chmod(0o644)
    for name, value in environment(tmp_path).items():
        monkeypatch.setenv(name, value)
    desk = Desk(Workshop(load_settings()), Access())
    total, problems, known = desk.score_folder([str(closed.parent)])
    assert (total, list(problems), known) == (1, [None], 0)


def test_damage_is_not_looked_at_again_without_a_change(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.jpg").write_bytes(b"\xff\xd8\xff\xe0 no picture")
    parts = FakeParts(tmp_path)
    run = ScoreRun(parts, InProcess(parts))
    folder = [str(tmp_path / "photos")]
    assert [file.state for file in run.run(run.plan(folder))] == [PhotoState.DAMAGED]
    assert [file.state for file in run.plan(folder).known] == [PhotoState.DAMAGED]
    assert not run.plan(folder).todo


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[tuple[Path, "subprocess.Popen[str]"]]:
    """A photo that another program holds for itself."""
    photo = Path(write_photo(tmp_path / "photos" / "a.jpg", 1))
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLDS_LEASE, str(photo)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert holder.stdout is not None
    if holder.stdout.readline() != "held\n":
        pytest.skip("this file system knows no leases")
    yield photo, holder
    holder.kill()
    holder.wait()


@pytest.mark.skipif(not hasattr(fcntl, "F_SETLEASE"), reason="leases are Linux's")
def test_a_photo_that_another_program_held_is_scored(
    tmp_path: Path, locked: "tuple[Path, subprocess.Popen[str]]"
) -> None:
    photo, holder = locked
    assert states(tmp_path, photo.parent) == {"a.jpg": "unreadable"}
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert states(tmp_path, photo.parent) == {"a.jpg": "assessed"}


def test_a_share_that_was_away(tmp_path: Path) -> None:
    """Its folder is gone and comes back, as it was: with and without a name given to a file."""
    photo = Path(write_photo(tmp_path / "share" / "a.jpg", 1))
    assert states(tmp_path, photo.parent) == {"a.jpg": "assessed"}
    photo.parent.rename(tmp_path / "away")
    assert states(tmp_path, photo) == {"a.jpg": "missing"}
    assert states(tmp_path, photo.parent) == {"share": "missing"}
    (tmp_path / "away").rename(photo.parent)
    assert states(tmp_path, photo.parent) == {"a.jpg": "assessed"}


class Workers:
    """A feeder whose jobs are done when the test says so, as with a broker."""

    def __init__(self, folder: Path) -> None:
        self.queue = HoldingQueue()
        self.parts = FakeParts(folder, given_queue=self.queue)
        self.feeder = Feeder(
            ledger=self.parts.catalog,
            queue=self.queue,
            revision=REVISION,
            limits=Limits(window=8, chunk=4, lease=100.0),
        )


@pytest.mark.parametrize("before", [PhotoState.UNREADABLE, PhotoState.MISSING])
def test_a_former_failure_is_not_taken_for_the_workers_answer(
    tmp_path: Path, before: PhotoState
) -> None:
    photo = Path(write_photo(tmp_path / "a.jpg", 1))
    stamp = stamp_of(str(photo))
    assert stamp is not None
    workers = Workers(tmp_path)
    failed = FailedFile(stamp=stamp, state=before, reason="as it was")
    workers.parts.catalog.record_failures([failed])
    workers.feeder.offer(stamp)
    assert workers.feeder.step() == []
    assert workers.feeder.step() == []  # no worker has looked at it yet
    workers.queue.do(workers.parts)
    assert [file.state for file in workers.feeder.step()] == [PhotoState.ASSESSED]


def test_a_watcher_says_once_what_it_cannot_read(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A pipe stays one: it is looked at with every scan, and named once."""
    (tmp_path / "photos").mkdir()
    os.mkfifo(tmp_path / "photos" / "a.jpg")
    scene = Scene(tmp_path, reconcile_seconds=10)
    try:
        scene.until(lambda: scene.names() == {"a.jpg": PhotoState.UNREADABLE})
        scene.pass_time(40)
    finally:
        scene.hints.close()  # type: ignore[attr-defined]
    assert sum("no score" in record.message for record in caplog.records) == 1


def test_a_running_watcher_takes_it_when_it_can_be_read(tmp_path: Path, closed: Path) -> None:
    command = [*as_ordinary_user(), sys.executable, "-m", "aesplugin", "watch", str(closed.parent)]
    changed = {"AES_SETTLE_SECONDS": "0.1", "AES_RECONCILE_SECONDS": "10"}
    watching = subprocess.Popen(
        command, env=environment(tmp_path) | changed, stderr=subprocess.PIPE, text=True
    )
    try:
        assert watching.stderr is not None
        while "no permission to read it" not in watching.stderr.readline():
            assert watching.poll() is None
        closed.chmod(0o644)
        workshop = FakeParts(tmp_path)
        for _ in range(300):
            known = workshop.catalog.known_files(REVISION)
            if [found.state for found in known.values()] == [PhotoState.ASSESSED]:
                break
            time.sleep(0.1)
        else:
            pytest.fail("it was not tried again")
    finally:
        watching.terminate()
        watching.wait(timeout=30)
