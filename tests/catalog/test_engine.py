"""Opening and using a database when things go wrong."""

import os
import resource
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.engine import connect
from aesplugin.errors import AesError, CatalogDamaged, CatalogError
from tests.catalog.children import all_at_once, without_rights
from tests.catalog.samples import REVISION, ingested
from tests.servers import PostgresServer

PRAGMAS = {"journal_mode": "wal", "foreign_keys": 1, "synchronous": 1, "busy_timeout": 30_000}


@pytest.mark.parametrize("pragma", PRAGMAS)
def test_sqlite_runs_by_the_rules(sqlite_file: Path, pragma: str) -> None:
    Catalog.open(sqlite_file).close()
    with connect(sqlite_file).reading() as connection:
        value = connection.exec_driver_sql(f"PRAGMA {pragma}").scalar()
    assert value == PRAGMAS[pragma]


def test_a_folder_that_is_not_there_is_made(tmp_path: Path) -> None:
    file = tmp_path / "a" / "b c" / "100% ?#.sqlite3"
    with Catalog.open(str(file)) as catalog:
        assert catalog.name == str(file)
    assert file.exists()


def test_a_file_whose_name_is_not_unicode(tmp_path: Path) -> None:
    file = tmp_path / os.fsdecode(b"\xff\xfe.sqlite3")
    with Catalog.open(file) as catalog:
        catalog.record_photos([ingested(1)])
    with Catalog.open(file) as catalog:
        assert len(catalog.known_files(REVISION)) == 1


@pytest.mark.parametrize(
    "target",
    [
        "mysql://host/db",
        "sqlite://",
        "postgresql+asyncpg://host/db",
        "://",
        "http://x",
        "a://b:c:d",
    ],
)
def test_what_can_be_no_catalog_is_refused(target: str) -> None:
    with pytest.raises(CatalogError, match="are not supported"):
        connect(target)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_way_to_name_postgresql(postgres: PostgresServer, scheme: str) -> None:
    url = postgres.url("postgres").replace("postgresql+psycopg", scheme)
    with connect(url).reading() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar() == 1


def test_a_missing_driver_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)  # as if it were not installed
    with pytest.raises(CatalogError, match=r"pip install 'aesplugin\[postgres\]'"):
        connect("postgresql://host/db")


def test_a_server_that_does_not_answer_is_named_without_its_password() -> None:
    with pytest.raises(CatalogError, match="cannot be reached") as caught:
        Catalog.open("postgresql://ann:secret@127.0.0.1:1/photos")
    assert "secret" not in str(caught.value)
    assert "127.0.0.1" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_database_that_does_not_exist_is_named(postgres: PostgresServer) -> None:
    with pytest.raises(CatalogError, match="nowhere"):
        Catalog.open(postgres.url("nowhere"))


def test_a_connection_that_broke_is_replaced(postgres: PostgresServer) -> None:
    postgres.run("DROP DATABASE IF EXISTS broken", "CREATE DATABASE broken")
    with Catalog.open(postgres.url("broken")) as catalog:
        catalog.record_photos([ingested(1)])
        postgres.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'broken'"
        )
        assert len(catalog.known_files(REVISION)) == 1


def test_a_folder_instead_of_a_file(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="cannot be opened"):
        Catalog.open(tmp_path)


def test_a_file_instead_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CatalogError, match="cannot be opened"):
        Catalog.open(tmp_path / "file" / "catalog.sqlite3")


def test_a_folder_that_cannot_be_written(public_folder: Path) -> None:
    error = without_rights(lambda: Catalog.open(public_folder / "catalog.sqlite3"))
    if os.geteuid() != 0:
        pytest.skip("the folder is ours: only root can make one that is not")
    assert isinstance(error, CatalogError)
    assert "cannot be opened (Permission denied)" in str(error)


def test_a_catalog_that_cannot_be_written(sqlite_file: Path, public_folder: Path) -> None:
    file = Path(shutil.copy(sqlite_file, public_folder))
    file.chmod(0o444)
    public_folder.chmod(0o555)
    known = without_rights(lambda: Catalog.open(file).known_files(REVISION))
    error = without_rights(lambda: Catalog.open(file).record_photos([ingested(1)]))
    public_folder.chmod(0o755)
    assert known == {}
    assert isinstance(error, CatalogError)
    assert str(file) in str(error)


def test_another_program_that_holds_the_lock(sqlite_file: Path) -> None:
    catalog = Catalog(connect(sqlite_file, busy_seconds=0.1))
    with sqlite3.connect(sqlite_file, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(CatalogError, match="has locked the catalog"):
            catalog.record_photos([ingested(1)])
        other.execute("ROLLBACK")
    catalog.record_photos([ingested(1)])


def fill(file: Path) -> tuple[int, AesError | None]:
    """How many photos went in before the error."""
    with Catalog.open(file) as catalog:
        for first in range(0, 20_000, 100):
            try:
                catalog.record_photos([ingested(n) for n in range(first, first + 100)])
            except AesError as error:
                return first, error
    return 20_000, None


def fill_with_a_limit(file: Path) -> tuple[int, AesError | None]:
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
    return fill(file)


def test_a_file_that_may_not_grow_keeps_what_it_has(sqlite_file: Path) -> None:
    stored, error = all_at_once(fill_with_a_limit, [(sqlite_file,)])[0]
    assert type(error) is CatalogError
    assert "stored data is kept" in str(error)
    assert stored > 0
    with Catalog.open(sqlite_file) as catalog:
        assert len(catalog.known_files(REVISION)) == stored
        catalog.record_photos([ingested(50_000)])


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small disk needs root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def test_a_full_disk_keeps_what_was_stored(small_disk: Path) -> None:
    file = small_disk / "catalog.sqlite3"
    stored, error = fill(file)
    assert type(error) is CatalogError
    assert "disk is full" in str(error)
    assert 0 < stored < 20_000
    subprocess.run(["mount", "-o", "remount,size=16m", small_disk], check=True)
    with Catalog.open(file) as catalog:
        assert len(catalog.known_files(REVISION)) == stored
        catalog.record_photos([ingested(n) for n in range(stored, stored + 100)])


def test_a_disk_too_small_for_any_catalog(small_disk: Path) -> None:
    (small_disk / "ballast").write_bytes(bytes(1_000_000))
    with pytest.raises(CatalogError, match="disk is full"):
        Catalog.open(small_disk / "catalog.sqlite3")


def test_pages_that_were_overwritten_are_reported(sqlite_file: Path) -> None:
    with Catalog.open(sqlite_file) as catalog:
        catalog.record_photos([ingested(n) for n in range(500)])
    size = sqlite_file.stat().st_size
    with sqlite_file.open("r+b") as stream:
        stream.seek(size // 2)
        stream.write(b"\xa5" * (size // 2))
    with pytest.raises(CatalogDamaged, match="restore a backup"):
        list(Catalog.open(sqlite_file).entries(REVISION))


def test_an_error_in_a_transaction_takes_all_of_it_back(catalog: Catalog) -> None:
    with pytest.raises(ZeroDivisionError), catalog._database.writing() as connection:
        connection.exec_driver_sql("INSERT INTO users VALUES ('ann', '2026-01-01')")
        raise ZeroDivisionError
    assert catalog.people.users() == []
