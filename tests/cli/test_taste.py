"""prefer, rank --user, cull, decide, undo: what a person sees of them."""

from pathlib import Path

import pytest

from aesplugin.models.personal.files import SHIPPED
from tests.cli.conftest import Cli, scored_shoot


@pytest.fixture
def scored(cli: Cli, tmp_path: Path) -> Path:
    return scored_shoot(cli, tmp_path / "shoot", photos=6)


def test_ratings_are_kept_listed_and_forgotten(cli: Cli, scored: Path) -> None:
    assert cli("prefer", "--user", "anna", "--rating", "5", scored / "0.jpg").code == 0
    assert cli("prefer", "--user", "anna", "--favorite", scored / "1.jpg").code == 0
    assert cli("prefer", "--user", "ben", "--rating", "1", scored / "0.jpg").code == 0
    said = {Path(o["path"]).name: o for o in cli("prefer", "-u", "anna", "--json").objects()}
    assert (said["0.jpg"]["rating"], said["1.jpg"]["favorite"]) == (5, True)
    assert cli("prefer", "-u", "anna", "--remove", scored / "0.jpg").code == 0
    assert len(cli("prefer", "-u", "anna", "--json").objects()) == 1
    cli("prefer", "-u", "anna", "--forget")
    assert cli("prefer", "-u", "anna", "--json").objects() == []
    assert len(cli("prefer", "-u", "ben", "--json").objects()) == 1


def test_each_bad_line_is_reported_and_the_good_ones_kept(
    cli: Cli, scored: Path, tmp_path: Path
) -> None:
    file = scored / "ratings.csv"
    file.write_text("path,rating\n0.jpg,7\nnope.jpg,3\n1.jpg,abc\n2.jpg,nan\n0.jpg,2\n3.jpg,9\n")
    result = cli("prefer", "-u", "anna", "--file", file, "--scale", "1:7")
    assert result.code == 1
    for line, reason in ((3, "nope"), (4, "abc"), (5, "nan"), (6, "twice"), (7, "1..7")):
        assert any(f"line {line}:" in x and reason in x for x in result.err.splitlines())
    (kept,) = cli("prefer", "-u", "anna", "--json").objects()
    assert (Path(kept["path"]).name, kept["rating"]) == ("0.jpg", 5)


@pytest.mark.parametrize("scale", ["7:1", "a:b", "5", "1:inf"])
def test_a_wrong_scale_is_refused(cli: Cli, scored: Path, scale: str) -> None:
    file = scored / "ratings.csv"
    file.write_text("0.jpg,1\n")
    result = cli("prefer", "-u", "anna", "--file", file, "--scale", scale)
    assert result.code == 2
    assert "--scale" in result.err


def test_export_can_be_read_back(cli: Cli, scored: Path, tmp_path: Path) -> None:
    cli("prefer", "-u", "anna", "--rating", "4", scored / "0.jpg", scored / "1.jpg")
    out = tmp_path / "said.csv"
    assert cli("prefer", "-u", "anna", "--export", out).code == 0
    assert cli("prefer", "-u", "ben", "--file", out).code == 0
    assert [o["rating"] for o in cli("prefer", "-u", "ben", "--json").objects()] == [4, 4]


def test_two_ratings_are_too_few_and_it_is_said(cli: Cli, scored: Path) -> None:
    general = [o["path"] for o in cli("rank", "--json").objects()]
    cli("prefer", "-u", "anna", "--rating", "1", scored / "0.jpg", scored / "1.jpg")
    result = cli("rank", "--user", "anna", "--json")
    assert "too few to learn a taste" in result.err
    rows = result.objects()
    assert [row["path"] for row in rows] == general
    assert all(row["personal_score"] == pytest.approx(row["score"], abs=1e-3) for row in rows)
    assert {row["place_change"] for row in rows} == {0}


def test_cull_is_a_dry_run_that_keeps_exactly_so_many(cli: Cli, scored: Path) -> None:
    before = sorted(scored.iterdir())
    result = cli("cull", scored, "--keep", "2", "--json")
    proposals = [row["proposal"] for row in result.objects()]
    assert (len(proposals), proposals.count("pick")) == (6, 2)
    assert all(row["reason"] for row in result.objects())
    assert "dry run" in result.err
    assert "no photo has a time in EXIF: grouped by appearance only" in result.err
    assert cli("undo").code == 2  # nothing was stored
    assert sorted(scored.iterdir()) == before


def test_percent_and_strictness(cli: Cli, scored: Path) -> None:
    percent = cli("cull", scored, "--keep-percent", "50", "--json").objects()
    assert sum(row["proposal"] == "pick" for row in percent) == 3
    shown = cli("cull", scored, "--strictness", "0.9")
    assert shown.err.count("--strictness") == 5  # live counts at other strictnesses
    assert cli("cull", scored, "--keep", "1", "--keep-percent", "1").code == 2


