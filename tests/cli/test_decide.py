"""decide, cull --apply and undo, one upon the other: only a person's own words are theirs."""

import os
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, scored_shoot

NUMBER = 6


@pytest.fixture
def scored(cli: Cli, tmp_path: Path) -> Path:
    return scored_shoot(cli, tmp_path / "shoot", photos=NUMBER)


def proposals(cli: Cli, *arguments: str | Path) -> dict[str, str]:
    return {row["path"]: row["proposal"] for row in cli("cull", *arguments, "--json").objects()}


def liked(cli: Cli, user: str = "anna") -> dict[str, tuple[int | None, bool]]:
    rows = cli("prefer", "-u", user, "--json").objects()
    return {row["path"]: (row["rating"], row["favorite"]) for row in rows}


def applied(cli: Cli, folder: Path, keep: int = 2) -> tuple[str, str]:
    """A photo that a cull picked for anna, and one that it rejected."""
    strict = ("--keep", str(keep), "--strictness", "1", "-u", "anna")
    found = proposals(cli, folder, *strict, "--apply")
    picked = [path for path, choice in found.items() if choice == "pick"]
    return picked[0], next(path for path, choice in found.items() if choice == "reject")


def test_what_a_cull_chose_is_not_learnt_with_a_favourite(cli: Cli, scored: Path) -> None:
    picked, rejected = applied(cli, scored)
    cli("decide", "-u", "anna", "--favorite", picked, rejected)
    assert liked(cli) == {picked: (None, True), rejected: (None, True)}
    assert cli("undo", "1").code == 0
    assert liked(cli) == {picked: (None, True), rejected: (None, True)}
    cli("prefer", "-u", "anna", "--forget")
    assert cli("undo").code == 0
    assert liked(cli) == {}
    assert len(proposals(cli, scored, "--keep", "2", "-u", "anna")) == NUMBER


def test_taking_a_favourite_back_leaves_the_cull(cli: Cli, scored: Path) -> None:
    picked, rejected = applied(cli, scored)
    cli("decide", "-u", "anna", "--favorite", rejected)
    assert cli("undo").code == 0
    found = proposals(cli, scored, "--keep", "2", "-u", "anna")
    assert picked not in found and rejected not in found
    assert liked(cli) == {}


def test_what_a_person_loves_wins_over_a_reject_they_accepted(cli: Cli, scored: Path) -> None:
    _, rejected = applied(cli, scored)
    cli("decide", "-u", "anna", "--stars", "5", rejected)
    shown = cli("cull", scored, "--keep", "2", "-u", "anna")
    assert "3 photos are already picked" in shown.err


def test_a_pick_by_hand_confirms_the_culls(cli: Cli, scored: Path) -> None:
    picked, _ = applied(cli, scored)
    assert "decisions stored for 1 photo;" in cli("decide", "-u", "anna", "--pick", picked).err
    assert liked(cli) == {picked: (4, False)}
    assert cli("undo", "1").code == 0
    assert picked not in proposals(cli, scored, "--keep", "2", "-u", "anna")
    (again,) = cli("decide", "-u", "anna", "--pick", picked, "--json").objects()
    assert again == {"run": None, "photos": 0}
    both = cli("decide", "-u", "anna", "--pick", picked, scored / "5.jpg", scored / "4.jpg")
    assert "decisions stored for 3 photos" in both.err


def test_a_choice_of_the_cull_can_be_cleared_by_hand(cli: Cli, scored: Path) -> None:
    picked, _ = applied(cli, scored)
    cli("prefer", "-u", "anna", "--favorite", scored / "0.jpg")
    cli("decide", "-u", "anna", "--clear", picked)
    assert picked in proposals(cli, scored, "--keep", "3", "-u", "anna")
    cli("undo")
    assert picked not in proposals(cli, scored, "--keep", "3", "-u", "anna")


