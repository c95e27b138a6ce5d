"""A library reached by its own path and through a link to it: one entry each, asked by either."""

import os
import shutil
from pathlib import Path

import pytest

from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.records import IngestedFile
from aesplugin.models.fake import FakeModel
from aesplugin.services.pipeline.ingest import stamp_of
from tests.cli.conftest import Cli, make_photo
from tests.ordinary_user import aesplugin


@pytest.fixture
def library(tmp_path: Path) -> tuple[Path, Path]:
    """Where it is, and a link to it."""
    real, link = tmp_path / "disk" / "photos", tmp_path / "photos"
    make_photo(real / "a.jpg", seed=1)
    make_photo(real / "2026" / "b.jpg", seed=2)
    link.symlink_to(real, target_is_directory=True)
    return real, link


def _entries(cli: Cli) -> list[str]:
    return sorted(one["path"] for one in cli("export", "--format", "json").objects())


@pytest.mark.parametrize("first", [0, 1])
def test_each_photo_has_one_entry(cli: Cli, library: tuple[Path, Path], first: int) -> None:
    one, other = library[first], library[1 - first]
    cli("score", one)
    names = _entries(cli)
    make_photo(other / "new.jpg", seed=3)
    make_photo(other / "2027" / "deep" / "new.jpg", seed=4)
    done = cli("score", other)
    assert "4 of 4 photos have a score (2 from earlier runs)" in done.out
    new = {str(one / "new.jpg"), str(one / "2027" / "deep" / "new.jpg")}
    assert set(_entries(cli)) == {*names, *new}
    for folder in library:
        assert len(cli("cull", folder, "--json").objects()) == 4
    assert "(4 from earlier runs)" in cli("score", other, one).out


@pytest.mark.parametrize("first", [0, 1])
def test_it_is_asked_by_either_name(cli: Cli, library: tuple[Path, Path], first: int) -> None:
    cli("score", library[first])
    for folder in library:
        assert cli("show", folder / "a.jpg").code == 0
        assert len(cli("cull", folder, "--json").objects()) == 2
        assert len(cli("cull", folder / "2026", "--json").objects()) == 1
        assert len(cli("publish", folder, "--dry-run", "--json").objects()) == 2
    assert cli("show", library[first] / "no.jpg").code != 0


def test_a_photo_that_changes_is_scored_anew_under_its_one_name(
    cli: Cli, library: tuple[Path, Path]
) -> None:
    real, link = library
    cli("score", real)
    make_photo(link / "a.jpg", seed=9)
    assert "(1 from earlier runs)" in cli("score", link).out
    assert len(_entries(cli)) == 2


@pytest.mark.parametrize("first", [0, 1])
def test_it_is_watched_by_either_name(
    library: tuple[Path, Path], tmp_path: Path, first: int
) -> None:
    """Nothing is entered a second time, and what is new has the name of its folder."""
    one, other = library[first], library[1 - first]
    aesplugin(tmp_path, "score", one)
    make_photo(other / "2027" / "new.jpg", seed=3)
    (other / "a.jpg").unlink()
    watch = ("watch", "--once", "--mark-missing", other)
    assert aesplugin(tmp_path, *watch, settings={"AES_SETTLE_SECONDS": "0.1"}).returncode == 0
    with Catalog.open(tmp_path / "catalog.sqlite3") as catalog:
        known = catalog.known_files(FakeModel.card.revision)
        entries = {entry.path for entry in catalog.entries(FakeModel.card.revision)}
    assert set(known) == {str(one / "2026" / "b.jpg"), str(one / "2027" / "new.jpg")}
    assert entries == {*known, str(one / "a.jpg")}


def test_a_copy_is_no_other_name(cli: Cli, library: tuple[Path, Path], tmp_path: Path) -> None:
    cli("score", library[0])
    shutil.copytree(library[0], tmp_path / "copy")
    os.link(library[0] / "a.jpg", tmp_path / "copy" / "hard.jpg")
    cli("score", tmp_path / "copy")
    assert len(_entries(cli)) == 5


@pytest.mark.parametrize("scored", [0, 1])
def test_the_second_entries_of_an_earlier_release_go(
    cli: Cli, home: Path, library: tuple[Path, Path], scored: int
) -> None:
    real, link = library
    cli("score", real)
    with Catalog.open(home / "catalog.sqlite3") as catalog:
        again = []
        for entry in catalog.entries(FakeModel.card.revision):
            stamp = stamp_of(str(link / Path(entry.path).relative_to(real)))
            assert stamp is not None and entry.photo is not None
            again.append(IngestedFile(stamp=stamp, photo=entry.photo, attributes={}))
        catalog.record_photos(again)
    assert len(_entries(cli)) == 4
    cli("score", library[scored])
    with Catalog.open(home / "catalog.sqlite3") as catalog:
        left = list(catalog.entries(FakeModel.card.revision, readable=True))
    assert {entry.path for entry in left} == {str(real / "a.jpg"), str(real / "2026" / "b.jpg")}
    assert "(2 from earlier runs)" in cli("score", link).out