def test_applied_proposals_can_be_undone_and_teach_nothing(cli: Cli, scored: Path) -> None:
    assert cli("cull", scored, "--keep", "2", "--apply").code == 2  # whose decisions?
    applied = cli("cull", scored, "--keep", "2", "--apply", "--user", "anna")
    assert applied.code == 0
    assert cli("prefer", "-u", "anna", "--json").objects() == []
    again = cli("cull", scored, "--keep", "2", "--user", "anna", "--json").objects()
    assert all(row["proposal"] != "pick" for row in again)  # the places are taken
    assert cli("undo").code == 0
    fresh = cli("cull", scored, "--keep", "2", "--user", "anna", "--json").objects()
    assert sum(row["proposal"] == "pick" for row in fresh) == 2
    assert "nothing to undo" in cli("undo").err


def test_what_a_person_decided_is_left_alone(cli: Cli, scored: Path) -> None:
    assert cli("decide", scored / "0.jpg", "-u", "anna", "--reject").code == 0
    rows = cli("cull", scored, "--keep", "5", "--user", "anna", "--json").objects()
    assert Path(scored / "0.jpg") not in {Path(row["path"]) for row in rows}
    (said,) = cli("prefer", "-u", "anna", "--json").objects()
    assert said["rating"] == 1  # a reject by hand is a person's word
    cli("prefer", "-u", "anna", "--export", scored / "said.csv")
    assert "0.jpg,1,0,marks" in (scored / "said.csv").read_text()
    assert "1 photo still counts" in cli("prefer", "-u", "anna", "--forget").err
    words = ("--clear", "--stars", "0", "--no-favorite")
    assert cli("decide", scored / "0.jpg", "-u", "anna", *words).code == 0
    assert "still count" not in cli("prefer", "-u", "anna", "--forget").err
    assert cli("prefer", "-u", "anna", "--json").objects() == []


def test_what_a_person_loves_is_never_proposed_for_rejection(cli: Cli, scored: Path) -> None:
    worst, second, third = (row["path"] for row in reversed(cli("rank", "--json").objects()[-3:]))
    cli("prefer", "-u", "anna", "--rating", "5", worst)
    cli("prefer", "-u", "anna", "--favorite", second)
    cli("prefer", "-u", "anna", "--rating", "3", third)
    rows = cli("cull", scored, "--keep", "2", "--user", "anna", "--json").objects()
    assert {worst, second}.isdisjoint(row["path"] for row in rows)
    assert third in {row["path"] for row in rows}
    assert all(row["proposal"] != "pick" for row in rows)  # the two places are theirs
    cli("decide", worst, "-u", "anna", "--reject")  # a later word wins
    rows = cli("cull", scored, "--keep", "2", "--user", "anna", "--json").objects()
    assert sum(row["proposal"] == "pick" for row in rows) == 1


def test_wrong_words_are_refused_in_one_line(cli: Cli, scored: Path) -> None:
    for arguments in (
        ("decide", scored / "0.jpg", "-u", "anna"),
        ("decide", scored / "0.jpg", "-u", "anna", "--pick", "--reject"),
        ("decide", "nowhere.jpg", "-u", "anna", "--pick"),
        ("cull", scored, "--profile", "cats"),
        ("cull", "/nowhere/at/all"),
        ("undo", "99"),
        ("prefer", "-u", " ", "--rating", "3", scored / "0.jpg"),
        ("prefer", "-u", "anna", "--rating", "3"),
    ):
        result = cli(*arguments)
        assert result.code == 2, arguments
        assert len([x for x in result.err.splitlines() if x.startswith("error:")]) == 1, arguments


@pytest.mark.parametrize(
    "command", [("rank",), ("cull", "--keep", "2"), ("publish", "--dry-run")], ids=lambda c: c[0]
)
def test_a_personal_model_of_another_model_is_refused_wherever_taste_is_asked(
    cli: Cli, scored: Path, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        rated = ("--rating", str(1 + number), scored / f"{number}.jpg")
        assert cli("prefer", "--user", "anna", *rated).code == 0
    monkeypatch.setenv("AES_PERSONAL", "")  # none
    asked = (*command, *([] if command == ("rank",) else [scored]), "--user", "anna")
    assert cli(*asked).code == 0
    monkeypatch.setenv("AES_PERSONAL", str(SHIPPED / "embedded"))
    refused = cli(*asked)
    assert refused.code == 2
    assert "was made for embedded-" in refused.err.splitlines()[-1]
    assert "leave the setting `personal` empty" in refused.err.splitlines()[-1]
