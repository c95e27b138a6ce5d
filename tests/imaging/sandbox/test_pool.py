import io
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from aesplugin.errors import (
    AesError,
    DamagedPhoto,
    EmptyPhoto,
    MissingPhoto,
    OversizedPhoto,
    PhotoError,
    StuckPhoto,
    UnreadablePhoto,
    UnsupportedPhoto,
)
from aesplugin.imaging.examine import Examination
from aesplugin.imaging.sandbox import thread
from aesplugin.imaging.sandbox.pool import ImagingPool
from tests.imaging.photos import (
    absurd_tiff,
    encoded,
    fuzzed,
    hanging_exif,
    noise,
    png_of_zeros,
    quarters,
    write,
)

ODD = (sys.executable, str(Path(__file__).with_name("odd_child.py")))
LIMITS: dict[str, Any] = {"processes": 1, "seconds": 20.0, "memory_mb": 1024, "max_megapixels": 300}
ALIVE = 20.0  # s to wait for processes to go on a busy machine


@pytest.fixture(scope="module")
def pool() -> Iterator[ImagingPool]:
    """The real children."""
    with ImagingPool(**{**LIMITS, "processes": 2, "seconds": 120}) as pool:
        yield pool


@pytest.fixture
def odd() -> Iterator[ImagingPool]:
    """One child that misbehaves by file name and gives up after a second and a half."""
    with ImagingPool(**{**LIMITS, "seconds": 1.5, "command": ODD}) as pool:
        yield pool


def outcome(pool: ImagingPool, path: str) -> Examination | PhotoError:
    ((found, result),) = pool.examine_all([path])
    assert found == path
    return result


def pid_of_child(pool: ImagingPool) -> int:
    return int(str(outcome(pool, "pid")))


def test_every_kind_of_file_ends_in_a_named_state(pool: ImagingPool, tmp_path: Path) -> None:
    jpeg = encoded(noise(300, 200))
    (tmp_path / "folder.jpg").mkdir()
    (tmp_path / "broken.jpg").symlink_to("nowhere.jpg")
    wanted: dict[str, type[Examination | PhotoError]] = {
        write(tmp_path, "sound.jpg", jpeg): Examination,
        write(tmp_path, "one.png", encoded(quarters(1, 1), "PNG")): Examination,
        write(tmp_path, "empty.jpg", b""): EmptyPhoto,
        write(tmp_path, "half.jpg", jpeg[: len(jpeg) // 2]): DamagedPhoto,
        write(tmp_path, "text.jpg", b"dear diary"): UnsupportedPhoto,
        write(
            tmp_path, "bomb.png", png_of_zeros(20_000, 20_000, with_pixels=False)
        ): OversizedPhoto,
        write(tmp_path, "bomb.tif", absurd_tiff()): OversizedPhoto,
        str(tmp_path / "folder.jpg"): UnreadablePhoto,
        str(tmp_path / "broken.jpg"): MissingPhoto,
        str(tmp_path / "gone.jpg"): MissingPhoto,
    }
    found = dict(pool.examine_all(wanted))
    assert {path: type(result) for path, result in found.items()} == wanted
    assert all("\n" not in str(r) for r in found.values() if isinstance(r, PhotoError))


def test_a_name_that_is_not_utf8_travels(pool: ImagingPool, tmp_path: Path) -> None:
    path = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9 \xff.jpg")
    Path(path).write_bytes(encoded(quarters()))
    assert isinstance(outcome(pool, path), Examination)


def test_examine_returns_or_raises(pool: ImagingPool, tmp_path: Path) -> None:
    assert pool.examine(write(tmp_path, "a.jpg", encoded(quarters()))).photo.width == 96
    with pytest.raises(MissingPhoto):
        pool.examine(str(tmp_path / "gone.jpg"))


def test_fuzzed_heics_end_in_a_named_state(pool: ImagingPool, tmp_path: Path) -> None:
    heif = pytest.importorskip("pillow_heif")
    out = io.BytesIO()
    heif.from_pillow(noise(128, 96)).save(out)
    paths = [
        write(tmp_path, f"{i}.heic", data)
        for i, data in enumerate(fuzzed(out.getvalue(), 40, seed=1))
    ]
    results = dict(pool.examine_all(paths))
    assert set(results) == set(paths)
    assert any(isinstance(r, PhotoError) for r in results.values())


def test_exif_that_hangs_costs_the_exif_not_the_photo(tmp_path: Path) -> None:
    """A real file: exifread would read these tags for minutes."""
    data = encoded(quarters(), exif=b"Exif\0\0" + hanging_exif())
    with ImagingPool(**{**LIMITS, "seconds": 2.5}) as pool:
        found = pool.examine(write(tmp_path, "a.jpg", data))
    assert found.photo.exif_problem == "EXIF took longer than 2.5 s"
    assert found.photo.exif.make is None
    assert (found.photo.width, found.photo.height) == (96, 64)


def test_an_exif_reader_that_crashes_costs_the_exif_too(odd: ImagingPool, tmp_path: Path) -> None:
    found = outcome(odd, write(tmp_path, "exif-crash.png", encoded(quarters(), "PNG")))
    assert isinstance(found, Examination)
    assert found.photo.exif_problem == "the EXIF reader crashed (signal 11)"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("faces-crash.png", "the reader crashed (signal 11)"),
        ("faces-hang.png", "it took longer than 1.5 s"),
    ],
)
def test_a_reader_of_faces_that_fails_costs_the_faces(
    odd: ImagingPool, tmp_path: Path, caplog: pytest.LogCaptureFixture, name: str, said: str
) -> None:
    path = write(tmp_path, name, encoded(quarters(), "PNG"))
    for _ in range(2):
        found = outcome(odd, path)
        assert isinstance(found, Examination)
        assert found.faces is None
        assert found.faces_problem == f"{said}, at {path}"
    (line,) = [record.getMessage() for record in caplog.records]
    assert line == f"faces were not read ({said}, at {path}); scores do not depend on them"