def test_the_later_word_counts_and_protects(cli: Cli, scored: Path) -> None:
    worst, second = (row["path"] for row in reversed(cli("rank", "--json").objects()[-2:]))
    cli("prefer", "-u", "anna", "--rating", "2", worst, second)
    cli("decide", "-u", "anna", "--stars", "5", "--favorite", worst)
    cli("decide", "-u", "anna", "--favorite", second)
    assert liked(cli) == {worst: (5, True), second: (2, True)}
    found = proposals(cli, scored, "--keep", "2", "--strictness", "1", "-u", "anna")
    assert {worst, second}.isdisjoint(found)
    cli("prefer", "-u", "anna", "--rating", "1", worst)
    assert liked(cli)[worst] == (1, True)
    cli("decide", "-u", "anna", "--pick", worst)  # no stars: the rating stays
    assert liked(cli)[worst] == (1, True)
    cli("decide", "-u", "anna", "--stars", "5", worst)  # said before, but not last
    assert liked(cli)[worst] == (5, True)
    cli("undo")
    assert liked(cli)[worst] == (1, True)


def test_stars_by_decide_alone_protect_from_rejection(cli: Cli, scored: Path) -> None:
    worst = cli("rank", "--json").objects()[-1]["path"]
    cli("decide", "-u", "anna", "--stars", "4", worst)
    assert worst not in proposals(cli, scored, "--keep", "2", "-u", "anna")


def test_a_refused_name_leaves_no_run(cli: Cli, scored: Path) -> None:
    cli("decide", "-u", "anna", "--pick", scored / "0.jpg")
    for words in (
        ("decide", "-u", " ", "--pick", scored / "1.jpg"),
        ("cull", scored, "--keep", "2", "--apply", "-u", " "),
    ):
        refused = cli(*words)
        assert refused.code == 2 and "is not a valid user name" in refused.err
    assert cli("undo", "--list").out.count("\n") == 1
    assert "by anna" in cli("undo").err
    assert liked(cli) == {}


def test_undo_says_whose_and_can_be_told_whose(cli: Cli, scored: Path) -> None:
    for user in ("ann", "ben"):
        cli("decide", "-u", user, "--pick", scored / "0.jpg")
    assert [row["run"] for row in cli("undo", "--list", "-u", "ann", "--json").objects()] == [1]
    wrong = cli("undo", "2", "--user", "ann")
    assert wrong.code == 2 and "run 2 is not ann's (1 photo, by ben)" in wrong.err
    (taken,) = cli("undo", "--user", "ann", "--json").objects()
    assert (taken["run"], taken["users"], taken["decisions"]) == (1, ["ann"], 1)
    assert "no run of ann to undo" in cli("undo", "--user", "ann").err
    assert "run 2 (decide: 1 photo, by ben) undone: 1 decision" in cli("undo").err


def test_undo_goes_back_to_the_first_run(cli: Cli, scored: Path) -> None:
    runs = 25
    for number in range(runs):
        cli("decide", "-u", "anna", "--stars", str(1 + number % 5), scored / "0.jpg")
    assert [cli("undo").code for _ in range(runs)] == [0] * runs
    assert "nothing to undo" in cli("undo").err
    assert liked(cli) == {}


@pytest.mark.parametrize("way", ["../shoot", "./a/../../shoot", "../shoot/0.jpg/.."])
def test_a_way_round_leads_to_the_folder(
    cli: Cli, scored: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    monkeypatch.chdir(scored)
    assert len(proposals(cli, way, "--keep", "2")) == NUMBER
    monkeypatch.chdir(os.sep)
    assert len(proposals(cli, "." + str(scored), "--keep", "2")) == NUMBER


def test_a_cull_says_what_is_so(cli: Cli, scored: Path) -> None:
    many = cli("cull", scored, "--keep", "20")
    assert f"{NUMBER} keepers instead of 20: there are no other photos" in many.err
    assert "--per-group" not in many.err
    for nothing in ("--keep", "--keep-percent"):
        assert "pick" not in proposals(cli, scored, nothing, "0").values()
    applied(cli, scored)
    again = cli("cull", scored, "--keep", "1", "-u", "anna")
    assert "2 photos are already picked, more than the 1 requested" in again.err
    assert "by hand" not in again.err
    cli("undo")
    cli("decide", "-u", "anna", "--pick", scored / "0.jpg")
    cli("decide", "-u", "anna", "--reject", scored / "1.jpg", scored / "2.jpg")
    left = cli("cull", scored, "--keep", "2", "-u", "anna")
    assert "your decisions are left unchanged: 1 picked, 2 rejected" in left.err
