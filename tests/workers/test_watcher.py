"""What a watcher notices, and what it leaves alone; real folders and real system events."""

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from watchdog.observers import Observer

from aesplugin.errors import ModelAway
from aesplugin.jobs import InlineQueue
from aesplugin.models.base import Answer
from aesplugin.models.fake import FakeModel
from aesplugin.photo import PhotoState, Rendition
from aesplugin.services.pipeline.feed import Feeder, Limits
from aesplugin.services.pipeline.handlers import bound_to
from aesplugin.workers.events import NoHints, SystemHints
from aesplugin.workers.folders import MOST_GONE, Folder
from aesplugin.workers.watcher import Watcher
from tests.workers.fakes import REVISION, FakeParts, write_photo

SETTLE = 1.0


class DeafHints:
    """A folder from which no events come, and which says so."""

    def watch(self, root: str) -> None:
        raise NoHints(f"{root} is on a network drive")

    def take(self) -> list[str]:
        return []

    def close(self) -> None:
        pass


class Scene:
    """A watcher whose clock is moved by hand."""

    def __init__(
        self, tmp_path: Path, hints: object = None, first_gone: float = MOST_GONE, **options: object
    ) -> None:
        self.now = 1000.0
        self.folder = tmp_path / "photos"
        self.folder.mkdir(exist_ok=True)
        chosen = {"settle_seconds": SETTLE, "reconcile_seconds": 1e6} | options
        self.parts = FakeParts(tmp_path, options=chosen)
        self.parts.given_queue = InlineQueue(bound_to(self.parts))
        self.hints = hints or SystemHints()
        own = Folder(str(self.folder), self.parts.settings.ignore, first_gone=first_gone)
        self.watcher = self.watching([own])
        self.watcher.step()

    def watching(self, folders: Sequence[Folder]) -> Watcher:
        """A watcher of these folders, by the scene's parts, hints and clock."""
        return Watcher(
            folders,
            self.parts,
            feeder=Feeder(
                ledger=self.parts.catalog,
                queue=self.parts.queue,
                revision=REVISION,
                limits=Limits(window=16, chunk=4, lease=100.0, watched=True),
            ),
            hints=self.hints,  # type: ignore[arg-type]
            clock=lambda: self.now,
        )

    def pass_time(self, seconds: float = 4 * SETTLE) -> None:
        """Moves the clock in small steps, with a moment for the system's events."""
        time.sleep(0.15)
        for _ in range(round(seconds / 0.5)):
            self.now += 0.5
            self.watcher.step()
        self.watcher.step()

    def until(self, condition: Callable[[], bool]) -> None:
        """Moves the clock until the condition holds: events take a moment on a busy machine."""
        deadline = time.monotonic() + 30
        self.pass_time()
        while not condition():
            assert time.monotonic() < deadline, self.names()
            self.pass_time(0.5)

    def names(self) -> dict[str, PhotoState]:
        """Each known file below the folder, and its state."""
        entries = self.parts.catalog.entries(REVISION)
        return {os.path.relpath(entry.path, self.folder): entry.state for entry in entries}


Make = Callable[..., Scene]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    scenes: list[Scene] = []

    def build(**options: object) -> Scene:
        scenes.append(Scene(tmp_path, **options))
        return scenes[-1]

    yield build
    for scene in scenes:
        scene.hints.close()  # type: ignore[attr-defined]


def test_what_is_there_at_the_start_is_found(make: Make, tmp_path: Path) -> None:
    write_photo(tmp_path / "photos" / "deep" / "a.jpg", 1)
    scene = make()
    scene.until(lambda: scene.names() == {"deep/a.jpg": PhotoState.ASSESSED})


def test_a_copied_photo_is_taken_when_it_is_still(make: Make, tmp_path: Path) -> None:
    scene = make()
    whole = Path(write_photo(tmp_path / "source.jpg", 2)).read_bytes()
    target = scene.folder / "a.jpg"
    for end in (50, 200, len(whole)):
        target.write_bytes(whole[:end])
        scene.pass_time(SETTLE / 2)
        assert scene.names() == {}
    scene.until(lambda: scene.names() == {"a.jpg": PhotoState.ASSESSED})


