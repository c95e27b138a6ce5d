"""What stands of a person's decisions: their own words, and a cull's choices above them.

A row says all that stands of a photo, and the newest counts. A row by hand holds what the person
said and never what a cull chose, so the cull's choice, while the person says nothing of it, stands
in a row of the cull's run above theirs. Taking either run back leaves the other's word.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, func, select

from aesplugin.catalog.batches import portions
from aesplugin.catalog.records import Marks, RunKind
from aesplugin.catalog.rows import decision_of
from aesplugin.catalog.tables import decisions, runs
from aesplugin.decision import Choice, Decision

Said = tuple[Choice, int | None, bool]


@dataclass(frozen=True, slots=True)
class Top:
    """The row that counts: its number, and the cull's run it is of, None where it is by hand."""

    id: int
    decision: Decision
    cull: int | None


def said(decision: Decision) -> Said:
    """The words alone, without who and when."""
    return (decision.choice, decision.stars, decision.favorite)


def newest(
    connection: Connection,
    user: str,
    content_hashes: Collection[str] | None = None,
    *,
    by_hand: bool = False,
) -> dict[str, Decision]:
    """The newest decision on each of these photos (on all where None), by content hash."""
    conditions = [_is_by_hand()] if by_hand else []
    if content_hashes is None:
        found = list(_newest(connection, user, *conditions))
    else:
        found = [
            row
            for portion in portions(list(content_hashes))
            for row in _newest(connection, user, decisions.c.content_hash.in_(portion), *conditions)
        ]
    return {row["content_hash"]: decision_of(row) for row in found}


def tops(connection: Connection, user: str, content_hashes: Collection[str]) -> dict[str, Top]:
    """The row that counts of each of these photos; photos without one are left out."""
    found: dict[str, Top] = {}
    culls = set(connection.execute(cull_runs()).scalars())
    for portion in portions(list(content_hashes)):
        for row in _newest(connection, user, decisions.c.content_hash.in_(portion)):
            cull = row["run_id"] if row["run_id"] in culls else None
            found[row["content_hash"]] = Top(row["id"], decision_of(row), cull)
    return found


def marks(
    connection: Connection, user: str, content_hashes: Collection[str] | None = None
) -> dict[str, Marks]:
    """What the person said by hand of these photos (of all where None), by content hash."""
    found: dict[str, Marks] = {}
    for row in _by_hand(connection, user, content_hashes):
        found[row["content_hash"]] = _after(found.get(row["content_hash"]), decision_of(row))
    return found


def _after(before: Marks | None, new: Decision) -> Marks:
    old = Decision(content_hash="", user="") if before is None else before.decision
    starred_at, favored_at = (before.starred_at, before.favored_at) if before else (None, None)
    return Marks(
        decision=new,
        starred_at=starred_at if old.stars == new.stars else new.decided_at,
        favored_at=favored_at if old.favorite == new.favorite else new.decided_at,
    )


def _by_hand(
    connection: Connection, user: str, content_hashes: Collection[str] | None
) -> Iterator[RowMapping]:
    query = select(decisions).where(decisions.c.user_name == user, _is_by_hand())
    query = query.order_by(decisions.c.id)
    if content_hashes is None:
        yield from connection.execute(query).mappings()
        return
    for portion in portions(list(content_hashes)):
        of_these = query.where(decisions.c.content_hash.in_(portion))
        yield from connection.execute(of_these).mappings()


def _newest(
    connection: Connection, user: str, *conditions: ColumnElement[bool]
) -> Iterator[RowMapping]:
    last = (
        select(func.max(decisions.c.id))
        .where(decisions.c.user_name == user, *conditions)
        .group_by(decisions.c.content_hash)
    )
    yield from connection.execute(select(decisions).where(decisions.c.id.in_(last))).mappings()


def _is_by_hand() -> ColumnElement[bool]:
    """Of no cull's run."""
    return decisions.c.run_id.is_(None) | decisions.c.run_id.not_in(cull_runs())


def cull_runs() -> Select[int]:
    """The numbers of the culls' runs."""
    return select(runs.c.id).where(runs.c.kind == RunKind.CULL.value)
