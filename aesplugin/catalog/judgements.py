"""What stands of all that a person said: the one place that derives it from `judgements`.

Rows are only added. Of each field (choice, stars, favourite) the row counts that said it last,
by the row's number; the rows of a run that was taken back do not count. Decisions and ratings are
read apart, for they have different lives: a decision can be undone, and is what the person wants
of the photo; a rating only teaches their taste, and can be forgotten.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Row, Select, exists, func, or_, select

from aesplugin.catalog.records import Marks, Preference, RunKind
from aesplugin.catalog.sql_helpers import portions
from aesplugin.catalog.tables import hand_groups, judgements, runs
from aesplugin.decision import Choice, Decision

BY_HAND, CULL = RunKind.DECIDE.value, RunKind.CULL.value
DECISIONS = (BY_HAND, CULL)
"""The sources of decisions; every other source is a rating's."""

_READ = tuple(
    judgements.c[name]
    for name in ("content_hash", "id", "choice", "stars", "favorite", "source", "stated_at")
)


@dataclass(frozen=True, slots=True)
class Top:
    """What was decided of a photo, and whether its choice is an accepted proposal of a cull."""

    decision: Decision
    is_culls: bool


def in_effect() -> ColumnElement[bool]:
    """Of no run that was taken back."""
    undone = select(runs.c.id).where(runs.c.undone_at.is_not(None))
    return judgements.c.run_id.is_(None) | judgements.c.run_id.not_in(undone)


def newest(
    connection: Connection,
    user: str,
    content_hashes: Collection[str] | None = None,
    *,
    by_hand: bool = False,
) -> dict[str, Decision]:
    """What was decided of each of these photos (of all where None), by content hash."""
    sources = (BY_HAND,) if by_hand else DECISIONS
    found = _folded(connection, user, content_hashes, sources)
    return {key: one.decision(key, user) for key, one in found.items()}


def tops(
    connection: Connection, user: str, content_hashes: Collection[str] | None = None
) -> dict[str, Top]:
    """As `newest`, and whose choice it is."""
    found = _folded(connection, user, content_hashes, DECISIONS)
    return {key: Top(one.decision(key, user), one.is_culls) for key, one in found.items()}


def marks(
    connection: Connection, user: str, content_hashes: Collection[str] | None = None
) -> dict[str, Marks]:
    """What the person decided by hand of these photos (of all where None), by content hash."""
    found = _folded(connection, user, content_hashes, (BY_HAND,))
    return {
        key: Marks(
            decision=one.decision(key, user),
            chosen_at=one.chosen_at,
            starred_at=one.starred_at,
            favored_at=one.favored_at,
        )
        for key, one in found.items()
    }


def ratings(
    connection: Connection, user: str, content_hashes: Collection[str] | None = None
) -> dict[str, Preference]:
    """What the person rated of these photos (of all where None), by content hash."""
    found: dict[str, Preference] = {}
    for row in _rows(connection, user, content_hashes, is_rating()):
        key = row.content_hash
        word = Preference(
            content_hash=key,
            rating=row.stars,
            favorite=row.favorite,
            source=row.source,
            stated_at=row.stated_at,
            choice=Choice(row.choice) if row.choice else None,
        )
        found[key] = after(found.get(key), word)
    return found


def after(before: Preference | None, word: Preference) -> Preference:
    """A later rating over an earlier one: what it does not tell stays.

    One whose choice is "none" takes an earlier choice back, and the rating that was read from it.
    """
    if word.choice is Choice.NONE:
        word = replace(word, choice=None)
        before = replace(before, rating=None, choice=None) if before and before.choice else before
    if before is None:
        return word
    return replace(
        word,
        rating=before.rating if word.rating is None else word.rating,
        choice=before.choice if word.rating is None else word.choice,
        favorite=before.favorite if word.favorite is None else word.favorite,
    )


def is_rating() -> ColumnElement[bool]:
    """A rating, which teaches the person's taste; no decision."""
    return judgements.c.source.not_in(DECISIONS)


