"""Runs of decisions taken back and made again: rows move aside and return with their numbers.

A row says all that stands of a photo, so it repeats what was said before it. Once a run has moved,
the rows above it are gone through: what they only repeated goes or returns with it, and what they
said themselves stays.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, insert, select, update

from aesplugin.catalog.batches import portions
from aesplugin.catalog.rows import WORDS
from aesplugin.catalog.standing import cull_runs
from aesplugin.catalog.tables import decisions, runs, taken_back

_NOTHING = ("none", None, False)  # of choice, stars, favorite: as in WORDS


@dataclass(frozen=True, slots=True)
class _Mends:
    """What has to change in the rows that stand."""

    values: list[dict[str, Any]] = field(default_factory=list)
    added: list[dict[str, Any]] = field(default_factory=list)
    surplus: list[int] = field(default_factory=list)

    def change(self, row: Any, values: Sequence[Any]) -> None:
        if _values(row) != values:
            self.values.append({"of_row": row.id, **dict(zip(WORDS, values, strict=True))})

    def add_above(self, row: Any, values: Sequence[Any], cull: int) -> None:
        """The cull's choice over this row, as of then."""
        said = {"run_id": cull, "words": None, **dict(zip(WORDS, values, strict=True))}
        kept = ("user_name", "content_hash", "decided_at")
        self.added.append({name: getattr(row, name) for name in kept} | said)

    def write(self, connection: Connection) -> None:
        if self.values:
            changed: dict[str, Any] = {name: bindparam(name) for name in WORDS}
            of_row = update(decisions).where(decisions.c.id == bindparam("of_row"))
            connection.execute(of_row.values(changed), self.values)
        if self.added:
            connection.execute(insert(decisions), self.added)
        for portion in portions(self.surplus):
            connection.execute(delete(decisions).where(decisions.c.id.in_(portion)))


def take_back(connection: Connection, run_id: int) -> int:
    """Moves the run's decisions aside; those before them stand again. Returns how many photos."""
    return _move(connection, run_id, decisions, taken_back)


def bring_back(connection: Connection, run_id: int) -> int:
    """Puts them where they stood, below what stood above them; the run stands again."""
    connection.execute(update(runs).where(runs.c.id == run_id).values(undone_at=None))
    return _move(connection, run_id, taken_back, decisions)


def _move(connection: Connection, run_id: int, source: Table, target: Table) -> int:
    names = [column.name for column in target.c]
    rows = select(*(source.c[name] for name in names)).where(source.c.run_id == run_id)
    connection.execute(insert(target).from_select(names, rows))
    moved = delete(source).where(source.c.run_id == run_id)
    told = connection.execute(moved.returning(source.c.user_name, source.c.content_hash))
    photos = {(row.user_name, row.content_hash) for row in told}
    for user in {name for name, _ in photos}:
        _mend(connection, user, [key for name, key in photos if name == user])
    return len(photos)


def _mend(connection: Connection, user: str, content_hashes: Sequence[str]) -> None:
    """Lets each row that stands of these photos repeat what stands before it now."""
    culls, mends = set(connection.execute(cull_runs()).scalars()), _Mends()
    for portion in portions(content_hashes):
        query = select(decisions).where(
            decisions.c.user_name == user, decisions.c.content_hash.in_(portion)
        )
        rows = connection.execute(query.order_by(decisions.c.content_hash, decisions.c.id))
        for _, of_photo in groupby(rows, key=lambda row: row.content_hash):
            _mend_photo(list(of_photo), culls, mends)
    mends.write(connection)


def _mend_photo(rows: list[Any], culls: Collection[int], mends: _Mends) -> None:
    """Goes through the rows of one photo; the cull whose choice was said last has the newest.

    A cull's first row is where it chose. Its others carry the choice over words said since.
    """
    by_hand: Sequence[Any] = _NOTHING
    chosen, first = None, {}
    for row in rows:
        if row.run_id in culls:
            if row.run_id not in first:
                chosen = first[row.run_id] = row
            continue
        said = WORDS if row.words is None else row.words.split(",")
        pairs = zip(WORDS, _values(row), by_hand, strict=True)
        by_hand = tuple(own if name in said else before for name, own, before in pairs)
        chosen = None if "choice" in said else chosen
        mends.change(row, by_hand)
    run_id = chosen.run_id if chosen else None
    while rows and rows[-1].run_id in culls and rows[-1].run_id != run_id:
        mends.surplus.append(rows.pop().id)
    if chosen is None:
        return
    stands = (chosen.choice, *by_hand[1:])
    if rows[-1].run_id == run_id:
        mends.change(rows[-1], stands)
    else:
        mends.add_above(rows[-1], stands, chosen.run_id)


def _values(row: Any) -> tuple[Any, ...]:
    return row.choice, row.stars, row.favorite
