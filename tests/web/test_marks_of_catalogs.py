"""What tells a catalog from others at the same address: its place, by whatever name."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.engine import connect
from aesplugin.catalog.upgrade import prepare
from aesplugin.compose import Workshop
from aesplugin.settings import Settings
from aesplugin.web.guard import Access
from aesplugin.web.state import Desk
from tests.catalog.children import without_rights


def mark(target: str | Path) -> str:
    workshop = Workshop(Settings(catalog=str(target), model="fake"))
    try:
        return Desk(workshop, Access()).mark
    finally:
        workshop.catalog.close()


def hashed(place: str | Path) -> str:
    """As the release before made it."""
    return hashlib.sha256(os.fsencode(place)).hexdigest()[:16]


@pytest.mark.parametrize("name", ["catalog.sqlite3", "Fotos von Zoë.db", "a b%20c.sqlite3"])
def test_it_is_what_the_release_before_made_of_the_path(tmp_path: Path, name: str) -> None:
    file = tmp_path.resolve() / name
    assert mark(file) == hashed(file) == mark(file)


def test_one_relative_name_in_two_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for name in ("one", "two", "one"):
        (tmp_path / name).mkdir(exist_ok=True)
        monkeypatch.chdir(tmp_path / name)
        found.append(mark("catalog.sqlite3"))
        assert found[-1] == mark(f"../{name}/catalog.sqlite3")
        assert found[-1] == mark(Path.cwd() / "catalog.sqlite3")
    assert found[0] == found[2] != found[1]


def test_a_copy_is_another(tmp_path: Path) -> None:
    one, other = tmp_path / "one.sqlite3", tmp_path / "other.sqlite3"
    before = mark(one)
    shutil.copy2(one, other)
    assert mark(one) == before != mark(other)


def test_links_and_urls_lead_to_the_file(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    file = tmp_path.resolve() / "real" / "catalog.sqlite3"
    (tmp_path / "folder").symlink_to("real", target_is_directory=True)
    (tmp_path / "link.sqlite3").symlink_to(file)
    names = [file, tmp_path / "folder" / file.name, tmp_path / "link.sqlite3", f"sqlite:///{file}"]
    assert {mark(name) for name in names} == {hashed(file)}


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """A folder that processes without rights can reach."""
    with tempfile.TemporaryDirectory(prefix="aes-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.parametrize("revision", [None, "0005"])
def test_one_that_cannot_be_written_tells_its_own_place(
    public_folder: Path, revision: str | None
) -> None:
    file = public_folder.resolve() / "catalog.sqlite3"
    database = connect(file)
    prepare(database, *([revision] if revision else []))
    database.close()
    file.chmod(0o444)
    public_folder.chmod(0o555)
    found = [without_rights(lambda: Catalog.open(file).file) for _ in range(2)]
    public_folder.chmod(0o755)
    assert found == [file] * 2
