"""The main job with the real model on real photos."""

import signal
import time
from pathlib import Path

import psutil
import pytest

from aesplugin.samples import sample_photos
from tests.cli.conftest import make_photo
from tests.end_to_end.conftest import RunCommand, Start

# Every state a file may end in. A new one needs a line in the documentation first.
FAILURES = {"missing", "unreadable", "empty", "unsupported", "damaged", "oversized", "stuck"}


def test_the_sample_photos_get_scores_and_reasons(run_command: RunCommand, tmp_path: Path) -> None:
    report = tmp_path / "report.html"
    done = run_command("score", "--samples", "--json", "--report", report)
    assert done.code == 0, done.err
    scores = {Path(o["path"]).name: o["score"] for o in done.objects()}
    assert len(scores) == len(sample_photos(tmp_path))
    assert not any("site-packages" in o["path"] for o in done.objects())  # copies, to be published
    # Photographs of something score above patches of gravel and grass.
    textures = max(scores["gravel.png"], scores["grass.png"])
    assert min(scores[name] for name in ("chelsea.png", "coffee.png", "rocket.jpg")) > textures
    assert report.read_text().count("<figure>") == len(scores)


def test_the_same_photos_get_the_same_scores_again(run_command: RunCommand, tmp_path: Path) -> None:
    first = run_command("score", "--samples", "--json").objects()
    other = tmp_path / "other.sqlite3"
    again = run_command("score", "--samples", "--json", "--catalog", other).objects()
    assert {o["path"]: o["score"] for o in again} == {o["path"]: o["score"] for o in first}


def test_ctrl_c_loses_nothing_and_the_next_run_goes_on(
    start: Start, run_command: RunCommand, tmp_path: Path
) -> None:
    folder = tmp_path / "photos"
    for seed in range(60):
        make_photo(folder / f"{seed}.jpg", seed=seed)
    process = start("score", folder, "--json", AES_MODEL="fake", AES_BATCH_SIZE="1")
    assert process.stdout is not None
    done_before = [process.stdout.readline() for _ in range(3)]
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "run the same command to continue" in err
    assert "Traceback" not in err
    rest = run_command("score", folder, AES_MODEL="fake")
    assert rest.code == 0
    assert "60 of 60 photos have a score" in rest.out
    known = int(rest.out.split(" from earlier runs")[0].rsplit("(", 1)[1])
    assert known >= len(done_before)


def test_decoders_end_with_a_killed_parent(start: Start, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    for seed in range(200):
        make_photo(folder / f"{seed}.jpg", seed=seed, size=(1600, 1200))
    process = start("score", folder, "--json", AES_MODEL="fake", AES_BATCH_SIZE="1")
    assert process.stdout is not None
    process.stdout.readline()
    children = psutil.Process(process.pid).children(recursive=True)
    assert children
    process.kill()
    process.communicate(timeout=30)
    deadline = time.monotonic() + 30
    while any(child.is_running() for child in children) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not [child.pid for child in children if child.is_running()]


@pytest.mark.parametrize("folder", ["odd", "camera"])
def test_hostile_and_real_files_end_in_a_named_state(
    run_command: RunCommand, data_dir: Path, folder: str
) -> None:
    files = [path for path in (data_dir / folder).iterdir() if path.is_file()]
    done = run_command("score", *files, "--json")
    objects = {o["path"]: o for o in done.objects()}
    assert len(objects) == len(files)
    assert {o["state"] for o in objects.values()} <= FAILURES | {"assessed"}
    for one in objects.values():
        assert (one["score"] is None) == (one["state"] != "assessed")
        assert bool(one["reason"]) == (one["state"] != "assessed")
    assert done.code == (1 if FAILURES & {o["state"] for o in objects.values()} else 0)
    assert done.peak_mb < 2048
    if folder == "camera":
        assert done.code == 0, [o for o in objects.values() if o["state"] != "assessed"]
