"""Faces in what commands print: of real photos, with the real networks."""

import csv
import io
import os
import sqlite3
from pathlib import Path

import pytest
from PIL import Image
from skimage import data

from tests.cli.conftest import Cli


@pytest.fixture
def people(tmp_path: Path) -> Path:
    """A folder with a portrait of 2048 px, two faces in one picture, and a cat."""
    folder = tmp_path / "people"
    folder.mkdir()
    astronaut = Image.fromarray(data.astronaut())
    astronaut.resize((2048, 2048), Image.Resampling.BICUBIC).save(folder / "one.jpg", quality=90)
    head = astronaut.crop((120, 0, 320, 250))
    two = Image.new("RGB", (500, 250), "gray")
    two.paste(head.resize((160, 200)), (20, 20))
    two.paste(head, (250, 0))
    two.save(folder / "two.png")
    Image.fromarray(data.chelsea()).save(folder / "cat.jpg", quality=90)
    return folder


def test_a_photo_is_scored_with_its_faces(cli: Cli, people: Path) -> None:
    done = cli("score", people, "--json")
    assert done.code == 0, done.err
    found = {Path(one["path"]).name: one["faces"] for one in done.objects()}
    assert {name: len(faces) for name, faces in found.items()} == {
        "one.jpg": 1,
        "two.png": 2,
        "cat.jpg": 0,
    }
    (face,) = found["one.jpg"]
    left, top, right, bottom = face["box"]
    assert left < 0.44 < right and top < 0.22 < bottom  # her nose
    assert face["eyes"] == "open" and face["openness"] > 0.16
    assert face["width"] == pytest.approx((right - left) * 2048, abs=1)
    assert face["measured_width"] < face["width"]
    assert set(face) >= {"confidence", "sharpness", "brightness"}
    assert found["two.png"][0]["width"] > found["two.png"][1]["width"]


def test_they_are_shown_and_exported(cli: Cli, people: Path) -> None:
    cli("score", people)
    assert "1 face: eyes open; 4" in cli("show", people / "one.jpg").out
    assert "2 faces: eyes open, open; the largest" in cli("show", people / "two.png").out
    assert "no face found" in cli("show", people / "cat.jpg").out
    (one,) = cli("show", people / "one.jpg", "--json").objects()
    exported = cli("export", "--format", "json").objects()
    assert [e["faces"] for e in exported if e["path"] == one["path"]] == [one["faces"]]
    rows = list(csv.DictReader(io.StringIO(cli("export", "--format", "csv").out)))
    cells = {Path(row["path"]).name: row["faces"] for row in rows}
    assert cells["cat.jpg"] == "no face found" and cells["two.png"].startswith("2 faces: ")


def test_turned_off_nothing_is_read_and_nothing_shown(
    cli: Cli, people: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli("score", people / "one.jpg")
    monkeypatch.setenv("AES_FACES", "false")
    done = cli("score", people, "--json")
    assert [one["faces"] for one in done.objects()] == [None] * 3
    assert "face" not in cli("show", people / "one.jpg").out
    refused = cli("score", people, "--faces")
    assert refused.code == 2 and "faces = true" in refused.err
    monkeypatch.delenv("AES_FACES")
    known = {
        Path(one["path"]).name: one["faces"] for one in cli("score", people, "--json").objects()
    }
    assert len(known["one.jpg"]) == 1 and known["cat.jpg"] is None


def test_faces_of_photos_scored_before(
    cli: Cli, people: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AES_FACES", "false")
    before = {one["path"]: one["score"] for one in cli("score", people, "--json").objects()}
    monkeypatch.delenv("AES_FACES")
    done = cli("score", people, "--faces")
    assert "3 of 3 photos have a score (3 from earlier runs)" in done.out
    after = cli("score", people, "--faces", "--json").objects()
    assert {one["path"]: one["score"] for one in after} == before
    assert sorted(len(one["faces"]) for one in after) == [0, 1, 2]
    with sqlite3.connect(home / "catalog.sqlite3") as catalog:  # as another release left them
        catalog.execute("UPDATE faces SET reader_revision = 'older', faces = '[]'")
    assert len(cli("score", people / "one.jpg", "--json").objects()[0]["faces"]) == 0
    assert len(cli("score", people / "one.jpg", "--json", "--faces").objects()[0]["faces"]) == 1


def test_a_photo_that_cannot_be_decoded_again_keeps_its_score(
    cli: Cli, people: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AES_FACES", "false")
    before = {one["path"]: one["score"] for one in cli("score", people, "--json").objects()}
    monkeypatch.delenv("AES_FACES")
    monkeypatch.setenv("AES_MAX_MEGAPIXELS", "0.5")
    done = cli("score", people, "--faces")
    assert done.code == 0
    assert "3 of 3 photos have a score (3 from earlier runs), 0 failed" in done.out
    (line,) = done.err.splitlines()
    assert line.startswith(f"{people / 'one.jpg'}: faces were not read: 2048 x 2048 = 4.2 mega")
    after = cli("score", people, "--json").objects()
    assert {one["path"]: one["score"] for one in after} == before
    assert sorted(len(one["faces"]) for one in after if one["faces"] is not None) == [0, 2]
    monkeypatch.delenv("AES_MAX_MEGAPIXELS")
    again = cli("score", people, "--faces", "--json").objects()
    assert sorted(len(one["faces"]) for one in again) == [0, 1, 2]


def test_a_photo_that_became_another_is_not_kept(
    cli: Cli, people: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AES_FACES", "false")
    cli("score", people)
    monkeypatch.delenv("AES_FACES")
    cat, two = people / "cat.jpg", people / "two.png"
    old = cat.stat()
    cat.write_bytes(b"\xff\xd8\xff" + bytes(old.st_size - 3))  # of the same size and time
    os.utime(cat, ns=(old.st_atime_ns, old.st_mtime_ns))
    two.write_bytes(two.read_bytes()[:500])
    done = cli("score", people, "--faces", "--json")
    assert done.code == 1
    assert {Path(one["path"]).name: one["state"] for one in done.objects()} == {
        "one.jpg": "assessed",
        "cat.jpg": "unsupported",
        "two.png": "damaged",
    }


def test_photos_are_scored_without_faces_where_onnx_runtime_is_absent(
    cli: Cli, people: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    absent = tmp_path / "absent"
    absent.mkdir()
    (absent / "onnxruntime.py").write_text("raise ImportError('No module named onnxruntime')")
    monkeypatch.setenv("PYTHONPATH", str(absent))  # of the decoders
    done = cli("score", people, "--json")
    assert done.code == 0
    assert [(one["state"], one["faces"]) for one in done.objects()] == [("assessed", None)] * 3
    (line,) = done.err.splitlines()
    why = "ONNX Runtime does not load: No module named onnxruntime"
    assert line == f"faces were not read ({why}); scores do not depend on them"
    assert "face" not in cli("show", people / "one.jpg").out