def test_a_child_serves_many_photos(odd: ImagingPool) -> None:
    results = [str(r) for _, r in odd.examine_all([f"pid{i}" for i in range(50)])]
    assert len(results) == 50
    assert len(set(results)) == 1


def test_a_crash_costs_one_photo(odd: ImagingPool, tmp_path: Path) -> None:
    before = pid_of_child(odd)
    result = outcome(odd, str(tmp_path / "crash.jpg"))
    assert isinstance(result, DamagedPhoto)
    assert "signal 11" in str(result)
    assert pid_of_child(odd) != before


def test_a_stuck_child_is_killed_and_replaced(odd: ImagingPool) -> None:
    before = pid_of_child(odd)
    started = time.monotonic()
    result = outcome(odd, "stuck.jpg")
    assert time.monotonic() - started < ALIVE
    assert isinstance(result, StuckPhoto)
    assert "1.5 s" in str(result)
    assert not psutil.pid_exists(before)
    assert pid_of_child(odd) != before


def test_a_share_that_does_not_answer_is_no_verdict_on_the_file(odd: ImagingPool) -> None:
    result = outcome(odd, "unread.jpg")
    assert isinstance(result, UnreadablePhoto)
    assert "check the disk or the share" in str(result)


def test_the_systems_memory_killer_is_no_verdict_on_the_file(odd: ImagingPool) -> None:
    result = outcome(odd, "killed.jpg")
    assert isinstance(result, StuckPhoto)
    assert "memory" in str(result)


def test_a_child_that_sends_garbage_is_replaced(odd: ImagingPool) -> None:
    before = pid_of_child(odd)
    assert isinstance(outcome(odd, "garbage.jpg"), DamagedPhoto)
    assert pid_of_child(odd) != before


def test_output_of_libraries_reaches_nobody(
    odd: ImagingPool, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path, "chatty.png", encoded(quarters(), "PNG"))
    assert isinstance(outcome(odd, path), Examination)
    assert capfd.readouterr() == ("", "")


def test_memory_is_limited_and_the_child_survives(odd: ImagingPool) -> None:
    before = pid_of_child(odd)
    result = outcome(odd, "greedy.jpg")
    assert isinstance(result, StuckPhoto)
    assert "memory" in str(result)
    assert pid_of_child(odd) == before


def test_a_real_photo_over_the_memory_limit_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, "large.png", png_of_zeros(16_000, 16_000, with_pixels=True))
    with ImagingPool(**{**LIMITS, "memory_mb": 300}) as pool:
        result = outcome(pool, path)
    assert isinstance(result, StuckPhoto)
    assert "memory" in str(result)


def test_children_are_replaced_after_a_while(
    odd: ImagingPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thread, "_RECYCLE_AFTER", 3)
    pids = [str(r) for _, r in odd.examine_all([f"pid{i}" for i in range(7)])]
    assert len(set(pids)) == 3


def test_endless_paths_are_drawn_as_results_are_fetched(odd: ImagingPool) -> None:
    drawn = 0

    def paths() -> Iterator[str]:
        nonlocal drawn
        while True:
            drawn += 1
            yield f"pid{drawn}"

    results = odd.examine_all(paths())
    for _ in range(30):
        next(results)
    assert drawn <= 30 + 8
    results.close()
    assert pid_of_child(odd)  # what a given-up run had asked for does not block the next


def test_work_goes_on_while_the_caller_is_busy(odd: ImagingPool) -> None:
    results = odd.examine_all([f"pid{i}" for i in range(6)])
    next(results)
    time.sleep(1.0)
    started = time.monotonic()
    assert len(list(results)) == 5
    assert time.monotonic() - started < 0.5


def test_paths_may_repeat(odd: ImagingPool) -> None:
    assert len(list(odd.examine_all(["pid", "pid"]))) == 2


