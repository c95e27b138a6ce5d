"""SQL that queries share: long lists in portions, what lies under a folder, upserts."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum, auto
from functools import lru_cache
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Insert, Table, and_
from sqlalchemy.dialects import sqlite

from aesplugin.catalog.tables import files
from aesplugin.paths import native

T = TypeVar("T")
PORTION = 500  # SQLite takes 32,766 variables, PostgreSQL 65,535; short lists plan well


def portions(items: Iterable[T], size: int = PORTION) -> Iterator[list[T]]:
    """`items` in lists of at most `size`."""
    rest = iter(items)
    while portion := list(islice(rest, size)):
        yield portion


def is_under(path: str, folder: str) -> bool:
    """True where `path` lies in `folder`, at any depth. Both as given: nothing is resolved."""
    return path.startswith(_prefix(folder))


def under(folder: str) -> ColumnElement[bool]:
    """The same of `files.path`, as a range its index can answer."""
    return and_(files.c.path >= _prefix(folder), files.c.path < end_of(folder))


def end_of(folder: str) -> str:
    """What sorts after every path in `folder`, and before whatever else does."""
    return folder.rstrip(os.sep) + chr(ord(os.sep) + 1)


def _prefix(folder: str) -> str:
    return native(folder).rstrip(os.sep) + os.sep


class Change(Enum):
    """What becomes of a column of a row that is there already."""

    REPLACE = auto()
    ADD = auto()


def replacing(*names: str) -> dict[str, Change]:
    """These columns take the new values."""
    return dict.fromkeys(names, Change.REPLACE)


def upsert(
    connection: Connection,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    changes: Mapping[str, Change] | None = None,
    *,
    by: Sequence[str] = (),
) -> int:
    """Inserts `rows`; of a row already there, changes the named columns and no other.

    Without `changes` the old row wins. Rows go in by primary key, so that two writers on
    PostgreSQL never wait for each other in a circle. A row is known by it, or by the columns
    `by` of a unique index. Returns how many rows were inserted or changed.
    """
    if not rows:
        return 0
    keys = tuple(by) or tuple(column.name for column in table.primary_key)
    ordered = sorted(rows, key=lambda row: [row[key] for key in keys])
    is_sqlite = connection.dialect.name == "sqlite"
    statement = _statement(table, keys, tuple((changes or {}).items()), is_sqlite=is_sqlite)
    # Without the option SQLAlchemy forgets how many rows an INSERT changed.
    done = connection.execute(statement, ordered, execution_options={"preserve_rowcount": True})
    return done.rowcount


@lru_cache(maxsize=64)  # a handful there are; building one costs more than running it
def _statement(
    table: Table,
    keys: tuple[str, ...],
    changes: tuple[tuple[str, Change], ...],
    *,
    is_sqlite: bool,
) -> Insert:
    insert = sqlite.insert(table) if is_sqlite else _postgresql_insert(table)
    if not changes:
        return insert.on_conflict_do_nothing(index_elements=keys)
    values: dict[str, Any] = {}
    for name, change in changes:
        old, new = table.c[name], insert.excluded[name]
        match change:
            case Change.REPLACE:
                values[name] = new
            case Change.ADD:
                values[name] = old + new
    return insert.on_conflict_do_update(index_elements=keys, set_=values)


def _postgresql_insert(table: Table) -> Any:
    from sqlalchemy.dialects import postgresql  # with all its drivers: most catalogs are SQLite

    return postgresql.insert(table)
