"""Insert, or change named columns: never a whole row, so nobody else's columns are wiped."""

from collections.abc import Mapping, Sequence
from enum import Enum, auto
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Insert, Table, func
from sqlalchemy.dialects import sqlite


class Change(Enum):
    """What becomes of a column of a row that is there already."""

    REPLACE = auto()
    REPLACE_IF_GIVEN = auto()  # NULL leaves the old value
    ADD = auto()


def replacing(*names: str) -> dict[str, Change]:
    """These columns take the new values."""
    return dict.fromkeys(names, Change.REPLACE)


def upsert(
    connection: Connection,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    changes: Mapping[str, Change] | None = None,
) -> int:
    """Inserts `rows`; of a row already there, changes the named columns and no other.

    Without `changes` the old row wins. Rows go in by primary key, so that two writers on
    PostgreSQL never wait for each other in a circle. Returns how many rows were inserted or
    changed.
    """
    if not rows:
        return 0
    keys = [column.name for column in table.primary_key]
    ordered = sorted(rows, key=lambda row: [row[key] for key in keys])
    is_sqlite = connection.dialect.name == "sqlite"
    statement = _statement(table, tuple((changes or {}).items()), is_sqlite=is_sqlite)
    # Without the option SQLAlchemy forgets how many rows an INSERT changed.
    done = connection.execute(statement, ordered, execution_options={"preserve_rowcount": True})
    return done.rowcount


@lru_cache(maxsize=64)  # a handful there are; building one costs more than running it
def _statement(table: Table, changes: tuple[tuple[str, Change], ...], *, is_sqlite: bool) -> Insert:
    insert = sqlite.insert(table) if is_sqlite else _postgresql_insert(table)
    keys = list(table.primary_key)
    if not changes:
        return insert.on_conflict_do_nothing(index_elements=keys)
    values: dict[str, Any] = {}
    for name, change in changes:
        old, new = table.c[name], insert.excluded[name]
        match change:
            case Change.REPLACE:
                values[name] = new
            case Change.REPLACE_IF_GIVEN:
                values[name] = func.coalesce(new, old)
            case Change.ADD:
                values[name] = old + new
    return insert.on_conflict_do_update(index_elements=keys, set_=values)


def _postgresql_insert(table: Table) -> Any:
    from sqlalchemy.dialects import postgresql  # with all its drivers: most catalogs are SQLite

    return postgresql.insert(table)
