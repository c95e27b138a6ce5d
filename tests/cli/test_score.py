"""aesplugin score: one object a photo, resumable, honest exit codes."""

import shutil
from pathlib import Path

from tests.cli.conftest import Cli, make_photo

KEYS = {
    "path",
    "state",
    "reason",
    "content_hash",
    "score",
    "attributes",
    "comment",
    "suggestions",
    "model",
    "exif",
    "note",
    "uncertainty",
    "kind",
    "subject",
    "keywords",
    "reasons",
    "faces",
}


def test_every_photo_of_a_folder_gets_one_object(cli: Cli, photos: Path) -> None:
    done = cli("score", photos, "--json")
    assert done.code == 0
    objects = done.objects()
    assert {Path(o["path"]).name for o in objects} == {"a.jpg", "b.png", "c.jpg"}
    for one in objects:
        assert set(one) == KEYS
        assert one["state"] == "assessed"
        assert 1 <= one["score"] <= 10
        assert one["model"].startswith("fake@")
        assert set(one["attributes"]["exposure"]) == {"value", "unit", "verdict"}


def test_a_second_run_scores_nothing_again(cli: Cli, photos: Path) -> None:
    cli("score", photos)
    done = cli("score", photos)
    assert done.code == 0
    assert "(3 from earlier runs)" in done.out


def test_a_new_photo_is_the_only_one_scored(cli: Cli, photos: Path) -> None:
    cli("score", photos)
    make_photo(photos / "new.jpg", seed=9)
    assert "4 of 4 photos have a score (3 from earlier runs)" in cli("score", photos).out


def test_those_of_earlier_runs_are_counted_among_the_scored(cli: Cli, photos: Path) -> None:
    (photos / "b.png").write_bytes(b"not a picture")
    (photos / "sub" / "c.jpg").unlink()
    cli("score", photos)
    done = cli("score", photos)
    assert "1 of 2 photos has a score (1 from earlier runs), 1 failed" in done.out


def test_a_moved_photo_keeps_its_score(cli: Cli, photos: Path, tmp_path: Path) -> None:
    before = {Path(o["path"]).name: o["score"] for o in cli("score", photos, "--json").objects()}
    moved = tmp_path / "elsewhere"
    shutil.move(photos, moved)
    after = {Path(o["path"]).name: o["score"] for o in cli("score", moved, "--json").objects()}
    assert after == before


def test_copies_share_one_content(cli: Cli, photos: Path) -> None:
    shutil.copy(photos / "a.jpg", photos / "copy of a.jpg")
    objects = cli("score", photos, "--json").objects()
    assert len(objects) == 4
    assert len({o["content_hash"] for o in objects}) == 3


def test_a_failed_photo_is_named_and_ends_with_1(cli: Cli, photos: Path) -> None:
    (photos / "empty.jpg").touch()
    (photos / "words.jpg").write_text("these are words, not pixels")
    done = cli("score", photos, "--json")
    assert done.code == 1
    failed = {Path(o["path"]).name: o for o in done.objects() if o["state"] != "assessed"}
    assert failed["empty.jpg"]["state"] == "empty"
    assert failed["words.jpg"]["state"] == "unsupported"
    for one in failed.values():
        assert one["score"] is None
        assert one["reason"]


def test_a_failure_stays_named_in_the_next_run(cli: Cli, photos: Path) -> None:
    (photos / "empty.jpg").touch()
    cli("score", photos)
    done = cli("score", photos)
    assert done.code == 1
    assert "empty.jpg" in done.err


def test_a_path_that_is_not_there_is_named(cli: Cli, tmp_path: Path) -> None:
    done = cli("score", tmp_path / "nowhere.jpg", "--json")
    assert done.code == 1
    (one,) = done.objects()
    assert one["state"] == "missing"
    assert one["score"] is None


def test_no_path_is_a_usage_error(cli: Cli) -> None:
    done = cli("score")
    assert done.code == 2
    assert "--samples" in done.err


def test_an_unknown_model_lists_the_known_ones(cli: Cli, photos: Path) -> None:
    done = cli("score", photos, "--model", "nonesuch")
    assert done.code == 2
    assert "fake" in done.err


def test_the_report_holds_every_photo_and_every_failure(
    cli: Cli, photos: Path, tmp_path: Path
) -> None:
    (photos / "<script>.jpg").touch()
    report = tmp_path / "report.html"
    cli("score", photos, "--report", report)
    page = report.read_text()
    assert page.count("<figure>") == 3
    assert page.count("data:image/jpeg;base64,") == 3
    assert "&lt;script&gt;.jpg" in page
    assert "<script>" not in page


def test_a_folder_that_is_not_there_leaves_no_trace(cli: Cli, photos: Path) -> None:
    """A drive that is away must not become a missing photo of the drive's name."""
    cli("score", photos)
    away = photos.rename(photos.with_name("elsewhere"))
    done = cli("score", photos)
    assert done.code == 1
    assert f"{photos}: does not exist; check its name, or that its drive is mounted" in done.err
    away.rename(photos)
    assert cli("score", photos).code == 0
    assert "missing" not in cli("export").out


def test_a_report_that_cannot_be_written_is_one_line(cli: Cli, photos: Path) -> None:
    for target in ("/nonexistent/folder/report.html", str(photos), "/dev/full"):
        done = cli("score", photos, "--report", target)
        assert done.code == 2
        assert f"{target} cannot be written" in done.err


def test_a_cache_that_cannot_be_written_costs_no_score(
    cli: Cli, photos: Path, home: Path, tmp_path: Path
) -> None:
    (home / "cache").write_text("a file where the folder would be")
    done = cli("score", photos, "--report", tmp_path / "report.html")
    assert done.code == 0
    assert "3 of 3 photos have a score" in done.out
    assert "cache" in done.err
