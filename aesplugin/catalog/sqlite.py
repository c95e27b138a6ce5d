"""SQLite's own ways: how its file is made, opened, locked and copied, or only read."""

import os
import shutil
import sqlite3
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from aesplugin.catalog import driver_errors
from aesplugin.errors import CatalogError
from aesplugin.paths import hostless_address

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
        raise driver_errors.damaged(str(file), "not an SQLite file")


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
                raise sqlite3.IntegrityError(f"a row of {broken[0]} refers to a missing row")
    finally:
        driver.execute("PRAGMA foreign_keys = ON")


def _run(engine: Engine, statement: str, *values: bytes) -> None:
    with closing(engine.raw_connection()) as pooled:
        assert isinstance(pooled.driver_connection, sqlite3.Connection)
        pooled.driver_connection.execute(statement, values).fetchall()


_LOG, _INDEX, _JOURNAL = "-wal", "-shm", "-journal"  # what SQLite keeps beside a file
_CANNOT = ("SQLITE_CANTOPEN", "SQLITE_READONLY")  # it would have to write there first
_COPIES = 3  # tries, where a writer is at work meanwhile


def why_unwritable(file: Path) -> str | None:
    """Why nothing can be stored in the file that is there; None where it can, or where none is."""
    real = os.path.realpath(file)
    if not os.path.isfile(real):
        return None
    folder = os.path.dirname(real)
    is_open = all(_may_write(real + companion) for companion in (_LOG, _INDEX))
    if _may_write(real) and (_may_write(folder, os.W_OK | os.X_OK) or is_open):
        return None
    if os.statvfs(real).f_flag & os.ST_RDONLY:
        return "it is on a drive that is mounted read-only"
    return f"{'its folder' if _may_write(real) else 'the file'} is write-protected"


class Reader:
    """Opens one file in the way that its companions allow."""

    def __init__(self, file: Path, why: str) -> None:
        """`why` it cannot be written."""
        self.why = why
        self._named = file
        self._file = Path(os.path.realpath(file))
        self._is_frozen = False
        self._lock = threading.Lock()
        self._copy: tempfile.TemporaryDirectory[str] | None = None
        self._copied: list[tuple[int, int] | None] = []  # the stamps of what was copied

    def engine(self) -> Engine:
        """Opens the file anew each time: others may be writing it."""
        return create_engine(
            URL.create("sqlite", database=str(self._named)),
            creator=self.connect,
            poolclass=NullPool,
        )

    def freeze(self) -> None:
        """From now on everything is read from a copy as of now, which may be brought up to date."""
        with self._lock:
            self._private_copy()
            self._is_frozen = True

    def connect(self) -> sqlite3.Connection:
        """A connection that sees what was committed last.

        Without a log or journal nobody has written since, and SQLite may take the file for one
        that never changes: else it would want to make an index of the log beside it. Where it
        needs to write although there is a log, it gets a copy to write to.
        """
        if self._is_frozen:
            return _open(self._private_copy(), "")
        log, index, journal = (self._beside(end) for end in (_LOG, _INDEX, _JOURNAL))
        if not index.exists() and not _size(log) and not _size(journal):
            return _open(self._file, "?immutable=1")
        try:
            return _open(self._file, "?mode=ro")
        except sqlite3.OperationalError as error:
            if not error.sqlite_errorname.startswith(_CANNOT):
                raise
        with self._lock:
            return _open(self._private_copy(), "")

    def _beside(self, companion: str) -> Path:
        return self._file.with_name(self._file.name + companion)

    def _stamps(self) -> list[tuple[int, int] | None]:
        return [_stamp(self._beside(companion)) for companion in ("", _LOG, _JOURNAL)]

    def _private_copy(self) -> Path:
        """A copy of file and log as they are now; the one made before where nothing changed."""
        try:
            for _ in range(_COPIES):
                is_fresh = self._is_frozen or self._copied == self._stamps()
                if self._copy is not None and is_fresh:
                    return Path(self._copy.name) / self._file.name
                self._copied = self._stamps()
                self._copy = tempfile.TemporaryDirectory(prefix="aesplugin-")
                for companion in ("", _LOG, _JOURNAL):
                    source = self._beside(companion)
                    if source.exists():
                        shutil.copyfile(source, Path(self._copy.name) / source.name)
        except OSError as error:
            raise CatalogError(
                f"catalog {self._file} cannot be written, and no copy to read can be made in"
                f" {tempfile.gettempdir()} ({error.strerror}): free some space there, or name"
                " another folder in TMPDIR"
            ) from None
        raise CatalogError(
            f"catalog {self._file} cannot be written, and changes while it is copied: try again"
        )


def _open(file: Path, options: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        hostless_address(file) + options, uri=True, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _may_write(path: str, how: int = os.W_OK) -> bool:
    return os.access(path, how, effective_ids=os.access in os.supports_effective_ids)


def _size(file: Path) -> int:
    stamp = _stamp(file)
    return stamp[0] if stamp else 0


def _stamp(file: Path) -> tuple[int, int] | None:
    try:
        facts = file.stat()
    except OSError:
        return None
    return (facts.st_size, facts.st_mtime_ns)