def _moved_in(source: Path, folder: Path) -> None:
    shutil.move(source, folder / "a.jpg")


def _hard_linked(source: Path, folder: Path) -> None:
    os.link(source, folder / "a.jpg")


def _renamed(source: Path, folder: Path) -> None:
    shutil.copy(source, folder / ".a.jpg.tmp")
    (folder / ".a.jpg.tmp").rename(folder / "a.jpg")


@pytest.mark.parametrize("way", [_moved_in, _hard_linked, _renamed])
def test_it_comes_in_ways_that_close_no_file(
    make: Make, tmp_path: Path, way: Callable[[Path, Path], None]
) -> None:
    scene = make()
    way(Path(write_photo(tmp_path / "outside.jpg", 3)), scene.folder)
    scene.until(lambda: scene.names() == {"a.jpg": PhotoState.ASSESSED})


def test_a_whole_folder_is_moved_in(make: Make, tmp_path: Path) -> None:
    scene = make()
    for number in range(3):
        write_photo(tmp_path / "card" / "100CANON" / f"{number}.jpg", number)
    shutil.move(tmp_path / "card", scene.folder / "card")
    scene.until(lambda: len(scene.names()) == 3)
    write_photo(scene.folder / "card" / "100CANON" / "late.jpg", 9)
    scene.until(lambda: len(scene.names()) == 4)


def test_sidecars_temporary_files_and_ignored_names_do_not_wake_it(make: Make) -> None:
    scene = make(ignore=("*_preview.jpg", "rejects", "2020/old/*"))
    for name in (
        "a.xmp",
        "a.jpg.xmp",
        ".a.jpg.swp",
        "a.jpg.tmp",
        "notes.txt",
        "a_PREVIEW.jpg",
        "rejects/a.jpg",
        "2020/old/a.jpg",
        ".hidden/a.jpg",
        "@eaDir/a.jpg",
    ):
        write_photo(scene.folder / "x.jpg", 5)
        target = scene.folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        (scene.folder / "x.jpg").rename(target)
    scene.pass_time()
    assert scene.names() == {}
    assert scene.watcher.unfinished == 0


def test_a_raw_and_its_jpeg_are_two_files_and_a_late_sidecar_changes_nothing(make: Make) -> None:
    scene = make()
    write_photo(scene.folder / "a.jpg", 6)
    scene.pass_time()
    (scene.folder / "a.dng").write_bytes((scene.folder / "a.jpg").read_bytes() + b"raw")
    scene.pass_time()
    before = scene.names()
    assert set(before) == {"a.jpg", "a.dng"}
    (scene.folder / "a.xmp").write_text("<x/>")
    scene.pass_time(0.5)
    assert scene.watcher.unfinished == 0
    assert scene.names() == before


def test_a_changed_photo_is_scored_anew(make: Make) -> None:
    scene = make()
    write_photo(scene.folder / "a.jpg", 7)
    scene.pass_time()
    first = scene.parts.catalog.entry(str(scene.folder / "a.jpg"), REVISION)
    write_photo(scene.folder / "a.jpg", 8)
    scene.pass_time()
    second = scene.parts.catalog.entry(str(scene.folder / "a.jpg"), REVISION)
    assert first is not None and second is not None
    assert first.photo is not None and second.photo is not None
    assert first.photo.content_hash != second.photo.content_hash
    assert second.state is PhotoState.ASSESSED


def test_dates_from_the_future_and_the_past_do_no_harm(make: Make) -> None:
    scene = make()
    for number, when in enumerate((0, 1, 4e9)):
        path = write_photo(scene.folder / f"{number}.jpg", number)
        os.utime(path, (when, when))
    scene.pass_time()
    assert list(scene.names().values()) == [PhotoState.ASSESSED] * 3


