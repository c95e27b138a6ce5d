"""rank, show, status, retry, export, models, doctor: reading what is known."""

import csv
import io
import json
import shutil
import sqlite3
import sys
from pathlib import Path

import pytest

from aesplugin.compose import Workshop
from aesplugin.models.faces.networks import FOLDER, LIDS
from aesplugin.models.faces.reader import FaceReader
from aesplugin.services.doctor import examine_installation
from aesplugin.services.pipeline.photo_reader import load_face_reader
from aesplugin.settings import Settings
from tests.cli.conftest import Cli, make_photo


@pytest.fixture
def scored(cli: Cli, photos: Path) -> Path:
    (photos / "empty.jpg").touch()
    cli("score", photos)
    return photos


def test_rank_sorts_by_score(cli: Cli, scored: Path) -> None:
    scores = [o["score"] for o in cli("rank", "--json").objects()]
    assert len(scores) == 3
    assert scores == sorted(scores, reverse=True)


def test_rank_pages(cli: Cli, scored: Path) -> None:
    whole = [o["path"] for o in cli("rank", "--json").objects()]
    paged = cli("rank", "--json", "--limit", "1", "--offset", "1").objects()
    assert [o["path"] for o in paged] == whole[1:2]


def test_rank_of_nothing_says_how_to_begin(cli: Cli) -> None:
    done = cli("rank")
    assert done.code == 0
    assert "aesplugin score" in done.err


def test_show_tells_score_and_attributes(cli: Cli, scored: Path) -> None:
    done = cli("show", scored / "a.jpg")
    assert done.code == 0
    assert "of 10" in done.out
    assert "exposure" in done.out


def test_show_finds_a_photo_by_the_start_of_its_hash(cli: Cli, scored: Path) -> None:
    (whole,) = cli("show", scored / "a.jpg", "--json").objects()
    (found,) = cli("show", whole["content_hash"][:12], "--json").objects()
    assert found == whole


def test_show_of_an_unknown_photo_names_it(cli: Cli, scored: Path) -> None:
    done = cli("show", "never-seen.jpg")
    assert done.code == 2
    assert "never-seen.jpg" in done.err
    spaced = cli("show", "never seen.jpg")
    assert "by its path" in spaced.err and "score 'never seen.jpg'" in spaced.err


def test_status_counts_and_names_failures(cli: Cli, scored: Path) -> None:
    (status,) = cli("status", "--json").objects()
    assert status["states"]["assessed"] == 3
    assert status["states"]["empty"] == 1
    (failure,) = status["failures"]
    assert failure["path"].endswith("empty.jpg")


def test_retry_makes_the_next_run_try_again(cli: Cli, scored: Path) -> None:
    assert "1 photo will" in cli("retry", "empty").out
    (scored / "empty.jpg").unlink()
    (scored / "empty.jpg").write_bytes((scored / "a.jpg").read_bytes())
    assert "4 of 4 photos have a score" in cli("score", scored).out


def test_retry_refuses_an_unknown_state(cli: Cli) -> None:
    done = cli("retry", "tired")
    assert done.code == 2
    assert "quarantined" in done.err


def test_export_csv_has_a_row_a_photo(cli: Cli, scored: Path, tmp_path: Path) -> None:
    target = tmp_path / "scores.csv"
    cli("export", "-o", target)
    rows = list(csv.DictReader(io.StringIO(target.read_text())))
    assert len(rows) == 4
    assert {row["state"] for row in rows} == {"assessed", "empty"}
    assert all(row["score"] == "" for row in rows if row["state"] == "empty")
    assert all(row["exposure"] for row in rows if row["state"] == "assessed")


def test_export_csv_disarms_formulas(cli: Cli, tmp_path: Path, home: Path) -> None:
    photo = make_photo(tmp_path / "in" / "a.jpg")
    cli("score", photo)
    with sqlite3.connect(home / "catalog.sqlite3") as connection:
        connection.execute("update assessments set comment = '=cmd()'")
    (row,) = csv.DictReader(io.StringIO(cli("export", "--format", "csv").out))
    assert row["comment"] == "'=cmd()"


