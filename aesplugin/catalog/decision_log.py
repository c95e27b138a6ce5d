"""The rows that a person's new words add to `judgements`, beside what stands (see there)."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, update

from aesplugin.catalog.judgements import (
    BY_HAND,
    CULL,
    Top,
    holds_decisions,
    marks,
    ratings,
    tops,
)
from aesplugin.catalog.records import Marks, Preference
from aesplugin.catalog.rows import judgement_row, now
from aesplugin.catalog.tables import judgements, runs
from aesplugin.decision import Choice, Decision, Word

DecisionMarks = tuple[Choice, int | None, bool]


def marks_of(decision: Decision) -> DecisionMarks:
    """The words alone, without who and when."""
    return (decision.choice, decision.stars or None, decision.favorite)


@dataclass(frozen=True, slots=True)
class _Known:
    """Of one photo: what was decided by hand, what stands, and how it was rated in `prefer`."""

    own: Marks
    top: Top | None
    rated: Preference | None


def rows_of_change(
    connection: Connection, user: str, said: Mapping[str, Word]
) -> dict[str, list[dict[str, Any]]]:
    """What the words add, by content hash; nothing where they say nothing new of any photo.

    A photo of which one says what stands is among them otherwise: this is then the later word,
    which stays when an earlier run is taken back.
    """
    own = marks(connection, user, said)
    top = tops(connection, user, said)
    rated = ratings(connection, user, said)
    found, is_news = {}, False
    for key, word in said.items():
        nothing = Marks(decision=Decision(content_hash=key, user=user))
        known = _Known(own.get(key, nothing), top.get(key), rated.get(key))
        words = list(_words(known, word))
        is_news |= bool(words)
        found[key] = [judgement_row(user, key, one, BY_HAND) for one in words or [word]]
    return found if is_news else {}


def rows_of_cull(
    connection: Connection, user: str, choices: Mapping[str, Choice]
) -> dict[str, list[dict[str, Any]]]:
    """What accepting these picks and rejects adds; photos decided before are left out."""
    top = tops(connection, user, choices)
    return {
        key: [judgement_row(user, key, Word(choice=choice), CULL)]
        for key, choice in choices.items()
        if choice is not Choice.NONE and (key not in top or top[key].decision.choice is Choice.NONE)
    }


def rows_of_keep(
    connection: Connection, user: str, picks: Sequence[str], rejects: Sequence[str]
) -> dict[str, list[dict[str, Any]]]:
    """What picking some frames by hand and rejecting the others adds.

    The picks hold whatever was decided before; of the rejects those decided before are left out,
    and what is picked too.
    """
    top, kept = tops(connection, user, rejects), set(picks)
    open_ = [
        key
        for key in dict.fromkeys(rejects)
        if key not in kept and (key not in top or top[key].decision.choice is Choice.NONE)
    ]
    return {
        **rows_of_change(connection, user, dict.fromkeys(picks, Word(choice=Choice.PICK))),
        **rows_of_change(connection, user, dict.fromkeys(open_, Word(choice=Choice.REJECT))),
    }


def add(
    connection: Connection, rows: Sequence[Mapping[str, Any]], run_id: int | None = None
) -> None:
    """Adds decisions, of a run or of none."""
    connection.execute(insert(judgements), [{**row, "run_id": run_id} for row in rows])
    supersede(connection, {row["user_name"] for row in rows})


def supersede(connection: Connection, users: Collection[str]) -> None:
    """What these people had taken back cannot be made again: they did something else since."""
    undone = runs.c.undone_at.is_not(None) & runs.c.superseded_at.is_(None)
    theirs = holds_decisions(users)
    connection.execute(update(runs).where(undone, theirs).values(superseded_at=now()))


def _words(known: _Known, word: Word) -> Iterator[Word]:
    """What is to be noted: the word, where it says anything new."""
    old = known.own.decision
    basis = _as_rated(known, word)
    new = word.on(old)
    is_culls = known.top is not None and known.top.is_culls
    is_known = word.choice is None or not (is_culls or _is_contradicted(known, word.choice))
    if marks_of(new) == marks_of(basis) and is_known:
        return
    if marks_of(basis) != marks_of(old):
        yield Word(
            stars=basis.stars if basis.stars != old.stars else None,
            favorite=basis.favorite if basis.favorite != old.favorite else None,
        )
    yield word


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


def _is_contradicted(known: _Known, choice: Choice) -> bool:
    """A sidecar chose otherwise since."""
    rated = known.rated
    if rated is None or rated.choice in (None, choice):
        return False
    return _is_since(rated, known.own.chosen_at)


def _is_since(rated: Preference, moment: datetime | None) -> bool:
    return moment is None or (rated.stated_at is not None and rated.stated_at >= moment)
