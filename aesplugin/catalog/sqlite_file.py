"""SQLite's own ways: how its file is made, opened, locked and copied."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.pool import ConnectionPoolEntry

from aesplugin.catalog import faults
from aesplugin.errors import CatalogError

WRITES = "aes_writes"  # execution option: the transaction begins by taking the write lock
_HEADER = b"SQLite format 3\0"
_ON_CONNECT = (
    "PRAGMA foreign_keys = ON",
    "PRAGMA synchronous = NORMAL",  # under WAL a crash costs no consistency (sqlite.org/wal.html)
)


def engine_for(file: Path, busy_seconds: float) -> Engine:
    """An engine on `file`, whose transactions we begin ourselves."""
    engine = create_engine(
        URL.create("sqlite", database=str(file)),
        # No isolation level: the driver would begin late, and never with the write lock.
        connect_args={"timeout": busy_seconds, "isolation_level": None},
    )
    prepare(engine)
    return engine


def prepare(engine: Engine) -> None:
    """Has every connection and transaction of `engine` begin our way."""
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)


def _on_connect(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
    for statement in _ON_CONNECT:
        connection.execute(statement)


def _on_begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def create(engine: Engine) -> None:
    """Creates file and folder where absent; refuses what is no SQLite file."""
    file = Path(str(engine.url.database))
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("ab+") as stream:
            stream.seek(0)
            header = stream.read(len(_HEADER))
    except OSError as error:
        raise CatalogError(
            f"catalog {file} cannot be opened ({error.strerror}): name another file with --catalog"
            " or the setting `catalog`"
        ) from None
    if header and header != _HEADER:
        raise faults.damaged(str(file), "no SQLite file")


def use_write_ahead_log(engine: Engine) -> None:
    """Readers beside one writer; the mode stays with the file.

    The switch needs the file alone, and SQLite does not wait for that: we do.
    """
    for pause in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 4.0):
        try:
            _run(engine, "PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorname != "SQLITE_BUSY":
                raise
            time.sleep(pause)
        else:
            return
    _run(engine, "PRAGMA journal_mode = WAL")


def back_up(engine: Engine, target: Path) -> None:
    """Copies the last committed state to `target`, which must not exist; leaves no half copy."""
    part = target.with_name(f"{target.name}.part")
    part.unlink(missing_ok=True)
    try:
        # As bytes: a folder's name may not be UTF-8, and the driver binds no such text.
        _run(engine, "VACUUM INTO CAST(? AS TEXT)", bytes(part))
        part.rename(target)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def changing_schema(connection: Connection) -> Iterator[None]:
    """A write transaction in which tables may be rebuilt; references are checked at its end.

    Enforced foreign keys would empty the tables that refer to one being rebuilt
    (sqlite.org/lang_altertable.html, section 7).
    """
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    driver.execute("PRAGMA foreign_keys = OFF")
    try:
        connection.execution_options(**{WRITES: True})
        with connection.begin():
            yield
            broken = driver.execute("PRAGMA foreign_key_check").fetchone()
            if broken is not None:
                raise sqlite3.IntegrityError(f"a row of {broken[0]} refers to nothing")
    finally:
        driver.execute("PRAGMA foreign_keys = ON")


def _run(engine: Engine, statement: str, *values: bytes) -> None:
    with closing(engine.raw_connection()) as pooled:
        assert isinstance(pooled.driver_connection, sqlite3.Connection)
        pooled.driver_connection.execute(statement, values).fetchall()