def test_export_json_is_one_object_a_line(cli: Cli, scored: Path) -> None:
    assert len(cli("export", "--format", "json").objects()) == 4


def test_the_files_name_tells_the_format(cli: Cli, scored: Path, tmp_path: Path) -> None:
    for name in ("scores.json", "scores.CSV", "scores"):
        cli("export", "-o", tmp_path / name)
    assert (tmp_path / "scores.json").read_text().startswith("{")
    assert (tmp_path / "scores.CSV").read_text() == (tmp_path / "scores").read_text()


def test_no_photo_is_written_over(cli: Cli, scored: Path, tmp_path: Path) -> None:
    photo = make_photo(tmp_path / "mine.jpg")
    before = photo.read_bytes()
    for command in (("export", "-o"), ("score", photo, "--report")):
        done = cli(*command, photo)
        assert done.code == 2 and "is the name of a photo or a sidecar" in done.err
    assert photo.read_bytes() == before


def test_models_list_marks_the_default(cli: Cli) -> None:
    (models,) = cli("models", "list", "--json").objects()
    assert {"embedded", "fake"} <= {m["name"] for m in models}
    assert [m["name"] for m in models if m["default"]] == ["fake"]


def test_models_info_shows_the_card(cli: Cli) -> None:
    assert "licence" in cli("models", "info", "embedded").out.replace("license", "licence")


def test_doctor_is_content_with_a_sound_installation(cli: Cli) -> None:
    done = cli("doctor", "--json")
    assert done.code == 0
    findings = json.loads(done.out)
    assert [f["what"] for f in findings if not f["ok"]] == []


def test_doctor_names_what_is_wrong(cli: Cli, home: Path) -> None:
    (home / "catalog.sqlite3").write_text("not a database at all, but long enough to be read")
    done = cli("doctor", "--json")
    assert done.code == 1
    assert [f["what"] for f in json.loads(done.out) if not f["ok"]] == ["catalog"]


def _faces_by_doctor(cli: Cli) -> tuple[bool, str]:
    findings = json.loads(cli("doctor", "--json").out)
    ((ok, detail),) = [(f["ok"], f["detail"]) for f in findings if f["what"] == "faces"]
    return ok, detail


def test_doctor_tells_of_faces(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _faces_by_doctor(cli) == (True, "the three networks load")
    monkeypatch.setitem(sys.modules, "onnxruntime", None)  # as where it is not installed
    ok, detail = _faces_by_doctor(cli)
    assert not ok and detail.startswith("ONNX Runtime does not load: ")
    assert detail.endswith("; install onnxruntime again, or set `faces = false`")
    monkeypatch.setenv("AES_FACES", "false")
    assert _faces_by_doctor(cli) == (True, "off")


def test_doctor_tells_of_damaged_networks(tmp_path: Path) -> None:
    class OfDamaged(Workshop):
        def load_face_reader(self) -> FaceReader:
            return load_face_reader(tmp_path / "faces")

    shutil.copytree(FOLDER, tmp_path / "faces")
    (tmp_path / "faces" / LIDS).write_bytes(b"no graph")
    settings = Settings(catalog=str(tmp_path / "c.sqlite3"), model="fake", cache=tmp_path)
    (found,) = [f for f in examine_installation(OfDamaged(settings)) if f.what == "faces"]
    assert not found.ok
    assert found.detail == f"{tmp_path / 'faces' / LIDS} is damaged: install aesplugin again"


def test_a_foreign_database_is_refused_and_left_alone(cli: Cli, home: Path) -> None:
    foreign = home / "foreign.sqlite3"
    with sqlite3.connect(foreign) as connection:
        connection.execute("create table books (title text)")
    before = foreign.read_bytes()
    done = cli("status", "--catalog", foreign)
    assert done.code == 4
    assert "foreign.sqlite3" in done.err
    assert foreign.read_bytes() == before
