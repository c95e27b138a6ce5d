"""Each step of a page once, however often it is sent: what its id was taken for."""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, select, update

from aesplugin.catalog.records import StepName
from aesplugin.catalog.rows import now
from aesplugin.catalog.sql_helpers import portions, upsert
from aesplugin.catalog.tables import steps


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


def run_named(connection: Connection, names: Sequence[StepName]) -> int | None:
    """The run of the first of these steps that stored anything; None where none did."""
    for name in names:
        run_id = name if isinstance(name, int) else run_of(connection, name)
        if run_id is not None:
            return run_id
    return None


def names_of(connection: Connection, run_ids: Collection[int]) -> dict[int, StepName]:
    """What a page may call each of these runs: the step it came as, else the run's number."""
    found: dict[int, StepName] = {run_id: run_id for run_id in run_ids}
    for portion in portions(list(run_ids)):
        query = (
            select(steps.c.run_id, steps.c.id)
            .where(steps.c.run_id.in_(portion))
            .order_by(steps.c.taken_at.desc())  # the first one made it
        )
        found |= {run_id: name for run_id, name in connection.execute(query) if run_id is not None}
    return found