def test_without_events_a_scan_finds_it_and_that_is_said_loudly(
    make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    scene = make(hints=DeafHints())
    assert "network drive; scanning every 30 seconds" in caplog.text
    assert [record.levelname for record in caplog.records if "scanning" in record.message] == [
        "ERROR"
    ]
    write_photo(scene.folder / "a.jpg", 1)
    scene.pass_time(31 + 2 * SETTLE)
    assert scene.names() == {"a.jpg": PhotoState.ASSESSED}


@pytest.mark.parametrize("allowed", [0, 1])
def test_the_systems_limit_on_watched_folders_is_noticed(tmp_path: Path, allowed: int) -> None:
    """Also where only folders below the root are too many, which watchdog keeps to itself."""

    class Limited(Observer):  # type: ignore[valid-type, misc]
        left = allowed

        def schedule(self, *arguments, **options):  # type: ignore[no-untyped-def]
            if Limited.left <= 0:
                raise OSError(28, "inotify watch limit reached")
            Limited.left -= 1
            return super().schedule(*arguments, **options)

    hints = SystemHints(Limited)
    with pytest.raises(NoHints, match=r"more folders than this system can watch .*sysctl"):
        hints.watch(str(tmp_path))
    hints.close()


def test_the_real_limit_of_the_system_is_noticed(tmp_path: Path) -> None:
    """The kernel's own, in a user namespace where only four folders may be watched."""
    for number in range(10):
        (tmp_path / str(number)).mkdir()
    limit = 'echo 4 > /proc/sys/user/max_inotify_watches && exec "$@"'
    look = (
        "import os, sys\n"
        "from aesplugin.workers.events import NoHints, SystemHints\n"
        "try:\n"
        "    SystemHints().watch(sys.argv[1])\n"
        "except NoHints as error:\n"
        "    print(error, flush=True)\n"
        "os._exit(0)\n"
    )
    python = [sys.executable, "-c", look, str(tmp_path)]
    command = ["unshare", "--user", "--map-root-user", "sh", "-c", limit, "sh", *python]
    if shutil.which("unshare") is None:
        pytest.skip("unshare is not installed")
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode and "Traceback" not in done.stderr:
        pytest.skip(f"no user namespace with a limit of its own here: {done.stderr.strip()}")
    assert "has more folders than this system can watch (inotify watch limit" in done.stdout


def test_a_network_drive_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aesplugin.workers.events.network_file_system", lambda _: "nfs4")
    with pytest.raises(NoHints, match="nfs4"):
        SystemHints().watch(str(tmp_path))


def test_a_missing_folder_is_waited_for(make: Make, tmp_path: Path) -> None:
    scene = make()
    shutil.rmtree(scene.folder)
    scene.pass_time()
    write_photo(tmp_path / "photos" / "a.jpg", 1)
    scene.until(lambda: scene.names() == {"a.jpg": PhotoState.ASSESSED})


def test_a_folder_that_is_not_there_at_the_start_is_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = Folder(str(tmp_path / "nope"), ())
    for _ in range(3):
        assert not folder.check()
    assert caplog.text.count(f"folder does not exist; waiting for it: {tmp_path}/nope") == 1


def test_what_can_never_be_read_gets_a_named_state_until_it_can(
    make: Make, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "photos"
    (folder / "folder.jpg").mkdir(parents=True)
    (folder / "broken.jpg").symlink_to(tmp_path / "nothing.jpg")
    (folder / "self.jpg").symlink_to(folder / "self.jpg")
    scene = make(reconcile_seconds=10)
    scene.pass_time(30)
    assert scene.names() == {
        "folder.jpg": PhotoState.UNREADABLE,
        "broken.jpg": PhotoState.MISSING,
        "self.jpg": PhotoState.MISSING,
    }
    named = [getattr(one, "file", None) for one in caplog.records if "no score" in one.message]
    assert len(named) == 3  # and not at every scan
    write_photo(tmp_path / "nothing.jpg", 1)
    write_photo(folder / "folder.jpg" / "a.jpg", 2)
    scene.pass_time(30)
    names = scene.names()
    assert names["broken.jpg"] is names["folder.jpg/a.jpg"] is PhotoState.ASSESSED
    assert names["folder.jpg"] is PhotoState.MISSING
    (tmp_path / "nothing.jpg").unlink()  # as where the drive it is on is away
    scene.pass_time(30)
    assert scene.names()["broken.jpg"] is PhotoState.ASSESSED


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_linked_folder_is_scanned_and_that_is_said(
    make: Make, tmp_path: Path, caplog: pytest.LogCaptureFixture, when: str
) -> None:
    (tmp_path / "ext").mkdir()
    (tmp_path / "photos").mkdir()
    link = tmp_path / "photos" / "link"
    if when == "before":
        link.symlink_to(tmp_path / "ext")
    scene = make()
    if when == "after":
        link.symlink_to(tmp_path / "ext")
    scene.until(lambda: "sends no events; scanning every 30 seconds" in caplog.text)
    write_photo(tmp_path / "ext" / "a.jpg", 1)
    scene.pass_time(31 + 2 * SETTLE)
    assert scene.names() == {"link/a.jpg": PhotoState.ASSESSED}


def _filled(scene: Scene, count: int) -> None:
    for number in range(count):
        write_photo(scene.folder / "in" / f"{number}.jpg", number)
    scene.until(lambda: list(scene.names().values()) == [PhotoState.ASSESSED] * count)


def test_what_moved_within_the_folder_is_no_absent_drive_however_much(
    make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    scene = make(reconcile_seconds=20)
    _filled(scene, 10)
    (scene.folder / "in").rename(scene.folder / "out")
    scene.pass_time(21 + 4 * SETTLE)  # one scan; its second look comes by itself
    names = scene.names()
    assert [names[f"out/{n}.jpg"] for n in range(10)] == [PhotoState.ASSESSED] * 10
    assert [names[f"in/{n}.jpg"] for n in range(10)] == [PhotoState.MISSING] * 10
    assert "at once" not in caplog.text


def test_too_much_gone_at_once_is_said_once_with_the_way_out(
    make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    scene = make(reconcile_seconds=5)
    _filled(scene, 10)
    for number in range(4):
        (scene.folder / "in" / f"{number}.jpg").unlink()
    scene.pass_time(20)
    assert list(scene.names().values()) == [PhotoState.ASSESSED] * 10
    way_out = f"aesplugin watch --once --mark-missing {scene.folder}"
    assert caplog.text.count(way_out) == 1
    again = make(first_gone=1.0)
    gone = [f"in/{number}.jpg" for number in range(4)]
    assert [name for name, state in again.names().items() if state is PhotoState.MISSING] == gone
    (scene.folder / "in" / "4.jpg").unlink()
    (scene.folder / "in" / "5.jpg").unlink()
    again.now += 1e6
    again.pass_time(1)
    assert again.names()["in/5.jpg"] is PhotoState.ASSESSED  # only the first scan was told so


def test_what_gets_no_score_is_named_in_the_log(
    make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    scene = make()
    (scene.folder / "empty.jpg").touch()
    (scene.folder / "folder.jpg").mkdir()
    scene.until(lambda: scene.names().get("empty.jpg") is PhotoState.EMPTY)
    scene.now += 1e6
    scene.pass_time()
    said = {
        (record.message.partition(":")[0], getattr(record, "file", None))
        for record in caplog.records
    }
    assert ("no score", str(scene.folder / "empty.jpg")) in said
    assert ("left out of the scan", str(scene.folder / "folder.jpg")) in said


class _OnServer(FakeModel):
    """The fake, on a server that is away at first."""

    def __init__(self, away: int) -> None:
        super().__init__()
        self.away = away

    def assess(self, renditions: Sequence[Rendition]) -> list[Answer]:
        self.away -= 1
        if self.away >= 0:
            raise ModelAway("the server does not answer: start it")
        return super().assess(renditions)


def test_a_model_that_is_away_is_waited_for(
    make: Make, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Without a broker the watcher asks the model itself; it must not end, nor fail the photos."""
    scene = make(settle_seconds=0.0)
    scene.parts.model = model = _OnServer(away=2)
    write_photo(tmp_path / "photos" / "a.jpg", 1)
    stop = threading.Event()
    watching = threading.Thread(target=scene.watcher.run, args=(stop,))
    watching.start()
    deadline = time.monotonic() + 60
    while scene.names() != {"a.jpg": PhotoState.ASSESSED} and time.monotonic() < deadline:
        scene.now += 0.5
        time.sleep(0.05)
    stop.set()
    watching.join()
    assert scene.names() == {"a.jpg": PhotoState.ASSESSED}
    assert model.away == -1
    assert caplog.text.count("the server does not answer: start it") == 2
