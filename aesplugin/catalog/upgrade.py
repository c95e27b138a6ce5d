"""Makes a database a catalog: creates it, or brings an older one up to date behind a backup."""

import logging
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from aesplugin.catalog import driver_errors, migrations
from aesplugin.catalog.engine import Database
from aesplugin.catalog.search import index
from aesplugin.catalog.tables import SCHEMA_REVISION, searchable
from aesplugin.errors import CatalogTooNew

SCRIPTS = Path(migrations.__file__).parent

_log = logging.getLogger(__name__)


def prepare(database: Database, revision: str = SCHEMA_REVISION, scripts: Path = SCRIPTS) -> None:
    """Makes `database` a catalog of `revision`; does nothing where it is one already.

    Several processes may do so at once. An older SQLite catalog is first copied beside itself,
    as ``<name>.<old revision>.backup``, and the copy is kept. Of one that cannot be written a
    private copy is brought up to date and read.

    Raises:
        CatalogDamaged: something else is there, or it is corrupt; it is left as it is.
        CatalogTooNew: written by a newer release.
        CatalogError: it cannot be created, read or written.
    """
    if not database.unwritable:
        database.create_file()
    with database.reading() as connection:
        found = _revision_of(connection, database)
    if not database.unwritable:
        database.let_readers_beside_a_writer()  # only now: a foreign file stays as it is
    if found == revision:
        return
    database.read_from_copy()
    with database.changing_schema() as connection:
        if _revision_of(connection, database) != revision:  # nobody did it while we waited
            _upgrade(connection, database, revision=revision, scripts=scripts)


def _revision_of(connection: Connection, database: Database) -> str | None:
    """The revision the database says it has; None where it is empty."""
    tables = inspect(connection).get_table_names()
    if "alembic_version" in tables and {"photos", "assessments"} <= set(tables):
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        if found is not None:
            return str(found)
    if tables:
        raise driver_errors.damaged(
            database.name, f"it has a table {min(tables)!r} but no revision"
        )
    return None


def _upgrade(connection: Connection, database: Database, *, revision: str, scripts: Path) -> None:
    from alembic import command  # here: most commands never need it
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.attributes["connection"] = connection
    found = _revision_of(connection, database)
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise CatalogTooNew(
            f"catalog {database.name} has revision {found}, which this release does not know:"
            " update aesplugin, or name another catalog"
        )
    if found is not None:
        _back_up(database, found)
    command.upgrade(config, revision)
    if inspect(connection).has_table(searchable.name):  # also where its words are now others
        index.refill(connection)


def _back_up(database: Database, revision: str) -> None:
    file = database.file
    if file is None or database.unwritable:
        return  # a server's database has its own backups, and what is not written needs none
    target, number = file.with_name(f"{file.name}.{revision}.backup"), 1
    while target.exists():
        number += 1
        target = file.with_name(f"{file.name}.{revision}-{number}.backup")
    database.back_up(target)
    _log.info("copied the catalog to %s before upgrading it", target)