def test_nothing_to_do_starts_nothing(odd: ImagingPool) -> None:
    children = psutil.Process().children()
    assert list(odd.examine_all([])) == []
    assert psutil.Process().children() == children


def test_a_child_that_cannot_start_is_an_error_not_a_verdict() -> None:
    with (
        ImagingPool(**{**LIMITS, "command": (*ODD, "--broken")}) as pool,
        pytest.raises(AesError, match="no such library") as caught,
    ):
        list(pool.examine_all(["a.jpg"]))
    assert not isinstance(caught.value, PhotoError)


def test_a_closed_pool_refuses() -> None:
    with ImagingPool(**LIMITS) as pool:
        pass
    with pytest.raises(ValueError, match="closed"):
        list(pool.examine_all(["a.jpg"]))


def test_closing_does_not_wait_for_a_stuck_photo() -> None:
    started = time.monotonic()
    with ImagingPool(**{**LIMITS, "seconds": 300, "command": ODD}) as pool:
        results = pool.examine_all(["pid", "stuck"])
        pid = int(str(next(results)[1]))
    assert time.monotonic() - started < ALIVE
    assert not psutil.pid_exists(pid)


def test_closing_from_another_thread_ends_a_waiting_run_without_verdicts() -> None:
    pool = ImagingPool(**{**LIMITS, "seconds": 300, "command": ODD})
    results = pool.examine_all(["pid", "stuck", "pid"])
    next(results)
    threading.Timer(0.3, pool.close).start()
    with pytest.raises(AesError, match="stopped") as caught:
        list(results)
    assert not isinstance(caught.value, PhotoError)


PROGRAM = """
    import sys
    from aesplugin.imaging.sandbox.pool import ImagingPool

    with ImagingPool(processes=2, seconds=300, memory_mb=1024, max_megapixels=300,
                     command=(sys.executable, sys.argv[1])) as pool:
        for path, result in pool.examine_all(sys.argv[2:]):
            print(result, flush=True)
        input()
"""


def program(*paths: str) -> "subprocess.Popen[str]":
    """A program that examines `paths` with odd children, prints results and waits."""
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(PROGRAM), ODD[1], *paths],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def first_result(running: "subprocess.Popen[str]") -> int:
    assert running.stdout is not None
    return int(running.stdout.readline())


def test_ctrl_c_ends_everything_without_a_word_from_the_children() -> None:
    running = program("pid", "stuck", "stuck", "stuck")
    first_result(running)
    deadline = time.monotonic() + ALIVE
    while len(children := psutil.Process(running.pid).children()) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    for process in (*children, running):
        process.send_signal(signal.SIGINT)  # as a terminal would
    _, words = running.communicate(timeout=ALIVE)
    assert words.count("Traceback") == 1  # this bare program's own; commands catch it
    assert "KeyboardInterrupt" in words
    _, alive = psutil.wait_procs(children, timeout=ALIVE)
    assert not alive


def test_idle_children_end_with_a_killed_parent() -> None:
    running = program("pid")
    child = psutil.Process(first_result(running))
    running.kill()
    running.communicate()
    _, alive = psutil.wait_procs([child], timeout=ALIVE)
    assert not alive


DAEMON = """
    import multiprocessing, sys
    from aesplugin.imaging.sandbox.pool import ImagingPool

    def work(path, answers):
        with ImagingPool(processes=1, seconds=60, memory_mb=1024, max_megapixels=300) as pool:
            answers.put(pool.examine(path).photo.width)

    answers = multiprocessing.Queue()
    worker = multiprocessing.get_context("fork").Process(
        target=work, args=(sys.argv[1], answers), daemon=True)
    worker.start()
    print(answers.get(timeout=60))
    worker.join()
"""


def test_it_works_inside_daemonic_workers(tmp_path: Path) -> None:
    """Celery's prefork workers may not have multiprocessing children."""
    path = write(tmp_path, "a.png", encoded(quarters(), "PNG"))
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(DAEMON), path],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.stdout.strip(), done.stderr) == ("96", "")


def test_the_child_finds_no_modules_in_the_folder_of_photos(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`msgpack.py` among somebody's photos must not be run."""
    write(tmp_path, "msgpack.py", b"raise SystemExit('hijacked')")
    path = write(tmp_path, "a.png", encoded(quarters(), "PNG"))
    monkeypatch.chdir(tmp_path)
    with ImagingPool(**LIMITS) as pool:
        assert pool.examine(path).photo.width == 96


@pytest.mark.parametrize("folder", ["odd", "camera"])
def test_real_files_of_all_kinds(pool: ImagingPool, data_dir: Path, folder: str) -> None:
    paths = sorted(str(path) for path in (data_dir / folder).iterdir())
    results = dict(pool.examine_all(paths))
    assert sorted(results) == paths
    if folder == "camera":
        assert {p: r for p, r in results.items() if isinstance(r, PhotoError)} == {}
    else:
        assert [p for p, r in results.items() if isinstance(r, Examination)] == []
