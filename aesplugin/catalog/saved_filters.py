"""Filters of the gallery that people keep under a name."""

from sqlalchemy import Connection, delete, func, select

from aesplugin.catalog.engine import Database
from aesplugin.catalog.people import know_users
from aesplugin.catalog.rows import now
from aesplugin.catalog.sql_helpers import replacing, upsert
from aesplugin.catalog.tables import saved_filters
from aesplugin.errors import UsageError

_MOST = 100  # of a person: all of them stand on the page


class SavedFilters:
    """The catalog's methods about them; `query` is that of the gallery's address."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, user: str) -> dict[str, str]:
        """The queries that `user` keeps, by name, in alphabetical order."""
        columns = saved_filters.c
        query = select(columns.name, columns.query).where(columns.user_name == user)
        with self._database.reading() as connection:
            found = {row[0]: row[1] for row in connection.execute(query)}
        return dict(sorted(found.items(), key=lambda item: item[0].casefold()))

    def save(self, user: str, name: str, query: str) -> str | None:
        """Keeps a query under a name; returns the one that it replaces, if any.

        Raises:
            UsageError: no usable name of a user, or too many are kept.
        """
        row = {"user_name": user, "name": name, "query": query, "saved_at": now()}
        with self._database.writing() as connection:
            know_users(connection, {user})
            before = _query(connection, user, name)
            if before is None and _count(connection, user) >= _MOST:
                raise UsageError(f"{_MOST} filters are saved: delete one first")
            upsert(connection, saved_filters, [row], replacing("query", "saved_at"))
        return before

    def delete(self, user: str, name: str) -> str | None:
        """Forgets a name; returns its query, None where there was none."""
        columns = saved_filters.c
        with self._database.writing() as connection:
            before = _query(connection, user, name)
            gone = delete(saved_filters).where(columns.user_name == user, columns.name == name)
            connection.execute(gone)
        return before


def _query(connection: Connection, user: str, name: str) -> str | None:
    columns = saved_filters.c
    query = select(columns.query).where(columns.user_name == user, columns.name == name)
    return connection.execute(query).scalar()


def _count(connection: Connection, user: str) -> int:
    query = select(func.count()).where(saved_filters.c.user_name == user)
    return connection.execute(query).scalar_one()
