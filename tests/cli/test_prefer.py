"""prefer: nothing said is lost by a slip of the hand, and no file but our own is replaced."""

import csv
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, make_photo, scored_shoot


@pytest.fixture
def scored(cli: Cli, tmp_path: Path) -> Path:
    return scored_shoot(cli, tmp_path / "shoot", photos=4)


@pytest.fixture
def rated(cli: Cli, scored: Path) -> Path:
    assert cli("prefer", "-u", "anna", "--rating", "4", *sorted(scored.iterdir())).code == 0
    return scored


def said(cli: Cli, user: str = "anna") -> dict[str, tuple[int | None, bool]]:
    rows = cli("prefer", "-u", user, "--json").objects()
    return {Path(row["path"]).name: (row["rating"], row["favorite"]) for row in rows}


def refused(cli: Cli, *arguments: str | Path) -> str:
    """The one line a command was refused with."""
    result = cli("prefer", "-u", "anna", *arguments)
    assert result.code == 2, arguments
    (line,) = [x for x in result.err.splitlines() if x.startswith("error:")]
    return line


def test_forget_with_photos_forgets_nothing_and_names_remove(cli: Cli, rated: Path) -> None:
    assert "--remove" in refused(cli, "--forget", rated / "0.jpg")
    assert len(said(cli)) == 4


@pytest.mark.parametrize("verb", ["--forget", "--remove"])
@pytest.mark.parametrize(
    "word",
    [
        ("--rating", "5"),
        ("--favorite",),
        ("--no-favorite",),
        ("--file", "lacking.csv"),
        ("--from-sidecars",),
        ("--export", "empty.csv"),
    ],
)
def test_forgetting_and_anything_else_at_once_is_refused(
    cli: Cli, rated: Path, verb: str, word: tuple[str, ...]
) -> None:
    photos = [rated / "0.jpg"] if verb == "--remove" else []
    assert verb in refused(cli, verb, *word, *photos)
    assert len(said(cli)) == 4


def test_photos_named_alone_are_the_ones_listed(cli: Cli, rated: Path) -> None:
    (row,) = cli("prefer", "-u", "anna", "--json", rated / "2.jpg").objects()
    assert Path(row["path"]).name == "2.jpg"
    unknown = cli("prefer", "-u", "anna", "--json", rated / "2.jpg", "nowhere.jpg")
    assert (unknown.code, len(unknown.objects())) == (1, 1)
    assert "nowhere.jpg is not in the catalog" in unknown.err
    cli("prefer", "-u", "anna", "--remove", rated / "2.jpg")
    assert "has not rated these photos" in cli("prefer", "-u", "anna", rated / "2.jpg").err


def test_photos_that_nothing_would_be_done_with_are_refused(cli: Cli, rated: Path) -> None:
    target = rated / "out.csv"
    assert "PHOTO" in refused(cli, "--export", target, rated / "0.jpg")
    assert not target.exists()
    (rated / "in.csv").write_text("0.jpg,5\n")
    assert "PHOTO" in refused(cli, "--file", rated / "in.csv", rated / "1.jpg")
    assert said(cli)["0.jpg"] == (4, False)


@pytest.mark.parametrize("name", ["0.jpg", "new.JPG", "raw.cr3", "odd"])
def test_an_export_never_replaces_a_photo(cli: Cli, rated: Path, name: str) -> None:
    odd = make_photo(rated / "odd.png", seed=9).rename(rated / "odd")
    assert cli("score", odd).code == 0
    before = {path: path.read_bytes() for path in rated.iterdir()}
    assert f"{rated / name}" in refused(cli, "--export", rated / name)
    assert {path: path.read_bytes() for path in rated.iterdir()} == before


def test_an_export_that_fails_leaves_the_old_file_and_nothing_else(cli: Cli, rated: Path) -> None:
    folder = rated / "folder.csv"
    folder.mkdir()
    assert "folder.csv cannot be written" in refused(cli, "--export", folder)
    assert "lacking" in refused(cli, "--export", rated / "lacking" / "said.csv")
    old = rated / "said.csv"
    old.write_text("old")
    (rated / "link.csv").symlink_to(old)
    assert cli("prefer", "-u", "anna", "--export", rated / "link.csv").code == 0
    assert (rated / "link.csv").is_symlink()
    with old.open(newline="") as file:
        assert len(list(csv.DictReader(file))) == 4
    assert [path.name for path in rated.iterdir() if ".part" in path.name] == []


def test_an_export_goes_into_a_device_too(cli: Cli, rated: Path) -> None:
    assert cli("prefer", "-u", "anna", "--export", "/dev/null").code == 0
    assert Path("/dev/null").is_char_device()


def test_sidecars_of_a_folder_that_is_not_there_are_named(cli: Cli, scored: Path) -> None:
    result = cli("prefer", "-u", "anna", "--from-sidecars", "nowhere", scored / "0.jpg")
    assert result.code == 1
    assert "nowhere: no photo" in result.err
    assert "0 ratings stored, 1 skipped" in result.err
    assert cli("prefer", "-u", "anna", "--from-sidecars", scored).code == 0


def test_a_page_behind_the_last_photo_is_not_called_an_empty_catalog(cli: Cli, rated: Path) -> None:
    for user in ((), ("--user", "anna")):
        beyond = cli("rank", "--offset", "500", *user).err
        assert "--offset 500 skips" in beyond
        assert "no photo has a score" not in beyond
    empty = cli("rank", "--catalog", rated / "new.sqlite3", "--offset", "5")
    assert "no photo has a score yet" in empty.err


def test_an_export_comes_back_with_its_favourites(cli: Cli, rated: Path, tmp_path: Path) -> None:
    words = [("--favorite", "0.jpg"), ("--remove", "1.jpg"), ("--favorite", "1.jpg")]
    for word, name in words:
        assert cli("prefer", "-u", "anna", word, rated / name).code == 0
    assert said(cli)["0.jpg"] == (4, True) and said(cli)["1.jpg"] == (None, True)
    file = tmp_path / "said.csv"
    assert cli("prefer", "-u", "anna", "--export", file).code == 0
    assert cli("prefer", "-u", "ben", "--file", file).code == 0
    assert said(cli, "ben") == said(cli)
