"""Runs: changes made together, with what is needed to undo them."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CompoundSelect,
    Connection,
    Row,
    Select,
    delete,
    exists,
    insert,
    select,
    union,
    update,
)

from aesplugin.catalog.engine import Database
from aesplugin.catalog.judgements import holds_decisions, newest, photos_of
from aesplugin.catalog.records import History, PublishItem, Run, RunKind, StepName, Turn
from aesplugin.catalog.rows import now
from aesplugin.catalog.sql_helpers import upsert
from aesplugin.catalog.steps import is_first, names_of, note_run, run_named, run_of
from aesplugin.catalog.tables import hand_groups, judgements, publish_items, runs
from aesplugin.errors import UsageError

_NAMED = 200  # of the newest runs the page gets the ids: as many as one request may send again


class Runs:
    """The catalog's methods about runs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, kind: RunKind, note: str = "") -> int:
        """Opens a run and returns its number; `note` says what it is, for people."""
        with self._database.writing() as connection:
            return open_run(connection, kind, note)

    def finish(self, run_id: int) -> None:
        """Notes that the run came to its end.

        Raises:
            UsageError: there is no such run.
        """
        with self._database.writing() as connection:
            close_run(connection, run_id)

    def find(self, run_id: int) -> Run:
        """One run.

        Raises:
            UsageError: there is no such run.
        """
        with self._database.reading() as connection:
            row = connection.execute(select(runs).where(runs.c.id == run_id)).first()
            if row is None:
                raise _unknown(run_id)
            return _run_of(row, _users(connection, run_id))

    def latest(self, kind: RunKind, limit: int = 20) -> list[Run]:
        """The newest runs of a kind, the last first."""
        query = select(runs).where(runs.c.kind == kind.value).order_by(runs.c.id.desc())
        with self._database.reading() as connection:
            return [_run_of(row) for row in connection.execute(query.limit(limit))]

    def standing(self, user: str | None = None, *, note_end: str = "", limit: int = 1) -> list[Run]:
        """The newest runs that still hold decisions (of `user`, with such a note), the last first.

        A run that holds none, for it was taken back or stored nothing, is no step to take back.
        """
        with self._database.reading() as connection:
            return _standing(connection, user, note_end, limit=limit)

    def history(self, user: str, *, note_end: str, limit: int = 500) -> History:
        """These runs as a page names them: the next to take back, and the next to make again.

        Ids are told of the newest only: one that a page still has to send again is among them.
        """
        standing, undone = _standing_runs(user, note_end), _taken_back_runs(user, note_end)
        with self._database.reading() as connection:
            newest = [run.id for run in connection.execute(standing.limit(limit))]
            oldest = [run.id for run in connection.execute(undone.limit(limit))]
            names = names_of(connection, {*newest[:_NAMED], *oldest[-_NAMED:]})
        return History(
            standing=tuple(names.get(run_id, run_id) for run_id in reversed(newest)),
            taken_back=tuple(names.get(run_id, run_id) for run_id in oldest),
        )

    def of_step(self, step: str) -> int | None:
        """The run that a step made, took back or made again; None where it changed nothing."""
        with self._database.reading() as connection:
            return run_of(connection, step)

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
                "found_at": item.found_at,
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
            return [_item_of(row) for row in connection.execute(query)]

    def last_to_write(
        self, path: str, after_hash: str, content_hash: str | None = None
    ) -> PublishItem | None:
        """The newest run's record of a file that still holds what it wrote, or put back.

        Of a sidecar that was moved with its photo too, where the photo's `content_hash` is given.
        """
        is_it = publish_items.c.path == path
        if content_hash is not None:
            is_it |= publish_items.c.content_hash == content_hash
        query = select(publish_items).where(is_it).order_by(publish_items.c.run_id.desc())
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        for row in sorted(rows, key=lambda one: one.path != path):
            put_back = hashlib.sha256(row.before or b"").hexdigest()
            if after_hash in (row.after_hash, put_back, row.put_back_hash):
                return _item_of(row)
        return None

    def note_put_back(
        self, run_id: int, path: str, put_back_hash: str, *, found_at: datetime | None
    ) -> None:
        """Notes what taking back is about to write where others wrote since, and when they did."""
        of_file = (publish_items.c.run_id == run_id, publish_items.c.path == path)
        with self._database.writing() as connection:
            connection.execute(
                update(publish_items)
                .where(*of_file)
                .values(put_back_hash=put_back_hash, found_at=found_at)
            )

    def withdraw_published(self, run_id: int, path: str) -> bool:
        """Forgets a file that a run announced and could not write; True if the run wrote others.

        A run that has none left is none: it is forgotten as well.
        """
        ours = publish_items.c.run_id == run_id
        with self._database.writing() as connection:
            connection.execute(delete(publish_items).where(ours, publish_items.c.path == path))
            if connection.execute(select(exists().where(ours))).scalar_one():
                return True
            connection.execute(delete(runs).where(runs.c.id == run_id))
            return False

    def written_over(self, run_id: int) -> tuple[int, str] | None:
        """The last standing run after this one that wrote a file of it, and that file."""
        later = publish_items.alias()
        query = (
            select(later.c.run_id, later.c.path)
            .join(publish_items, publish_items.c.path == later.c.path)
            .join(runs, runs.c.id == later.c.run_id)
            .where(publish_items.c.run_id == run_id, later.c.run_id > run_id)
            .where(runs.c.undone_at.is_(None))
            .order_by(later.c.run_id.desc(), later.c.path)
            .limit(1)
        )
        with self._database.reading() as connection:
            row = connection.execute(query).first()
            return None if row is None else (row.run_id, row.path)

    def undo_decisions(self, run_id: int) -> int:
        """Takes the run's decisions or groups back; those before stand again. Returns how many.

        What was said by hand after the run stays.

        Raises:
            UsageError: there is no such run.
        """
        with self._database.writing() as connection:
            held = _held_decisions(connection, run_id)
            _stamp(connection, run_id, "undone_at")
            return held

    def undo_last(
        self,
        user: str,
        *,
        note_end: str,
        step: str | None = None,
        of: Sequence[StepName] | None = None,
    ) -> Turn | None:
        """Takes back the newest run of `user` with such a note; None where there is none.

        With `of` no other than the first of these steps that stored anything, if it still stands.
        A `step` that was taken before changes nothing.
        """
        with self._database.writing() as connection:
            if not is_first(connection, step):
                return _taken_before(connection, user, step)
            only = None if of is None else (run_named(connection, of),)
            run = next(iter(_standing(connection, user, note_end, limit=1, only=only)), None)
            if run is None:
                return None
            photos = photos_of(connection, run.id)
            before = newest(connection, user, photos)
            _stamp(connection, run.id, "undone_at")
            note_run(connection, step, run.id)
            return Turn(run=run, before=before, after=newest(connection, user, photos))

    def redo_last(
        self,
        user: str,
        *,
        note_end: str,
        step: str | None = None,
        of: Sequence[StepName] | None = None,
    ) -> Turn | None:
        """Makes the run again that was taken back last, if nothing was said since; else as above.

        Of several that were taken back the oldest goes first: in the order they were made.
        """
        with self._database.writing() as connection:
            if not is_first(connection, step):
                return _taken_before(connection, user, step)
            query = _taken_back_runs(user, note_end).limit(1)
            if of is not None:
                query = query.where(runs.c.id == run_named(connection, of))
            row = connection.execute(query).first()
            if row is None:
                return None
            photos = photos_of(connection, row.id)
            before = newest(connection, user, photos)
            connection.execute(update(runs).where(runs.c.id == row.id).values(undone_at=None))
            note_run(connection, step, row.id)
            return Turn(
                run=_run_of(row, (user,)), before=before, after=newest(connection, user, photos)
            )

    def mark_undone(self, run_id: int) -> None:
        """Notes that what the run published was put back.

        Raises:
            UsageError: there is no such run.
        """
        with self._database.writing() as connection:
            _stamp(connection, run_id, "undone_at")


