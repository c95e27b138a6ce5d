"""Each step of a page once, however often it is sent: what its id was taken for."""

from sqlalchemy import Connection, select, update

from aesplugin.catalog.rows import now
from aesplugin.catalog.tables import steps
from aesplugin.catalog.upsert import upsert


def is_first(connection: Connection, step: str | None) -> bool:
    """Notes the step within the change it is part of; False where it was taken before.

    Without an id every step is a new one. A second writer of the same id waits for the first.
    """
    if step is None:
        return True
    return upsert(connection, steps, [{"id": step, "taken_at": now()}]) > 0


def note_run(connection: Connection, step: str | None, run_id: int) -> None:
    """Notes which run the step made, took back or made again."""
    if step is not None:
        connection.execute(update(steps).where(steps.c.id == step).values(run_id=run_id))


def run_of(connection: Connection, step: str | None) -> int | None:
    """That run; None where the step changed nothing."""
    return connection.execute(select(steps.c.run_id).where(steps.c.id == step)).scalar()
