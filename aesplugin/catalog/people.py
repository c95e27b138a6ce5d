"""What people said: ratings that teach their taste, and decisions that nothing overrides."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, insert, select

from aesplugin.catalog.assessments import held_photos
from aesplugin.catalog.decision_log import (
    add,
    marks_of,
    rows_of_change,
    rows_of_cull,
    rows_of_keep,
)
from aesplugin.catalog.engine import Database
from aesplugin.catalog.judgements import (
    BY_HAND,
    CULL,
    Top,
    after,
    is_rating,
    marks,
    newest,
    ratings,
    tops,
)
from aesplugin.catalog.records import Marks, Preference, Reading, RunKind
from aesplugin.catalog.rows import judgement_row, now, rating_row
from aesplugin.catalog.runs import close_run, open_run
from aesplugin.catalog.sql_helpers import portions, replacing, upsert
from aesplugin.catalog.steps import is_first, note_run, run_of
from aesplugin.catalog.tables import judgements, runs, sidecar_readings, users
from aesplugin.counting import counted
from aesplugin.decision import Choice, Decision, Word
from aesplugin.errors import UnknownPhoto, UsageError

_MAX_NAME = 200


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
        rows = {item.content_hash: rating_row(user, item) for item in items}
        words = {item.content_hash: item for item in items}
        with self._database.writing() as connection:
            require_photos(connection, rows)
            know_users(connection, {user})
            rated = ratings(connection, user, rows)
            new = [  # the words of a sidecar come again at every reading
                row
                for key, row in rows.items()
                if key not in rated or after(rated[key], words[key]) != rated[key]
            ]
            if new:
                connection.execute(insert(judgements), new)

    def preferences(
        self, user: str, content_hashes: Collection[str] | None = None
    ) -> list[Preference]:
        """How `user` rated these photos (all of them where None), the latest first."""
        with self._database.reading() as connection:
            found = ratings(connection, user, content_hashes)
        by_hash = [found[key] for key in sorted(found)]
        return sorted(by_hash, key=lambda word: word.stated_at or now(), reverse=True)

    def forget(self, user: str, content_hashes: Collection[str] | None = None) -> int:
        """Deletes the user's ratings of these photos, or all of them; returns of how many."""
        rated = [judgements.c.user_name == user, is_rating()]
        read = [sidecar_readings.c.user_name == user]
        with self._database.writing() as connection:
            if content_hashes is None:
                connection.execute(delete(sidecar_readings).where(*read))
                return _forget(connection, *rated)
            count = 0
            for portion in portions(list(content_hashes)):
                of_these = sidecar_readings.c.content_hash.in_(portion)
                connection.execute(delete(sidecar_readings).where(*read, of_these))
                count += _forget(connection, *rated, judgements.c.content_hash.in_(portion))
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
            know_users(connection, {user})
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
        return self.say_each(user, dict.fromkeys(content_hashes, word), note=note, step=step)

    def say_each(
        self, user: str, words: Mapping[str, Word], *, note: str, step: str | None = None
    ) -> int | None:
        """The same with a word of its own for each photo, by content hash."""
        with self._database.writing() as connection:
            if not is_first(connection, step):
                return run_of(connection, step)
            require_photos(connection, words)
            know_users(connection, {user})
            rows = rows_of_change(connection, user, words)
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
            require_photos(connection, choices)
            know_users(connection, {user})
            rows = rows_of_cull(connection, user, choices)
            return _store(connection, rows, RunKind.CULL, note, step)

    def keep(
        self,
        user: str,
        picks: Sequence[str],
        rejects: Sequence[str],
        *,
        note: str,
        step: str | None = None,
    ) -> int | None:
        """Stores that the person keeps some photos and rejects others, one run.

        They are picked whatever was decided of them before; of the rejects what the person decided
        before stays. Otherwise as `say`.
        """
        with self._database.writing() as connection:
            if not is_first(connection, step):
                return run_of(connection, step)
            require_photos(connection, {*picks, *rejects})
            know_users(connection, {user})
            rows = rows_of_keep(connection, user, picks, rejects)
            return _store(connection, rows, RunKind.DECIDE, note, step)

    def decide(self, items: Sequence[Decision], *, run_id: int | None = None) -> int:
        """Stores whole decisions, as part of a run where one is given; returns how many are new.

        Raises:
            UsageError: no usable name, or stars outside 0..5.
            UnknownPhoto: a photo is not in the catalog; nothing is stored then.
        """
        with self._database.writing() as connection:
            require_photos(connection, {item.content_hash for item in items})
            names = {item.user for item in items}
            know_users(connection, names)
            standing = {
                name: tops(connection, name, {i.content_hash for i in items if i.user == name})
                for name in names
            }
            new = [
                item
                for item in items
                if not _repeats(item, standing[item.user].get(item.content_hash))
            ]
            if new:
                source = _source(connection, run_id)
                add(connection, [_whole(item, source) for item in new], run_id)
        return len(new)

    def decisions(self, user: str, *, by_hand: bool = False) -> dict[str, Decision]:
        """What `user` decided, by content hash: the newest word on each photo.

        With `by_hand` what accepted a cull's proposals is left out: a taste is learnt from a
        person, never from the machine.
        """
        with self._database.reading() as connection:
            return newest(connection, user, by_hand=by_hand)

    def marks(self, user: str, content_hashes: Collection[str] | None = None) -> dict[str, Marks]:
        """What `user` decided by hand, by content hash, and when they said it.

        Of these photos, or of all where None.
        """
        with self._database.reading() as connection:
            return marks(connection, user, content_hashes)