def open_run(connection: Connection, kind: RunKind, note: str) -> int:
    """A new run's number, within a change that is under way."""
    row = {"kind": kind.value, "note": note, "started_at": now()}
    return connection.execute(insert(runs).returning(runs.c.id), row).scalar_one()


def close_run(connection: Connection, run_id: int) -> None:
    """Notes that the run came to its end.

    Raises:
        UsageError: there is no such run.
    """
    _stamp(connection, run_id, "finished_at")


def _standing(
    connection: Connection,
    user: str | None,
    note_end: str,
    *,
    limit: int,
    only: Sequence[int | None] | None = None,
) -> list[Run]:
    query = _standing_runs(user, note_end).limit(limit)
    if only is not None:
        query = query.where(runs.c.id.in_(only))
    rows = connection.execute(query).all()
    return [_run_of(row, _users(connection, row.id)) for row in rows]


def _standing_runs(user: str | None, note_end: str) -> Select[*tuple[Any, ...]]:
    """Runs that hold decisions (of `user`) and were not taken back, the last first."""
    held = holds_decisions(None if user is None else [user])
    ends_so = runs.c.note.endswith(note_end, autoescape=True)
    query = select(runs).where(held, runs.c.undone_at.is_(None), ends_so)
    return query.order_by(runs.c.id.desc())


