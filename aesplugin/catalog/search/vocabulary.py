"""Which words photos have: asked of one catalog, each question a short transaction."""

from aesplugin.catalog.engine import Database
from aesplugin.catalog.search.conditions import anything_has, has_index
from aesplugin.catalog.search.query import Term
from aesplugin.catalog.search.spelling import nearest


class Vocabulary:
    """The catalog's methods behind the spelling of a search."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def has(self, model_revision: str, term: Term) -> bool:
        """Whether any photo has what was typed, scored or not, readable or not."""
        with self._database.reading() as connection:
            return anything_has(connection, model_revision, term)

    def nearest(self, word: str) -> list[str]:
        """Known words that differ from it by one or two letters; the nearest first."""
        with self._database.reading() as connection:
            return nearest(connection, word)

    def is_indexed(self) -> bool:
        """Whether words are looked up: an SQLite without FTS5 reads all texts.

        So does PostgreSQL, which is quick at it.
        """
        with self._database.reading() as connection:
            return connection.dialect.name != "sqlite" or has_index(connection)
