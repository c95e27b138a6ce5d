"""The connection to SQLite or PostgreSQL; with `sqlite_file` and `upsert`, all that knows which."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from sqlite3 import Error as SqliteError

from sqlalchemy import URL, Connection, Engine, create_engine, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from aesplugin.catalog import driver_errors, sqlite
from aesplugin.catalog.mounts import MOUNT_TABLE, network_file_system
from aesplugin.catalog.sqlite import Reader, why_unwritable
from aesplugin.errors import CatalogError, NetworkDriveRefused

BUSY_SECONDS = 30.0  # how long a writer waits for another one
_SCHEMA_LOCK = 0x61657370  # "aesp": PostgreSQL's advisory lock while the schema changes


class Database:
    """One database; transactions on it are short and end in our own errors.

    Not to be shared with forked processes: each opens its own.
    """

    def __init__(self, engine: Engine, *, reader: Reader | None = None) -> None:
        """`reader` opens a file that can only be read."""
        self._engine = engine
        self._reader = reader
        self._is_sqlite = engine.dialect.name == "sqlite"

    @property
    def name(self) -> str:
        """The file, or the URL without its password: for messages."""
        url = self._engine.url
        return str(url.database) if self._is_sqlite else url.render_as_string(hide_password=True)

    @property
    def file(self) -> Path | None:
        """The file, where the database is one."""
        return Path(str(self._engine.url.database)) if self._is_sqlite else None

    @property
    def unwritable(self) -> str | None:
        """Why it can only be read; None where it can be written."""
        return self._reader.why if self._reader else None

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database."""
        with self._explained(), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that has the write lock from its start; rolled back on any error."""
        self.check_writable()
        with self._explained(), self._engine.connect() as connection:
            connection = connection.execution_options(**{sqlite.WRITES: True})
            with connection.begin():
                yield connection

    @contextmanager
    def changing_schema(self) -> Iterator[Connection]:
        """As `writing`, for one process at a time and without enforcing foreign keys."""
        with self._explained(), self._engine.connect() as connection:
            if self._is_sqlite:
                with sqlite.changing_schema(connection):
                    yield connection
                return
            with connection.begin():
                connection.execute(text(f"SELECT pg_advisory_xact_lock({_SCHEMA_LOCK})"))
                yield connection

    def check_writable(self) -> None:
        """Raises CatalogError where it can only be read."""
        if self.unwritable:
            raise driver_errors.unwritable(self.name, self.unwritable)

    def read_from_copy(self) -> None:
        """What can only be read is read from a private copy as of now, which may be upgraded."""
        if self._reader is not None:
            with self._explained():
                self._reader.freeze()

    def create_file(self) -> None:
        """Creates the SQLite file and its folder where absent; nothing for a server.

        Raises:
            CatalogDamaged: the file is something else.
            CatalogError: it cannot be created or opened.
        """
        if self._is_sqlite:
            with self._explained():
                sqlite.create(self._engine)

    def let_readers_beside_a_writer(self) -> None:
        """Turns SQLite's write-ahead log on; a server needs nothing."""
        if self._is_sqlite:
            with self._explained():
                sqlite.use_write_ahead_log(self._engine)

    def back_up(self, target: Path) -> None:
        """Copies the SQLite file as last committed to `target`, even while a writer is at work."""
        with self._explained():
            sqlite.back_up(self._engine, target)

    def close(self) -> None:
        """Gives all connections back; the database can be used again afterwards."""
        self._engine.dispose()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (DBAPIError, SqliteError) as error:
            raise driver_errors.explain(error, self.name) from error
        except PoolTimeout:
            raise CatalogError(
                f"catalog {self.name}: too many threads use it at once; try again"
            ) from None


def connect(
    target: str | Path, *, mount_table: Path = MOUNT_TABLE, busy_seconds: float = BUSY_SECONDS
) -> Database:
    """A file path or a database URL → a database; nothing is created or opened yet.

    Raises:
        NetworkDriveRefused: the file would lie on a network file system.
        CatalogError: not a database we can use, or its driver is not installed.
    """
    if isinstance(target, str) and "://" in target:
        url = _checked(target)
    else:
        url = URL.create("sqlite", database=str(target))
    if url.get_backend_name() == "sqlite":
        return _connect_file(Path(str(url.database)), mount_table, busy_seconds)
    try:
        return Database(create_engine(url, pool_pre_ping=True))
    except ModuleNotFoundError as error:
        raise CatalogError(
            f"PostgreSQL needs the package {error.name}: pip install 'aesplugin[postgres]'"
        ) from None


def _checked(target: str) -> URL:
    scheme, _, rest = target.partition("://")
    if scheme in ("postgres", "postgresql"):
        target = f"postgresql+psycopg://{rest}"
    with suppress(ArgumentError, ValueError):
        url = make_url(target)
        if url.drivername == "postgresql+psycopg" or (scheme == "sqlite" and url.database):
            return url
    raise CatalogError(
        f"catalogs in {scheme}://… are not supported: give the path of a file, or"
        " postgresql+psycopg://user@host/name"
    )


def _connect_file(named: Path, mount_table: Path, busy_seconds: float) -> Database:
    file = named.expanduser().absolute()
    kind = network_file_system(file, mount_table)
    if kind is not None:
        raise NetworkDriveRefused(
            f"catalog {file} lies on a network drive ({kind}), where SQLite can be damaged: put it"
            " on a local disk (the photos may stay), or use PostgreSQL"
        )
    if why := why_unwritable(file):
        reader = Reader(file, why)
        engine = reader.engine()
        sqlite.prepare(engine)
        return Database(engine, reader=reader)
    return Database(sqlite.engine_for(file, busy_seconds))