def _store(
    connection: Connection,
    rows: Mapping[str, Sequence[Mapping[str, Any]]],
    kind: RunKind,
    note: str,
    step: str | None,
) -> int | None:
    if not rows:
        return None
    run_id = open_run(connection, kind, f"{counted(len(rows), 'photo')}, {note}")
    add(connection, [row for of_photo in rows.values() for row in of_photo], run_id)
    close_run(connection, run_id)
    note_run(connection, step, run_id)
    return run_id


def _forget(connection: Connection, *conditions: ColumnElement[bool]) -> int:
    """Deletes these ratings; returns of how many photos."""
    gone = delete(judgements).where(*conditions).returning(judgements.c.content_hash)
    return len(set(connection.execute(gone).scalars()))


def _whole(item: Decision, source: str) -> dict[str, Any]:
    """The row of a decision that tells of everything, also of what it is not."""
    word = Word(choice=item.choice, stars=item.stars or 0, favorite=item.favorite)
    return judgement_row(item.user, item.content_hash, word, source, item.decided_at)


def _source(connection: Connection, run_id: int | None) -> str:
    """Whose word the decisions of a run are."""
    query = select(runs.c.kind, runs.c.undone_at).where(runs.c.id == run_id)
    run = connection.execute(query).first()
    if run is not None and run.undone_at is not None:
        raise UsageError(f"run {run_id} was undone: decide in another one")
    return CULL if run is not None and run.kind == CULL else BY_HAND


def _repeats(item: Decision, top: Top | None) -> bool:
    """True where the person said so already (a second delivery, a second click)."""
    return top is not None and not top.is_culls and marks_of(top.decision) == marks_of(item)


def know_users(connection: Connection, names: Collection[str]) -> None:
    """Notes these people where they are new.

    Raises:
        UsageError: a name cannot be used.
    """
    for name in names:
        if not 0 < len(name.strip()) <= _MAX_NAME or not name.isprintable():
            raise UsageError(
                f"{name!r} is not a valid user name: use 1 to {_MAX_NAME} printable characters"
            )
    upsert(connection, users, [{"name": name, "created_at": now()} for name in names])


def require_photos(connection: Connection, content_hashes: Collection[str]) -> None:
    """Whether all of them are known.

    Raises:
        UnknownPhoto: one is not in the catalog.
    """
    unknown = set(content_hashes) - held_photos(connection, content_hashes)
    if unknown:
        raise UnknownPhoto(f"photo {min(unknown)} is not in the catalog: score it first")
