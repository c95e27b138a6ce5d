"""A query as SQL: from the word index where few photos have the words, else row by row.

Without an index (PostgreSQL, or an SQLite without FTS5) the texts themselves are read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    column,
    exists,
    false,
    func,
    literal_column,
    not_,
    or_,
    select,
    table,
    text,
)

from aesplugin.catalog.search.index import NO_MODEL
from aesplugin.catalog.search.query import Phrase, Query, Term
from aesplugin.catalog.search.texts import pattern
from aesplugin.catalog.tables import searchable

INDEX = "search_index"
_DENSE = 0.2  # share of rows; beyond it the first few are found quicker by looking at each
_index = table(INDEX, column("rowid"))


class Part(Enum):
    """Matches in the order that `Order.MATCH` shows them."""

    WHOLE = auto()  # every word whole in what is shown: content, names, camera, date
    REST = auto()


def has_index(connection: Connection) -> bool:
    """Whether SQLite keeps a word index of this catalog."""
    if connection.dialect.name != "sqlite":
        return False
    query = text("SELECT 1 FROM sqlite_master WHERE name = :name")
    return connection.execute(query, {"name": INDEX}).first() is not None


def fulfils(
    connection: Connection,
    key: ColumnElement[str],
    revision: str,
    query: Query,
    part: Part | None = None,
    *,
    walks: bool = False,
) -> list[ColumnElement[bool]]:
    """What the column of content hashes `key` has to fulfil.

    `walks`: photos are asked about one after another, until a window is full.
    """
    if not query.terms:
        return [false()]
    asked = _Asked(connection, key, revision, query, walks)
    match part:
        case None:
            return [asked.has(whole=False)]
        case Part.WHOLE:
            return [asked.has(whole=True)]
        case Part.REST:
            return [asked.has(whole=False), not_(asked.has(whole=True))]


def anything_has(connection: Connection, revision: str, term: Term) -> bool:
    """Whether any photo has this, scored or not."""
    rows = select(searchable.c.id).where(
        searchable.c.model_revision.in_((revision, NO_MODEL)),
        *_in_rows(Query((term,)), whole=False, indexed=has_index(connection)),
    )
    return connection.execute(rows.limit(1)).first() is not None


@dataclass(frozen=True, slots=True)
class _Asked:
    connection: Connection
    key: ColumnElement[str]
    revision: str
    query: Query
    walks: bool

    def has(self, *, whole: bool) -> ColumnElement[bool]:
        """In the way that is quickest for so many."""
        of_model = searchable.c.model_revision == self.revision
        contents = select(searchable.c.content_hash).where(of_model)
        indexed, wanted = has_index(self.connection), self.query.wanted
        if indexed:
            count, every = self._count(whole=whole)
            each = _in_rows(self.query, whole=whole, indexed=False)
            if self.walks and count > _DENSE * every and not (wanted and self.query.unwanted):
                return exists().where(searchable.c.content_hash == self.key, of_model, *each)
            if count > every / 2:
                return self.key.not_in(contents.where(not_(and_(*each))))
        return self.key.in_(contents.where(*_in_rows(self.query, whole=whole, indexed=indexed)))

    def _count(self, *, whole: bool) -> tuple[int, int]:
        """How many rows have what is wanted, of how many."""
        every = self.connection.execute(select(func.max(searchable.c.id))).scalar() or 0
        if not self.query.wanted:
            return every, every
        count = select(func.count()).select_from(_index)
        matches = count.where(_matches(self.query.wanted, whole=whole))
        return self.connection.execute(matches).scalar_one(), every


def _in_rows(query: Query, *, whole: bool, indexed: bool) -> list[ColumnElement[bool]]:
    """What a row of `searchable` has to fulfil; exclusion always asks all of its text."""
    if not indexed:
        wanted = [_reads(term, whole=whole) for term in query.wanted]
        return [*wanted, *(not_(_reads(term, whole=False)) for term in query.unwanted)]
    conditions: list[ColumnElement[bool]] = []
    if query.wanted:
        rows = select(_index.c.rowid).where(_matches(query.wanted, whole=whole))
        conditions.append(searchable.c.id.in_(rows))
    for term in query.unwanted:
        rows = select(_index.c.rowid).where(_matches([term], whole=False))
        conditions.append(searchable.c.id.not_in(rows))
    return conditions


def _reads(term: Term, *, whole: bool) -> ColumnElement[bool]:
    columns = [searchable.c.shown] if whole else [searchable.c.shown, searchable.c.told]
    phrases = _whole(term) if whole else term.phrases
    return or_(*(one.contains(pattern(phrase)) for phrase in phrases for one in columns))


def _matches(terms: Sequence[Term], *, whole: bool) -> ColumnElement[bool]:
    """FTS5's own language; phrases hold words of letters, digits and signs alone."""
    asked = " AND ".join(
        f"({' OR '.join(map(_quoted, _whole(term) if whole else term.phrases))})" for term in terms
    )
    asked = f"{{shown}} : ({asked})" if whole else asked
    return literal_column(INDEX).op("MATCH")(asked)


def _quoted(phrase: Phrase) -> str:
    return f'"{" ".join(phrase.words)}"' + ("*" if phrase.begins else "")


def _whole(term: Term) -> list[Phrase]:
    return [Phrase(phrase.words) for phrase in term.phrases]
