"""aesplugin evaluate faces, on folders made of one face and of photos without people."""

import shutil
from pathlib import Path

import pytest

from aesplugin.errors import DataError
from aesplugin.evaluation.faces import measure_faces
from aesplugin.evaluation.real.labels import Split
from tests.evaluation.face_photos import labelled, open_and_closed

__all__ = ["labelled", "open_and_closed"]  # fixtures


def test_labelled_photos(labelled: Path) -> None:
    complaints: list[str] = []
    report = measure_faces(labelled, split=Split.REPORT, complain=complaints.append)
    assert (report.photos, report.found.value, report.false_photos.value) == (2, 1, 0)
    assert (report.eyes_right.value, report.eyes_right.count) == (1, 1)
    assert [line.partition(": ")[2] for line in complaints] == [
        'photos/rocket.png: faces must be a whole number, not "two"; the faces are left out',
        "photos/rocket.png: eyes must be one of open, closed, unsure,"
        ' not "wide"; the eyes are left out',
    ]


def test_open_and_closed_eyes(open_and_closed: Path) -> None:
    report = measure_faces(open_and_closed)
    assert report.eyes[0].open == report.eyes[0].closed == 1
    assert report.eyes[0].auc == 1.0
    assert report.eyes[0].open_called_closed.value == 0.0


def test_faces_to_the_camera_and_turned_away(open_and_closed: Path, tmp_path: Path) -> None:
    """The face that looks at the camera is not said to be turned away, wherever it lies."""
    root = tmp_path / "facing"
    shutil.copytree(open_and_closed / "open", root / "camera")
    shutil.copytree(open_and_closed / "open", root / "away")
    report = measure_faces(root)
    assert (report.photos, report.without_a_face) == (2, 0)
    assert (report.away_right.count, report.away_found.value) == (0, 0.0)
    assert "faces turned away that are said to be: 0.000" in report.table()


def test_a_folder_of_neither_layout(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds neither the folders closed and open, nor camera"):
        measure_faces(tmp_path)
