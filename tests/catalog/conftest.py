"""Every test that asks for `catalog` or `target` runs on SQLite and on PostgreSQL."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.tables import metadata
from tests.servers import PostgresServer, postgres_server

_EMPTY, _READY = "empty", "ready"  # databases of the test server: making one takes a second
_NO_TABLES = ("DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
_NO_ROWS = f"TRUNCATE {', '.join(metadata.tables)} RESTART IDENTITY"


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    with postgres_server() as server:
        server.run(f"CREATE DATABASE {_EMPTY}", f"CREATE DATABASE {_READY}")
        Catalog.open(server.url(_READY)).close()
        yield server


@pytest.fixture(scope="session")
def ready_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("ready") / "catalog.sqlite3"
    Catalog.open(file).close()
    return file


@pytest.fixture(params=["sqlite", "postgresql"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a catalog can be opened; nothing is there yet."""
    if request.param == "sqlite":
        return str(tmp_path / "catalog.sqlite3")
    server: PostgresServer = request.getfixturevalue("postgres")
    server.run(*_NO_TABLES, database=_EMPTY)
    return server.url(_EMPTY)


@pytest.fixture(params=["sqlite", "postgresql"])
def ready(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an empty catalog is."""
    if request.param == "sqlite":
        file: Path = request.getfixturevalue("ready_file")
        return str(shutil.copy(file, tmp_path / "catalog.sqlite3"))
    server: PostgresServer = request.getfixturevalue("postgres")
    server.run(_NO_ROWS, database=_READY)
    return server.url(_READY)


@pytest.fixture
def catalog(ready: str) -> Iterator[Catalog]:
    """An empty catalog."""
    with Catalog.open(ready) as opened:
        yield opened


@pytest.fixture
def sqlite_file(ready_file: Path, tmp_path: Path) -> Path:
    """An empty catalog on SQLite."""
    return Path(shutil.copy(ready_file, tmp_path / "catalog.sqlite3"))


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """A folder that processes without rights can reach."""
    with tempfile.TemporaryDirectory(prefix="aes-") as name:
        Path(name).chmod(0o755)
        yield Path(name)
