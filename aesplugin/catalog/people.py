"""What people said: ratings that teach their taste, and decisions that nothing overrides."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict

from sqlalchemy import Connection, delete, select

from aesplugin.catalog.assessments import held_photos
from aesplugin.catalog.batches import portions
from aesplugin.catalog.engine import Database
from aesplugin.catalog.records import Marks, Preference, Reading, RunKind
from aesplugin.catalog.rows import decision_row, now, preference_of, preference_row
from aesplugin.catalog.runs import close_run, open_run
from aesplugin.catalog.saying import Row, add, rows_of_cull, rows_of_word, store
from aesplugin.catalog.standing import Top, marks, newest, said, tops
from aesplugin.catalog.steps import is_first, note_run, run_of
from aesplugin.catalog.tables import preferences, sidecar_readings, users
from aesplugin.catalog.upsert import Change, replacing, upsert
from aesplugin.decision import Choice, Decision, Word
from aesplugin.errors import UnknownPhoto, UsageError

_MAX_NAME = 200
_PREFERENCE = replacing("source", "stated_at") | {
    "rating": Change.REPLACE_IF_GIVEN,
    "favorite": Change.REPLACE_IF_GIVEN,
}


class People:
    """The catalog's methods about people; a user exists from the first word said."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def users(self) -> list[str]:
        """Everybody who said something, by name."""
        with self._database.reading() as connection:
            return list(connection.execute(select(users.c.name).order_by(users.c.name)).scalars())

    def prefer(self, user: str, items: Sequence[Preference]) -> None:
        """Stores what `user` said of photos; a None in an item leaves the earlier word.

        Raises:
            UsageError: no usable name, or a rating outside 1..5.
            UnknownPhoto: a photo is not in the catalog; nothing is stored then.
        """
        rows = {item.content_hash: preference_row(user, item) for item in items}
        with self._database.writing() as connection:
            _require_photos(connection, rows)
            _know(connection, {user})
            upsert(connection, preferences, list(rows.values()), _PREFERENCE)

    def preferences(self, user: str) -> list[Preference]:
        """What `user` said, the latest first."""
        query = (
            select(preferences)
            .where(preferences.c.user_name == user)
            .order_by(preferences.c.stated_at.desc(), preferences.c.content_hash)
        )
        with self._database.reading() as connection:
            return [preference_of(row) for row in connection.execute(query).mappings()]

    def forget(self, user: str, content_hashes: Collection[str] | None = None) -> int:
        """Deletes the user's words on these photos, or all of them; returns how many."""
        said, read = (
            delete(table).where(table.c.user_name == user)
            for table in (preferences, sidecar_readings)
        )
        with self._database.writing() as connection:
            if content_hashes is None:
                connection.execute(read)
                return connection.execute(said).rowcount
            count = 0
            for portion in portions(list(content_hashes)):
                connection.execute(read.where(sidecar_readings.c.content_hash.in_(portion)))
                of_these = said.where(preferences.c.content_hash.in_(portion))
                count += connection.execute(of_these).rowcount
            return count

    def readings(self, user: str) -> dict[str, Reading]:
        """What `user`'s sidecars said when they were read last, by content hash."""
        table = sidecar_readings
        query = select(table.c.content_hash, table.c.rating, table.c.written_at)
        with self._database.reading() as connection:
            rows = connection.execute(query.where(table.c.user_name == user))
            return {
                key: Reading(content_hash=key, rating=rating, written_at=written_at)
                for key, rating, written_at in rows
            }

    def note_readings(self, user: str, items: Sequence[Reading]) -> None:
        """Keeps what was read of `user`'s sidecars now.

        Raises:
            UsageError: no usable name.
        """
        rows = [asdict(item) | {"user_name": user} for item in items]
        with self._database.writing() as connection:
            _know(connection, {user})
            upsert(connection, sidecar_readings, rows, replacing("rating", "written_at"))

    def say(
        self,
        user: str,
        content_hashes: Sequence[str],
        word: Word,
        *,
        note: str,
        step: str | None = None,
    ) -> int | None:
        """Stores a person's word on photos as one run and returns its number.

        None, and no run, where all of it was said before. `note` follows the number of photos. A
        `step` that was taken before changes nothing; its run is returned.

        Raises:
            UsageError: no usable name, or stars outside 0..5; nothing is stored then.
            UnknownPhoto: a photo is not in the catalog; nothing is stored then.
        """
        keys = list(dict.fromkeys(content_hashes))
        with self._database.writing() as connection:
            if not is_first(connection, step):
                return run_of(connection, step)
            _require_photos(connection, keys)
            _know(connection, {user})
            rows = rows_of_word(connection, user, keys, word)
            return _store(connection, rows, RunKind.DECIDE, note, step)

    def accept(
        self, user: str, choices: Mapping[str, Choice], *, note: str, step: str | None = None
    ) -> int | None:
        """Stores a cull's picks and rejects, by content hash, as decisions of `user`, one run.

        What the person decided before stays. Otherwise as `say`.
        """
        with self._database.writing() as connection:
            if not is_first(connection, step):
                return run_of(connection, step)
            _require_photos(connection, choices)
            _know(connection, {user})
            rows = rows_of_cull(connection, user, choices)
            return _store(connection, rows, RunKind.CULL, note, step)

    def decide(self, items: Sequence[Decision], *, run_id: int | None = None) -> int:
        """Stores whole decisions, as part of a run where one is given; returns how many are new.

        Raises:
            UsageError: no usable name, or stars outside 0..5.
            UnknownPhoto: a photo is not in the catalog; nothing is stored then.
        """
        rows = [decision_row(item) | {"run_id": run_id} for item in items]
        with self._database.writing() as connection:
            _require_photos(connection, {item.content_hash for item in items})
            names = {item.user for item in items}
            _know(connection, names)
            standing = {
                name: tops(connection, name, {i.content_hash for i in items if i.user == name})
                for name in names
            }
            new = [
                row
                for item, row in zip(items, rows, strict=True)
                if not _repeats(item, standing[item.user].get(item.content_hash))
            ]
            if new:
                add(connection, new)
        return len(new)

    def decisions(self, user: str, *, by_hand: bool = False) -> dict[str, Decision]:
        """What `user` decided, by content hash: the newest word on each photo.

        With `by_hand` what accepted a cull's proposals is left out: a taste is learnt from a
        person, never from the machine.
        """
        with self._database.reading() as connection:
            return newest(connection, user, by_hand=by_hand)

    def marks(self, user: str) -> dict[str, Marks]:
        """What `user` decided by hand, by content hash, and when they said it."""
        with self._database.reading() as connection:
            return marks(connection, user)


def _store(
    connection: Connection,
    rows: Mapping[str, Sequence[Row]],
    kind: RunKind,
    note: str,
    step: str | None,
) -> int | None:
    if not rows:
        return None
    run_id = open_run(connection, kind, f"{len(rows)} photos, {note}")
    store(connection, rows, run_id)
    close_run(connection, run_id)
    note_run(connection, step, run_id)
    return run_id


def _repeats(item: Decision, top: Top | None) -> bool:
    """True where the person said so already (a second delivery, a second click)."""
    return top is not None and top.cull is None and said(top.decision) == said(item)


def _know(connection: Connection, names: Collection[str]) -> None:
    for name in names:
        if not 0 < len(name.strip()) <= _MAX_NAME or not name.isprintable():
            raise UsageError(f"{name!r} is no user's name: 1 to {_MAX_NAME} printable characters")
    upsert(connection, users, [{"name": name, "created_at": now()} for name in names])


def _require_photos(connection: Connection, content_hashes: Collection[str]) -> None:
    unknown = set(content_hashes) - held_photos(connection, content_hashes)
    if unknown:
        raise UnknownPhoto(f"photo {min(unknown)} is not in the catalog: score it first")
