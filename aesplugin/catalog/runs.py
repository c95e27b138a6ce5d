"""Runs: changes made together, with what is needed to undo them."""

from collections.abc import Sequence

from sqlalchemy import Connection, Row, delete, insert, select, update

from aesplugin.catalog.engine import Database
from aesplugin.catalog.records import PublishItem, Run, RunKind
from aesplugin.catalog.rows import now
from aesplugin.catalog.tables import decisions, publish_items, runs
from aesplugin.catalog.upsert import upsert
from aesplugin.errors import UsageError


class Runs:
    """The catalog's methods about runs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, kind: RunKind, note: str = "") -> int:
        """Opens a run and returns its number; `note` says what it is, for people."""
        row = {"kind": kind.value, "note": note, "started_at": now()}
        with self._database.writing() as connection:
            return connection.execute(insert(runs).returning(runs.c.id), row).scalar_one()

    def finish(self, run_id: int) -> None:
        """Notes that the run came to its end.

        Raises:
            UsageError: there is no such run.
        """
        with self._database.writing() as connection:
            _stamp(connection, run_id, "finished_at")

    def find(self, run_id: int) -> Run:
        """One run.

        Raises:
            UsageError: there is no such run.
        """
        with self._database.reading() as connection:
            row = connection.execute(select(runs).where(runs.c.id == run_id)).first()
        if row is None:
            raise _unknown(run_id)
        return _run_of(row)

    def latest(self, kind: RunKind, limit: int = 20) -> list[Run]:
        """The newest runs of a kind, the last first."""
        query = select(runs).where(runs.c.kind == kind.value).order_by(runs.c.id.desc())
        with self._database.reading() as connection:
            return [_run_of(row) for row in connection.execute(query.limit(limit))]

    def record_published(self, run_id: int, items: Sequence[PublishItem]) -> None:
        """Stores what a run is about to write, before it writes: the first record of a path stays.

        Raises:
            CatalogError: there is no such run.
        """
        rows = [
            {
                "run_id": run_id,
                "path": item.path,
                "content_hash": item.content_hash,
                "before": item.before,
                "after_hash": item.after_hash,
                "written_at": now(),
            }
            for item in items
        ]
        with self._database.writing() as connection:
            upsert(connection, publish_items, rows)

    def published(self, run_id: int) -> list[PublishItem]:
        """What a run wrote, ordered by path."""
        query = (
            select(publish_items)
            .where(publish_items.c.run_id == run_id)
            .order_by(publish_items.c.path)
        )
        with self._database.reading() as connection:
            return [
                PublishItem(
                    path=row.path,
                    before=row.before,
                    after_hash=row.after_hash,
                    content_hash=row.content_hash,
                )
                for row in connection.execute(query)
            ]

    def undo_decisions(self, run_id: int) -> int:
        """Takes the run's decisions back; those before them stand again. Returns how many.

        Decisions made after the run stay.

        Raises:
            UsageError: there is no such run.
        """
        with self._database.writing() as connection:
            _stamp(connection, run_id, "undone_at")
            return connection.execute(
                delete(decisions).where(decisions.c.run_id == run_id)
            ).rowcount

    def mark_undone(self, run_id: int) -> None:
        """Notes that what the run published was put back.

        Raises:
            UsageError: there is no such run.
        """
        with self._database.writing() as connection:
            _stamp(connection, run_id, "undone_at")


def _stamp(connection: Connection, run_id: int, column: str) -> None:
    changed = connection.execute(update(runs).where(runs.c.id == run_id).values({column: now()}))
    if not changed.rowcount:
        raise _unknown(run_id)


def _unknown(run_id: int) -> UsageError:
    return UsageError(f"there is no run {run_id}")


def _run_of(row: Row[*tuple[object, ...]]) -> Run:
    return Run(
        id=row.id,
        kind=RunKind(row.kind),
        note=row.note,
        started_at=row.started_at,
        finished_at=row.finished_at,
        undone_at=row.undone_at,
    )