def _taken_back_runs(user: str, note_end: str) -> Select[*tuple[Any, ...]]:
    """Runs of `user` that can be made again, the first first."""
    can_return = runs.c.undone_at.is_not(None) & runs.c.superseded_at.is_(None)
    ends_so = runs.c.note.endswith(note_end, autoescape=True)
    return select(runs).where(can_return, holds_decisions([user]), ends_so).order_by(runs.c.id)


def _taken_before(connection: Connection, user: str, step: str | None) -> Turn | None:
    """What stands of the photos of the run that the step changed when it first came."""
    run_id = run_of(connection, step)
    row = connection.execute(select(runs).where(runs.c.id == run_id)).first()
    if row is None:
        return None
    now_standing = newest(connection, user, photos_of(connection, row.id))
    return Turn(run=_run_of(row, (user,)), before=now_standing, after=now_standing)


def _held_decisions(connection: Connection, run_id: int) -> int:
    """On how many photos a run holds decisions or groups, each person's apart; none once undone."""
    return len(connection.execute(_held(run_id, "user_name", "content_hash")).all())


def _stamp(connection: Connection, run_id: int, column: str) -> None:
    changed = connection.execute(update(runs).where(runs.c.id == run_id).values({column: now()}))
    if not changed.rowcount:
        raise _unknown(run_id)


def _item_of(row: Row[*tuple[object, ...]]) -> PublishItem:
    return PublishItem(
        path=row.path,
        before=row.before,
        after_hash=row.after_hash,
        content_hash=row.content_hash,
        found_at=row.found_at,
    )


def _unknown(run_id: int) -> UsageError:
    return UsageError(f"there is no run {run_id}")


def _users(connection: Connection, run_id: int) -> tuple[str, ...]:
    return tuple(sorted(connection.execute(_held(run_id, "user_name")).scalars()))


def _held(run_id: int, *columns: str) -> CompoundSelect[*tuple[Any, ...]]:
    """Of what a run holds, as long as it stands; the same once."""
    return union(
        *(
            select(*(rows.c[name] for name in columns))
            .join(runs, runs.c.id == rows.c.run_id)
            .where(rows.c.run_id == run_id, runs.c.undone_at.is_(None))
            for rows in (judgements, hand_groups)
        )
    )


def _run_of(row: Row[*tuple[object, ...]], users: tuple[str, ...] = ()) -> Run:
    return Run(
        id=row.id,
        kind=RunKind(row.kind),
        note=row.note,
        started_at=row.started_at,
        finished_at=row.finished_at,
        undone_at=row.undone_at,
        users=users,
    )
