"""Runs of decisions taken back and made again: rows move aside and return with their numbers.

A row repeats what was said before it of the photo. So a run that later words follow changes their
rows too: what they only repeated goes or returns with it, and what they said themselves stays.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Row, Table, delete, insert, select, update

from aesplugin.catalog.batches import portions
from aesplugin.catalog.standing import is_by_hand, mend_above
from aesplugin.catalog.tables import decisions, runs, taken_back

Values = dict[str, object]  # of choice, stars, favorite

_NOTHING: Values = {"choice": "none", "stars": None, "favorite": False}


@dataclass(frozen=True, slots=True)
class _Link:
    """A row by hand; `is_moved` where the run that is undone or redone holds it."""

    row: Row[*tuple[object, ...]]
    stands: bool  # before the move
    is_moved: bool

    @property
    def values(self) -> Values:
        return {name: getattr(self.row, name) for name in _NOTHING}

    def words(self, before: Values) -> Collection[str]:
        """What was said with it. A row from before 0006 does not tell, but differs in it."""
        if self.row.words is not None:
            return str(self.row.words).split(",")
        return [name for name, value in self.values.items() if value != before[name]]


def take_back(connection: Connection, run_id: int) -> int:
    """Moves the run's decisions aside; those before them stand again. Returns how many photos."""
    return _move(connection, run_id, decisions, taken_back)


def bring_back(connection: Connection, run_id: int) -> int:
    """Puts them where they stood, below what stood above them; the run stands again."""
    connection.execute(update(runs).where(runs.c.id == run_id).values(undone_at=None))
    return _move(connection, run_id, taken_back, decisions)


def _move(connection: Connection, run_id: int, source: Table, target: Table) -> int:
    of_run = select(source.c.user_name, source.c.content_hash).where(source.c.run_id == run_id)
    photos = {(row.user_name, row.content_hash) for row in connection.execute(of_run)}
    for user in {name for name, _ in photos}:
        keys = [key for name, key in photos if name == user]
        for chain in _chains(connection, user, keys, run_id):
            _mend_later(connection, chain)
    names = [column.name for column in target.c]
    rows = select(*(source.c[name] for name in names)).where(source.c.run_id == run_id)
    connection.execute(insert(target).from_select(names, rows))
    connection.execute(delete(source).where(source.c.run_id == run_id))
    for user in {name for name, _ in photos}:
        mend_above(connection, user, {key for name, key in photos if name == user})
    return len(photos)


def _chains(
    connection: Connection, user: str, content_hashes: Sequence[str], run_id: int
) -> Iterator[list[_Link]]:
    """Of each photo all rows by hand, those taken back in their places."""
    for portion in portions(content_hashes):
        found: dict[str, list[_Link]] = {key: [] for key in portion}
        for table in (decisions, taken_back):
            of_these = (table.c.user_name == user) & table.c.content_hash.in_(portion)
            for row in connection.execute(select(table).where(of_these, is_by_hand(table))):
                link = _Link(row, stands=table is decisions, is_moved=row.run_id == run_id)
                found[row.content_hash].append(link)
        for chain in found.values():
            yield sorted(chain, key=lambda link: link.row.id)


def _mend_later(connection: Connection, chain: Sequence[_Link]) -> None:
    """Gives each row what stands before it once the run was moved, and its own words."""
    before, after = _NOTHING, _NOTHING
    for link in chain:
        old = link.values
        new = after | {name: old[name] for name in link.words(before)}
        before = old if link.stands else before
        after = new if link.stands != link.is_moved else after
        if new != old:
            table = decisions if link.stands else taken_back
            connection.execute(update(table).where(table.c.id == link.row.id).values(new))
