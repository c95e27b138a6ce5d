"""What sends no events is found before a photo is missed in it."""

import os
from pathlib import Path

import pytest

from aesplugin.workers.events import unheard
from aesplugin.workers.folders import Wanted, is_below


def _table(path: Path, *points: str, kind: str) -> Path:
    lines = ["22 1 8:1 / / rw - ext4 /dev/sda1 rw"]
    lines += [f"36 22 0:4{n} / {point} rw - {kind} a:/b rw" for n, point in enumerate(points)]
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.mark.parametrize(
    ("kind", "below", "is_unheard"),
    [("nfs4", "my photos", True), ("ext4", "my photos", False), ("nfs4", ".hidden", False)],
)
def test_a_network_drive_below(tmp_path: Path, kind: str, below: str, is_unheard: bool) -> None:
    root = tmp_path / "root"
    (root / below).mkdir(parents=True)
    point = str(root / below).replace(" ", "\\040")
    table = _table(tmp_path / "mountinfo", point, f"{tmp_path}/other", kind=kind)
    found = unheard(str(root), Wanted(str(root), ()), mount_table=table)
    assert (found is not None) == is_unheard
    assert found is None or (str(root / below) in found and "nfs4" in found)


def test_a_link_to_a_folder_elsewhere(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "in" / "deep").mkdir(parents=True)
    (tmp_path / "ext").mkdir()
    (root / "again").symlink_to(root / "in")
    (root / "file.jpg").symlink_to(tmp_path / "a.jpg")
    (root / "skipped").symlink_to(tmp_path / "ext")
    wanted = Wanted(str(root), ("skipped",))
    assert unheard(str(root), wanted) is None
    (root / "in" / "deep" / "link").symlink_to(tmp_path / "ext")
    assert f"{root}/in/deep/link is a link" in str(unheard(str(root), wanted))


def test_all_is_below_the_root_of_the_file_system() -> None:
    assert is_below("/a/b.jpg", os.sep)
