"""A catalog's own id: the same by every name and in every place, and no other catalog's."""

import os
import shutil
from pathlib import Path

import pytest
from sqlalchemy import text

from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.engine import connect
from aesplugin.catalog.upgrade import prepare
from tests.catalog.children import without_rights


def identity(target: str | Path) -> str:
    with Catalog.open(target) as catalog:
        return catalog.identity


def test_it_stays(target: str) -> None:
    assert identity(target) == identity(target)


@pytest.mark.parametrize("revision", [None, "0005"])
def test_every_catalog_has_another(tmp_path: Path, revision: str | None) -> None:
    files = [tmp_path / name for name in "abc"]
    for file in files:
        if revision:
            database = connect(file)
            prepare(database, revision)
            database.close()
    assert len({identity(file) for file in files}) == 3


def test_one_relative_name_in_two_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for name in ("one", "two", "one"):
        (tmp_path / name).mkdir(exist_ok=True)
        monkeypatch.chdir(tmp_path / name)
        found.append(identity("catalog.sqlite3"))
    assert found[0] == found[2] != found[1]


def test_it_moves_with_the_file(sqlite_file: Path, tmp_path: Path) -> None:
    before = identity(sqlite_file)
    (tmp_path / "elsewhere").mkdir()
    moved = shutil.move(sqlite_file, tmp_path / "elsewhere" / "other.sqlite3")
    link = tmp_path / "link.sqlite3"
    link.symlink_to(moved)
    assert before == identity(moved) == identity(link)


def test_where_none_is_stored_the_place_tells(ready: str) -> None:
    with Catalog.open(ready) as catalog:
        with catalog._database.writing() as connection:
            connection.execute(text("DELETE FROM identity"))
        assert catalog.identity == catalog._database.place


@pytest.mark.parametrize("revision", [None, "0005"])
def test_one_that_cannot_be_written_opens(public_folder: Path, revision: str | None) -> None:
    file = public_folder / "catalog.sqlite3"
    database = connect(file)
    prepare(database, *([revision] if revision else []))
    database.close()
    expected = os.path.realpath(file) if revision else identity(file)
    file.chmod(0o444)
    public_folder.chmod(0o555)
    found = [without_rights(lambda: identity(file)) for _ in range(2)]
    public_folder.chmod(0o755)
    assert found == [expected] * 2