def decided(
    user: str, field: Column[Any], condition: ColumnElement[bool], *, as_of: int | None = None
) -> Select[str]:
    """The photos of which what was decided in this field fulfils the condition.

    With `as_of` only rows up to this number are counted.
    """
    last = (
        select(func.max(judgements.c.id))
        .where(judgements.c.user_name == user, field.is_not(None))
        .where(judgements.c.source.in_(DECISIONS), in_effect())
        .group_by(judgements.c.content_hash)
    )
    if as_of is not None:
        last = last.where(judgements.c.id <= as_of)
    return select(judgements.c.content_hash).where(judgements.c.id.in_(last), condition)


def photos_of(connection: Connection, run_id: int, *, standing: bool = False) -> list[str]:
    """The photos a run decided about; with `standing` none once it was taken back."""
    query = select(judgements.c.content_hash).where(judgements.c.run_id == run_id).distinct()
    return list(connection.execute(query.where(in_effect()) if standing else query).scalars())


def holds_decisions(users: Collection[str] | None = None) -> ColumnElement[bool]:
    """Of a run: it holds decisions or groups (of one of `users`), whether it stands or not."""
    held = [exists().where(rows.c.run_id == runs.c.id) for rows in (judgements, hand_groups)]
    if users is not None:
        held = [
            one.where(rows.c.user_name.in_(users))
            for one, rows in zip(held, (judgements, hand_groups), strict=True)
        ]
    return or_(*held)


class _Folded:
    """One photo's decisions, put one over the other."""

    __slots__ = (
        *("choice", "stars", "favorite", "is_culls"),
        *("number", "at", "chosen_at", "starred_at", "favored_at"),
    )

    def __init__(self) -> None:
        self.number = 0  # of the last row
        self.choice: str = Choice.NONE.value
        self.stars: int | None = None
        self.favorite = False
        self.is_culls = False
        self.at: datetime | None = None
        self.chosen_at: datetime | None = None  # when it was said last
        self.starred_at: datetime | None = None  # since when they are these stars
        self.favored_at: datetime | None = None

    def add(self, row: Row[*tuple[Any, ...]]) -> None:
        """A later row."""
        _, self.number, choice, stars, favorite, source, self.at = row
        if choice is not None:
            self.choice, self.is_culls, self.chosen_at = choice, source == CULL, self.at
        if stars is not None and (stars or None) != self.stars:
            self.stars, self.starred_at = stars or None, self.at
        if favorite is not None and favorite != self.favorite:
            self.favorite, self.favored_at = favorite, self.at

    def decision(self, content_hash: str, user: str) -> Decision:
        """What stands of the photo."""
        return Decision(
            content_hash=content_hash,
            user=user,
            choice=Choice(self.choice),
            stars=self.stars,
            favorite=self.favorite,
            decided_at=self.at,
        )


def _folded(
    connection: Connection,
    user: str,
    content_hashes: Collection[str] | None,
    sources: tuple[str, ...],
) -> dict[str, _Folded]:
    """In the order they were decided last: so messages tell of them."""
    found: dict[str, _Folded] = {}
    condition = judgements.c.source.in_(sources) & in_effect()
    for row in _rows(connection, user, content_hashes, condition):
        one = found.get(row[0])
        if one is None:
            one = found[row[0]] = _Folded()
        one.add(row)
    return dict(sorted(found.items(), key=lambda item: item[1].number))


def _rows(
    connection: Connection,
    user: str,
    content_hashes: Collection[str] | None,
    condition: ColumnElement[bool],
) -> Iterator[Row[*tuple[Any, ...]]]:
    """What the person said, photo by photo, each in the order it was said."""
    query = select(*_READ).where(judgements.c.user_name == user, condition)
    query = query.order_by(judgements.c.content_hash, judgements.c.id)
    if content_hashes is None:
        yield from connection.execute(query)
        return
    for portion in portions(list(content_hashes)):
        yield from connection.execute(query.where(judgements.c.content_hash.in_(portion)))
