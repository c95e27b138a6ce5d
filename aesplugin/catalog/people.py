"""What people said: ratings that teach their taste, and decisions that nothing overrides."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select

from aesplugin.catalog.assessments import held_photos
from aesplugin.catalog.batches import portions
from aesplugin.catalog.engine import Database
from aesplugin.catalog.records import Preference, RunKind
from aesplugin.catalog.rows import decision_of, decision_row, now, preference_row
from aesplugin.catalog.tables import decisions, preferences, runs, users
from aesplugin.catalog.upsert import Change, replacing, upsert
from aesplugin.decision import Decision
from aesplugin.errors import CatalogError, UsageError

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
            CatalogError: a photo is not in the catalog; nothing is stored then.
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
            return [
                Preference(
                    content_hash=row.content_hash,
                    rating=row.rating,
                    favorite=row.favorite,
                    source=row.source,
                    stated_at=row.stated_at,
                )
                for row in connection.execute(query)
            ]

    def forget(self, user: str, content_hashes: Collection[str] | None = None) -> int:
        """Deletes the user's words on these photos, or all of them; returns how many."""
        of_user = delete(preferences).where(preferences.c.user_name == user)
        with self._database.writing() as connection:
            if content_hashes is None:
                return connection.execute(of_user).rowcount
            return sum(
                connection.execute(of_user.where(preferences.c.content_hash.in_(portion))).rowcount
                for portion in portions(list(content_hashes))
            )

    def decide(self, items: Sequence[Decision], *, run_id: int | None = None) -> int:
        """Stores decisions, as part of a run where one is given; returns how many are new.

        Raises:
            UsageError: no usable name, or stars outside 0..5.
            CatalogError: a photo is not in the catalog; nothing is stored then.
        """
        rows = [decision_row(item) | {"run_id": run_id} for item in items]
        with self._database.writing() as connection:
            _require_photos(connection, {item.content_hash for item in items})
            names = {item.user for item in items}
            _know(connection, names)
            standing = {
                name: _standing(connection, name, {i.content_hash for i in items if i.user == name})
                for name in names
            }
            new = [
                row
                for item, row in zip(items, rows, strict=True)
                if not _repeats(item, standing[item.user].get(item.content_hash))
            ]
            if new:
                connection.execute(insert(decisions), new)
        return len(new)

    def decisions(self, user: str, *, by_hand: bool = False) -> dict[str, Decision]:
        """What `user` decided, by content hash: the newest word on each photo.

        With `by_hand` the decisions that accepted a cull's proposals are left out, and what was
        said before them counts: a taste is learnt from a person, never from the machine.
        """
        with self._database.reading() as connection:
            return _newest(connection, user, *([_by_hand()] if by_hand else []))


def _standing(
    connection: Connection, user: str, content_hashes: Collection[str]
) -> dict[str, Decision]:
    found: dict[str, Decision] = {}
    for portion in portions(list(content_hashes)):
        found |= _newest(connection, user, decisions.c.content_hash.in_(portion))
    return found


def _newest(
    connection: Connection, user: str, *conditions: ColumnElement[bool]
) -> dict[str, Decision]:
    newest = (
        select(func.max(decisions.c.id))
        .where(decisions.c.user_name == user, *conditions)
        .group_by(decisions.c.content_hash)
    )
    rows = connection.execute(select(decisions).where(decisions.c.id.in_(newest)))
    return {row.content_hash: decision_of(row._mapping) for row in rows}


def _by_hand() -> ColumnElement[bool]:
    culls = select(runs.c.id).where(runs.c.kind == RunKind.CULL.value)
    return decisions.c.run_id.is_(None) | decisions.c.run_id.not_in(culls)


def _repeats(item: Decision, standing: Decision | None) -> bool:
    """True where `item` says what stands already (a second delivery, a second click)."""
    said = None if standing is None else (standing.choice, standing.stars, standing.favorite)
    return said == (item.choice, item.stars, item.favorite)


def _know(connection: Connection, names: Collection[str]) -> None:
    for name in names:
        if not 0 < len(name.strip()) <= _MAX_NAME or not name.isprintable():
            raise UsageError(f"{name!r} is no user's name: 1 to {_MAX_NAME} printable characters")
    upsert(connection, users, [{"name": name, "created_at": now()} for name in names])


def _require_photos(connection: Connection, content_hashes: Collection[str]) -> None:
    unknown = set(content_hashes) - held_photos(connection, content_hashes)
    if unknown:
        raise CatalogError(f"photo {min(unknown)} is not in the catalog: score it first")
