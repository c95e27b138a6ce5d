"""Runs of decisions taken back and made again: rows move aside and return with their numbers."""

from sqlalchemy import Connection, Table, delete, insert, select, update

from aesplugin.catalog.standing import mend_above
from aesplugin.catalog.tables import decisions, runs, taken_back


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
        mend_above(connection, user, {key for name, key in photos if name == user})
    return len(photos)
