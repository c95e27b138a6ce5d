"""The rows that a person's word adds, or a cull they accept; see `standing.py`."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from aesplugin.catalog.batches import portions
from aesplugin.catalog.records import Marks, Preference
from aesplugin.catalog.rows import WORDS, decision_row, preference_of
from aesplugin.catalog.standing import Top, marks, said, tops
from aesplugin.catalog.tables import decisions, preferences, taken_back
from aesplugin.decision import Choice, Decision, Word


@dataclass(frozen=True, slots=True)
class Row:
    """A decision to add: which fields of it were said, and the cull's run that it is part of.

    Where `cull` is None it is part of the new run, where `words` is None of a cull.
    """

    decision: Decision
    words: tuple[str, ...] | None = None
    cull: int | None = None


@dataclass(frozen=True, slots=True)
class _Known:
    """Of one photo: what was said by hand, what counts, and what was said in `prefer`."""

    own: Marks
    top: Top | None
    rated: Preference | None


def rows_of_word(
    connection: Connection, user: str, content_hashes: Sequence[str], word: Word
) -> dict[str, list[Row]]:
    """What the word adds, by content hash; photos of which it says nothing new are left out."""
    own = marks(connection, user, content_hashes)
    top = tops(connection, user, content_hashes)
    rated = _rated(connection, user, content_hashes)
    found = {}
    for key in content_hashes:
        nothing = Marks(decision=Decision(content_hash=key, user=user))
        known = _Known(own.get(key, nothing), top.get(key), rated.get(key))
        if rows := list(_rows(known, word)):
            found[key] = rows
    return found


def rows_of_cull(
    connection: Connection, user: str, choices: Mapping[str, Choice]
) -> dict[str, list[Row]]:
    """What accepting these picks and rejects adds; photos decided before are left out."""
    top = tops(connection, user, choices)
    found: dict[str, list[Row]] = {}
    for key, choice in choices.items():
        standing = top[key].decision if key in top else Decision(content_hash=key, user=user)
        if choice is not Choice.NONE and standing.choice is Choice.NONE:
            found[key] = [Row(Word(choice=choice).on(standing))]
    return found


def store(connection: Connection, rows: Mapping[str, Sequence[Row]], run_id: int) -> None:
    """Adds them, photo by photo, as parts of the run."""
    made: list[dict[str, Any]] = [
        decision_row(row.decision, row.words) | {"run_id": row.cull or run_id}
        for portion in rows.values()
        for row in portion
    ]
    add(connection, made)


def add(connection: Connection, made: Sequence[Mapping[str, Any]]) -> None:
    """Adds rows of `decisions`; what these people had taken back cannot be made again after it."""
    connection.execute(insert(decisions), made)
    people = {row["user_name"] for row in made}
    connection.execute(delete(taken_back).where(taken_back.c.user_name.in_(people)))


def _rows(known: _Known, word: Word) -> Iterator[Row]:
    old = known.own.decision
    basis = _as_rated(known, word)
    new = word.on(old)
    cull = known.top.cull if known.top else None
    if said(new) == said(basis) and (word.choice is None or cull is None):
        return
    if said(basis) != said(old):
        changed = [name for name in WORDS if getattr(basis, name) != getattr(old, name)]
        yield Row(replace(basis, decided_at=None), tuple(changed))
    yield Row(new, tuple(name for name in WORDS if getattr(word, name) is not None))
    if known.top and cull and word.choice is None:
        yield Row(replace(new, choice=known.top.decision.choice), cull=cull)


def _as_rated(known: _Known, word: Word) -> Decision:
    """What was said by hand, except where `prefer` said otherwise since and the word repeats it.

    Only so is the repetition seen to be the later word.
    """
    old, rated = known.own.decision, known.rated
    if rated is None:
        return old
    if word.stars and word.stars == old.stars and _is_since(rated, known.own.starred_at):
        old = replace(old, stars=rated.rating or old.stars)
    if word.favorite is old.favorite and _is_since(rated, known.own.favored_at):
        old = replace(old, favorite=old.favorite if rated.favorite is None else rated.favorite)
    return old


def _is_since(rated: Preference, moment: datetime | None) -> bool:
    return moment is None or (rated.stated_at is not None and rated.stated_at >= moment)


def _rated(
    connection: Connection, user: str, content_hashes: Collection[str]
) -> dict[str, Preference]:
    found = {}
    for portion in portions(list(content_hashes)):
        query = select(preferences).where(
            preferences.c.user_name == user, preferences.c.content_hash.in_(portion)
        )
        for row in connection.execute(query).mappings():
            found[row["content_hash"]] = preference_of(row)
    return found
