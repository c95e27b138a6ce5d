"""aesplugin evaluate judges, by the real command line with two shipped models."""

import json
import re
from itertools import product
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, Finished, make_photo

COUNT = 12
_JUDGES = ("evaluate", "judges", "embedded", "fake")


@pytest.fixture
def shoot(cli: Cli, tmp_path: Path) -> Path:
    """Photos that both models scored."""
    folder = tmp_path / "shoot"
    for number in range(COUNT):
        make_photo(folder / f"{number:02}.jpg", seed=number)
    for model in ("embedded", "fake"):
        assert cli("score", folder, "--model", model).code == 0
    return folder


def _scores(cli: Cli, model: str) -> dict[str, float]:
    rows = cli("rank", "--model", model, "--include-non-photos", "--json").objects()
    return {row["path"]: row["score"] for row in rows}


def _best_first(scores: dict[str, float]) -> list[str]:
    return sorted(scores, key=lambda path: -scores[path])


def _found(done: Finished) -> dict:  # type: ignore[type-arg]
    assert done.code == 0, done.err
    return json.loads(done.out)  # type: ignore[no-any-return]


def _sheet(home: Path) -> str:
    return (home / "cache" / "judges.html").read_text()


def test_by_picks_and_stars_of_the_catalog(cli: Cli, shoot: Path, home: Path) -> None:
    """Anna picks the half that `embedded` likes: 1 by hand; `fake` as its pairs are counted."""
    embedded, fake = _scores(cli, "embedded"), _scores(cli, "fake")
    order = _best_first(embedded)
    picks, rejects = order[:6], order[6:]
    cli("decide", "-u", "anna", "--pick", *picks)
    cli("decide", "-u", "anna", "--reject", *rejects)
    cli("decide", "-u", "anna", "--stars", "5", *order[:5])
    cli("decide", "-u", "anna", "--stars", "2", *order[5:])
    pairs = list(product(picks, rejects))
    by_hand = sum((fake[a] > fake[b]) + (fake[a] == fake[b]) / 2 for a, b in pairs) / len(pairs)
    before = (home / "catalog.sqlite3").read_bytes()

    found = _found(cli(*_JUDGES, "--user", "anna", "--json"))

    assert (found["user"], found["photos"]) == ("anna", COUNT)
    picked = found["questions"]["picks"]["judges"]
    assert picked["embedded"]["value"] == 1
    assert picked["fake"]["value"] == pytest.approx(by_hand)
    assert found["questions"]["stars"]["judges"]["embedded"]["value"] > 0.8
    difference = found["questions"]["picks"]["differences"][0]
    assert (difference["one"], difference["other"]) == ("embedded", "fake")
    assert difference["by"]["value"] == pytest.approx(1 - by_hand)
    assert "sheet" not in found and not (home / "cache" / "judges.html").exists()
    assert (home / "catalog.sqlite3").read_bytes() == before

    table = cli(*_JUDGES, "--user", "anna")
    assert "pick outscores reject (12 photos)" in table.out
    assert re.search(r"embedded +1\.000 \(1\.000 to 1\.000\)", table.out)
    assert "no score" not in table.err


def test_what_a_cull_chose_is_no_word_of_a_person(cli: Cli, shoot: Path) -> None:
    cli("cull", shoot, "--keep", "5", "--strictness", "1", "-u", "anna", "--apply")
    found = _found(cli(*_JUDGES, "--user", "anna", "--json"))
    assert found["photos"] == 0 and "sheet" in found


def test_on_too_few_ratings_the_eye_decides(cli: Cli, shoot: Path, home: Path) -> None:
    cli("decide", "-u", "anna", "--stars", "4", shoot / "00.jpg")
    done = cli(*_JUDGES, "--user", "anna", "--count", "3")
    assert "stars, rank correlation (1 photo): needs 10 unlike photos with stars" in done.out
    assert "to decide by eye" in done.err and "judges.html" in done.err
    page = _sheet(home)
    assert "embedded places these higher" in page and "fake places these higher" in page
    assert page.count("<figure>") <= 6 and "data:image/jpeg" in page


def test_the_sheet_holds_what_differs_most(cli: Cli, shoot: Path, tmp_path: Path) -> None:
    embedded, fake = (_best_first(_scores(cli, name)) for name in ("embedded", "fake"))
    sheet = tmp_path / "sheet.html"
    found = _found(cli(*_JUDGES, "--count", "1", "--json", "--sheet", sheet))
    higher = {path: fake.index(path) - embedded.index(path) for path in embedded}
    first = found["differ"]["embedded"][0]
    assert higher[first["path"]] == max(higher.values())
    assert first["places"] == {
        "embedded": embedded.index(first["path"]) + 1,
        "fake": fake.index(first["path"]) + 1,
    }
    assert found["sheet"] == str(sheet)
    assert Path(first["path"]).name in sheet.read_text()


def test_what_lacks_a_score_is_told_with_the_way_out(cli: Cli, shoot: Path) -> None:
    more = make_photo(shoot / "more photos" / "x.jpg", seed=99)
    cli("score", more, "--model", "fake")
    done = cli(*_JUDGES)
    way_out = f"aesplugin score '{more.parent}' --model embedded"
    assert f"1 of 13 photos has no score by embedded: {way_out}" in done.err
    cli("decide", "-u", "anna", "--pick", shoot / "00.jpg")
    assert "no score" not in cli(*_JUDGES, "--user", "anna").err  # anna said nothing of it


def test_bad_input_is_one_line(cli: Cli, shoot: Path, tmp_path: Path) -> None:
    cli("decide", "-u", "anna", "--pick", shoot / "00.jpg")
    for arguments, code, complaint in [
        (("embedded", "nonesuch"), 2, "unknown model 'nonesuch'; known: embedded"),
        (("embedded",), 2, "embedded alone cannot be compared: name two models or more"),
        (("fake", "fake"), 2, "fake is named twice"),
        ((*_JUDGES[2:], "-u", "bob"), 2, "nobody called 'bob' has rated"),
        ((*_JUDGES[2:], "--sheet", tmp_path / "a.jpg"), 2, "is the name of a photo"),
        ((*_JUDGES[2:], "--sheet", tmp_path / "no" / "a.html"), 2, "cannot be written"),
        ((*_JUDGES[2:], "--plot", tmp_path / "a.doc"), 2, "a plot's file name must end in"),
        ((*_JUDGES[2:], "--catalog", tmp_path / "new.sqlite3"), 7, "contains no photos"),
    ]:
        done = cli("evaluate", "judges", *arguments)
        assert (done.code, done.err.count("\n")) == (code, 1), done.err
        assert complaint in done.err
    assert "known: anna" in cli(*_JUDGES, "-u", "bob").err


def test_photos_scored_by_one_model_alone(cli: Cli, tmp_path: Path) -> None:
    for number in range(3):
        make_photo(tmp_path / "one" / f"{number}.jpg", seed=number)
    cli("score", tmp_path / "one")
    done = cli(*_JUDGES)
    assert done.code == 7
    assert "3 of 3 photos have no score by embedded: aesplugin score" in done.err
    assert "fewer than two photos have a score by every model named" in done.err
