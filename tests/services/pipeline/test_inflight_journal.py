"""What a process was looking at when it ended is known to the next one, once."""

import subprocess
import sys
from pathlib import Path

from aesplugin.services.pipeline.inflight_journal import Look, Looks


def _end_within(folder: Path, ending: str) -> None:
    code = (
        "import os, sys, signal; from pathlib import Path\n"
        "from aesplugin.services.pipeline.inflight_journal import Looks\n"
        "looks = Looks(Path(sys.argv[1]))\n"
        "with looks.noted('r', ['a']): pass\n"
        f"with looks.noted('r', ['b', 'c']): {ending}\n"
    )
    subprocess.run([sys.executable, "-c", code, folder], check=False, timeout=60)


def test_a_killed_process_leaves_its_look_behind(tmp_path: Path) -> None:
    _end_within(tmp_path / "looks", "os.kill(os.getpid(), signal.SIGKILL)")
    looks = Looks(tmp_path / "looks")
    assert list(looks.left_behind()) == [Look("r", ("b", "c"))]
    assert list(looks.left_behind()) == []


def test_a_process_that_ends_otherwise_leaves_none(tmp_path: Path) -> None:
    _end_within(tmp_path / "looks", "raise SystemExit(1)")
    assert list(Looks(tmp_path / "looks").left_behind()) == []


def test_one_that_lives_is_left_alone(tmp_path: Path) -> None:
    with Looks(tmp_path).noted("r", ["a"]):
        assert list(Looks(tmp_path).left_behind()) == []
        assert len(list(tmp_path.glob("*.look"))) == 1


def test_a_folder_that_cannot_be_written_costs_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    looks = Looks(tmp_path / "file" / "looks")
    with looks.noted("r", ["a"]):
        assert list(looks.left_behind()) == []
