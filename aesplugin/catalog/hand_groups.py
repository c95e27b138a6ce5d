"""Groups that a person made or changed: which photos are one, whatever grouping finds."""

from collections.abc import Collection, Sequence

from sqlalchemy import insert, select

from aesplugin.catalog.decision_log import supersede
from aesplugin.catalog.engine import Database
from aesplugin.catalog.people import know_users, require_photos
from aesplugin.catalog.records import RunKind
from aesplugin.catalog.runs import close_run, open_run
from aesplugin.catalog.steps import is_first, note_run, run_of
from aesplugin.catalog.tables import hand_groups, runs

HandGroup = tuple[int, int]
"""Names one: the run that made it, and which part of what that run made it is."""


class HandGroups:
    """The catalog's methods about them; they hold for everybody."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> dict[str, HandGroup]:
        """Content hash → the group the photo was last put into, of the runs that stand."""
        query = (
            select(hand_groups.c.content_hash, hand_groups.c.run_id, hand_groups.c.part)
            .join(runs, runs.c.id == hand_groups.c.run_id)
            .where(runs.c.undone_at.is_(None))
            .order_by(hand_groups.c.id)
        )
        with self._database.reading() as connection:
            return {key: (run_id, part) for key, run_id, part in connection.execute(query)}

    def mark(self) -> tuple[int, ...]:
        """Changes whenever one is made, taken back or made again."""
        query = select(runs.c.id).where(runs.c.kind == RunKind.GROUP, runs.c.undone_at.is_(None))
        with self._database.reading() as connection:
            return tuple(connection.execute(query.order_by(runs.c.id)).scalars())

    def store(
        self,
        user: str,
        parts: Sequence[Collection[str]],
        *,
        note: str,
        step: str | None = None,
    ) -> int | None:
        """Each part is one group from now on, as one run; returns its number.

        A `step` that was taken before changes nothing; its run is returned.

        Raises:
            UsageError: no usable name; nothing is stored then.
            UnknownPhoto: a photo is not in the catalog; nothing is stored then.
        """
        with self._database.writing() as connection:
            if not is_first(connection, step):
                return run_of(connection, step)
            require_photos(connection, {key for keys in parts for key in keys})
            know_users(connection, {user})
            run_id = open_run(connection, RunKind.GROUP, note)
            rows = [
                {"run_id": run_id, "user_name": user, "part": part, "content_hash": key}
                for part, keys in enumerate(parts)
                for key in keys
            ]
            connection.execute(insert(hand_groups), rows)
            supersede(connection, {user})
            close_run(connection, run_id)
            note_run(connection, step, run_id)
            return run_id
