"""What is said of a file goes to the photo that is in it, or to none: files change names."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from aesplugin.api import PhotoCatalog, open_catalog
from aesplugin.errors import UsageError
from tests.cli.conftest import Cli, scored_shoot
from tests.photos import drawn
from tests.services.personal.test_prefer import STARS

Change = Callable[[Path, Path], None]
TIME = 1_700_000_000


def _swapped(a: Path, b: Path) -> None:
    third = a.with_name("third")
    a.rename(third)
    b.rename(a)
    third.rename(b)


def _replaced(a: Path, b: Path) -> None:
    b.replace(a)


def _written_anew(a: Path, b: Path) -> None:
    """By another program: as large, and as old."""
    facts = a.stat()
    a.write_bytes(bytes(reversed(a.read_bytes())))
    os.utime(a, ns=(facts.st_atime_ns, facts.st_mtime_ns))


CHANGES = [_swapped, _replaced, _written_anew]


@pytest.fixture
def shoot(cli: Cli, tmp_path: Path) -> Path:
    """0.jpg to 2.jpg; a.tif and b.tif are of one size and time."""
    folder = tmp_path / "shoot"
    folder.mkdir()
    for number, name in enumerate("ab"):
        drawn(number).save(folder / f"{name}.tif")
        os.utime(folder / f"{name}.tif", (TIME, TIME))
    return scored_shoot(cli, folder, photos=3)


@pytest.fixture(params=[("0.jpg", "1.jpg"), ("a.tif", "b.tif")])
def pair(request: pytest.FixtureRequest, shoot: Path) -> tuple[Path, Path]:
    first, second = request.param
    return shoot / first, shoot / second


def hash_of(cli: Cli, photo: Path) -> str:
    (row,) = cli("show", photo, "--json").objects()
    return str(row["content_hash"])


def liked(cli: Cli) -> dict[str, int | None]:
    rows = cli("prefer", "-u", "anna", "--json").objects()
    return {row["content_hash"]: row["rating"] for row in rows}


@pytest.mark.parametrize("change", CHANGES)
def test_nothing_is_decided_of_a_file_that_became_another_photo(
    cli: Cli, pair: tuple[Path, Path], change: Change
) -> None:
    photo, third = pair[0], pair[0].with_name("2.jpg")
    change(*pair)
    done = cli("decide", "-u", "anna", "--pick", third, photo)
    assert done.code == 2
    assert f"{photo} is no longer the photo that was scored" in done.err
    assert f"run: aesplugin score {photo}" in done.err
    assert liked(cli) == {}
    cli("score", photo)
    if change is not _written_anew:
        assert cli("decide", "-u", "anna", "--pick", photo).code == 0


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("by", ["--rating", "--file", "--from-sidecars"])
def test_nor_is_it_rated_and_the_others_are(
    cli: Cli, pair: tuple[Path, Path], change: Change, by: str
) -> None:
    photo, third = pair[0], pair[0].with_name("2.jpg")
    key = hash_of(cli, third)
    change(*pair)
    for path in (photo, third):
        path.with_name(path.name + ".xmp").write_text(STARS.format(stars=4, extra=""))
    table = photo.with_name("ratings.csv")
    table.write_text(f"{photo.name},4\n{third.name},4\n")
    said = {
        "--rating": ("--rating", "4", photo, third),
        "--file": ("--file", table),
        "--from-sidecars": ("--from-sidecars", photo, third),
    }
    done = cli("prefer", "-u", "anna", *said[by])
    assert done.code == 1
    (line,) = [
        one for one in done.err.splitlines() if "is no longer the photo that was scored" in one
    ]
    assert photo.name in line and "aesplugin score" in line
    assert liked(cli) == {key: 4}


def test_what_only_looks_so_is_taken(cli: Cli, shoot: Path) -> None:
    os.utime(shoot / "0.jpg")
    (shoot / "1.jpg").chmod(0o600)
    (shoot / "2.jpg").rename(shoot.parent / "away.jpg")
    photos = sorted(shoot.glob("*.jpg"))
    assert cli("decide", "-u", "anna", "--stars", "3", *photos, shoot / "2.jpg").code == 0
    assert cli("prefer", "-u", "anna", "--rating", "4", *photos, shoot / "2.jpg").code == 0
    assert list(liked(cli).values()) == [4, 4, 4]


def test_a_photo_named_by_its_content_needs_no_file(cli: Cli, pair: tuple[Path, Path]) -> None:
    key = hash_of(cli, pair[0])
    _swapped(*pair)
    assert cli("decide", "-u", "anna", "--pick", key).code == 0
    assert liked(cli) == {key: 4}


def test_a_catalog_from_python_takes_no_such_word(tmp_path: Path) -> None:
    photos = tmp_path / "a.tif", tmp_path / "b.tif"
    for number, path in enumerate(photos):
        drawn(number).save(path)
        os.utime(path, (TIME, TIME))
    settings = {"model": "fake", "decoders": 1, "cache": tmp_path / "cache", "broker": ""}
    with open_catalog(tmp_path / "c.sqlite3", **settings) as catalog:
        assert isinstance(catalog, PhotoCatalog)
        list(catalog.score(photos))
        _swapped(*photos)
        learnt = catalog.prefer("anna", [photos[0]], rating=5)
        assert learnt.kept == 0 and "is no longer the photo that was scored" in learnt.problems[0]
        with pytest.raises(UsageError, match=r"b\.tif is no longer the photo that was scored"):
            catalog.decide("anna", [photos[1]], stars=5)


def test_nothing_is_forgotten_of_a_file_that_became_another_photo(
    cli: Cli, pair: tuple[Path, Path]
) -> None:
    first, second = pair
    assert cli("prefer", "-u", "anna", "--rating", "5", first).code == 0
    assert cli("prefer", "-u", "anna", "--rating", "1", second).code == 0
    before = liked(cli)
    _swapped(first, second)
    done = cli("prefer", "-u", "anna", "--remove", first)
    assert done.code == 1 and str(first) in done.err
    assert liked(cli) == before


def test_a_line_of_a_file_means_the_photo_beside_it_and_no_namesake(
    cli: Cli, shoot: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside = tmp_path / "beside"
    beside.mkdir()
    drawn(9).save(beside / "0.jpg")
    (beside / "ratings.csv").write_text("path,rating\n0.jpg,5\n")
    monkeypatch.chdir(shoot)
    done = cli("prefer", "-u", "anna", "--file", beside / "ratings.csv")
    assert done.code == 1 and "0.jpg is not in the catalog" in done.err
    assert liked(cli) == {}
