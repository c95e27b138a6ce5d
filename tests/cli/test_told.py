"""What a model says beside the score: how it is shown, and what it leaves out of a ranking."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from aesplugin.assessment import Content, Flaw, Kind, Reason, Suggestion
from tests.cli.conftest import Cli, answered, scored_shoot

PET = Content(kind=Kind.PET, subject="a dog", keywords=("dog", "grass"))
REASONS = (Reason(text="soft light", points=0.4), Reason(text="tilted horizon", points=-0.25))
TILT = Suggestion(
    flaw=Flaw.TILTED_HORIZON, direction="rotate left", strength=0.4, advice="Level.", amount=2.5
)
KNOWN = {"uncertainty": 0.66, "content": PET, "reasons": REASONS, "suggestions": (TILT,)}
MINUS = "\N{MINUS SIGN}"


@pytest.fixture
def scored(cli: Cli, tmp_path: Path) -> Path:
    return scored_shoot(cli, tmp_path / "shoot", photos=4)


def test_show_tells_how_sure_the_score_is_why_and_what_is_seen(
    cli: Cli, home: Path, scored: Path
) -> None:
    answered(home, scored / "0.jpg", **KNOWN)
    told = cli("show", scored / "0.jpg").out
    assert " ± 0.7 of 10" in told
    assert "shows a dog (pet); keywords: dog, grass" in told
    assert f"why: + soft light; {MINUS} tilted horizon" in told
    assert "not a photograph" not in told


def test_show_says_nothing_of_what_is_not_known(cli: Cli, scored: Path) -> None:
    told = cli("show", scored / "0.jpg").out
    for word in ("±", "shows", "keywords", "why:", "not a photograph"):
        assert word not in told


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (Content(kind=Kind.PET), "kind: pet"),
        (Content(subject="a dog"), "shows a dog"),
        (Content(keywords=("dog", "sun")), "keywords: dog, sun"),
    ],
)
def test_show_tells_as_much_as_is_known(
    cli: Cli, home: Path, scored: Path, content: Content, line: str
) -> None:
    answered(home, scored / "0.jpg", content=content, reasons=())
    told = cli("show", scored / "0.jpg").out.splitlines()
    assert line in told
    assert "why: nothing stands out" in told


def test_show_calls_a_graphic_so(cli: Cli, home: Path, scored: Path) -> None:
    content = Content(kind=Kind.GRAPHIC, subject="a chart")
    answered(home, scored / "0.jpg", content=content)
    told = cli("show", scored / "0.jpg").out.splitlines()
    assert "graphic, not a photograph: no photo advice" in told
    assert "shows a chart" in told


@pytest.mark.parametrize("command", ["show", "rank", "score", "export"])
def test_json_has_all_of_it(cli: Cli, home: Path, scored: Path, command: str) -> None:
    answered(home, scored / "0.jpg", **KNOWN)
    arguments: dict[str, tuple[Any, ...]] = {
        "show": (scored / "0.jpg", "--json"),
        "rank": ("--json",),
        "score": (scored, "--json"),
        "export": ("--format", "json"),
    }
    rows = cli(command, *arguments[command]).objects()
    (found,) = (row for row in rows if row["path"].endswith("0.jpg"))
    assert (found["uncertainty"], found["kind"], found["subject"]) == (0.66, "pet", "a dog")
    assert found["keywords"] == ["dog", "grass"]
    assert found["reasons"] == [
        {"text": "soft light", "points": 0.4},
        {"text": "tilted horizon", "points": -0.25},
    ]
    assert found["suggestions"][0]["amount"] == 2.5
    for row in rows:
        if row is not found:
            names = ("uncertainty", "kind", "subject", "keywords", "reasons")
            assert [row[name] for name in names] == [None, None, None, [], None]


def test_csv_has_a_column_of_each(cli: Cli, home: Path, scored: Path) -> None:
    answered(home, scored / "0.jpg", **KNOWN)
    rows = {Path(r["path"]).name: r for r in csv.DictReader(io.StringIO(cli("export").out))}
    found = rows["0.jpg"]
    assert (found["uncertainty"], found["kind"], found["subject"]) == ("0.66", "pet", "a dog")
    assert found["keywords"] == "dog; grass"
    assert found["reasons"] == "soft light (+0.40); tilted horizon (-0.25)"
    assert [rows["1.jpg"][name] for name in ("uncertainty", "kind", "reasons")] == [""] * 3


def test_tables_and_the_contact_sheet_tell_the_models_reasons(
    cli: Cli, home: Path, scored: Path
) -> None:
    answered(home, scored / "0.jpg", **KNOWN)
    answered(home, scored / "1.jpg", reasons=())
    report = home / "report.html"
    for told in (
        cli("rank").out,
        cli("score", scored, "--report", report).out,
        report.read_text(encoding="utf-8"),
    ):
        assert f"+ soft light; {MINUS} tilted horizon" in told
        assert "nothing stands out" in told
        assert "±" not in told  # tables keep the plain number


@pytest.fixture
def mixed(cli: Cli, home: Path, scored: Path) -> Path:
    """Four pictures, two of which are no photos."""
    answered(home, scored / "0.jpg", content=Content(kind=Kind.GRAPHIC), score=9.9)
    answered(home, scored / "1.jpg", content=Content(kind=Kind.DOCUMENT))
    answered(home, scored / "2.jpg", content=PET)
    return scored


def named(rows: list[dict[str, Any]]) -> set[str]:
    return {Path(row["path"]).name for row in rows}


@pytest.mark.parametrize("command", [("rank",), ("rank", "--user", "anna"), ("cull",)])
def test_graphics_and_documents_are_left_out_unless_asked_for(
    cli: Cli, mixed: Path, command: tuple[str, ...]
) -> None:
    done = cli(*command, "--json")
    assert named(done.objects()) == {"2.jpg", "3.jpg"}
    assert "2 graphics or documents left out; --include-non-photos shows them" in done.err
    whole = cli(*command, "--json", "--include-non-photos")
    assert named(whole.objects()) == {f"{n}.jpg" for n in range(4)}
    assert "left out" not in whole.err


def test_one_is_told_as_one(cli: Cli, home: Path, scored: Path) -> None:
    answered(home, scored / "0.jpg", content=Content(kind=Kind.SCIENTIFIC))
    assert "1 graphic or document left out; --include-non-photos shows it" in cli("rank").err


def test_nothing_is_said_where_nothing_is_left_out(cli: Cli, scored: Path) -> None:
    for command in ("rank", "cull"):
        assert "left out" not in cli(command).err


def test_a_place_beyond_the_photos_is_said_to_be_so(cli: Cli, mixed: Path) -> None:
    assert "--offset 2 skips all scored photos" in cli("rank", "--offset", "2").err


def test_where_there_is_nothing_but_graphics_they_are_named(
    cli: Cli, home: Path, scored: Path
) -> None:
    for number in range(4):
        answered(home, scored / f"{number}.jpg", content=Content(kind=Kind.GRAPHIC))
    for command in (("rank",), ("rank", "--user", "anna")):
        done = cli(*command)
        assert (done.code, done.out) == (0, "")
        assert "4 graphics or documents left out" in done.err
        assert "no photo has a score" not in done.err
    refused = cli("cull")
    assert refused.code == 2
    assert "nothing but graphics and documents" in refused.err


def test_a_share_to_keep_is_of_the_photos(cli: Cli, mixed: Path) -> None:
    rows = cli("cull", "--keep-percent", "50", "--json").objects()
    assert [row["proposal"] for row in rows].count("pick") == 1


def test_the_others_keep_their_pictures(cli: Cli, mixed: Path) -> None:
    assert len(cli("export", "--format", "json").objects()) == 4
    assert "graphic, not a photograph" in cli("rank", "--include-non-photos").out
