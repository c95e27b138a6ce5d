"""Windows into a large catalog: photos filtered, ordered, counted; a page never reads them all."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Select,
    Subquery,
    exists,
    func,
    or_,
    select,
)

from aesplugin.catalog.batches import portions
from aesplugin.catalog.engine import Database
from aesplugin.catalog.paths import under as lies_under
from aesplugin.catalog.records import Preference
from aesplugin.catalog.rows import decision_of
from aesplugin.catalog.tables import (
    assessments,
    attempts,
    decisions,
    exif,
    files,
    photos,
    preferences,
)
from aesplugin.decision import Decision
from aesplugin.photo import MAX_ATTEMPTS


class Order(StrEnum):
    """By what photos are sorted. Personal order is applied by the caller (see `hashes`)."""

    SCORE = "score"
    LOWEST = "lowest"
    NEWEST = "newest"
    OLDEST = "oldest"
    PERSONAL = "personal"


class Shown(StrEnum):
    """Which photos, by what the model made of them."""

    ASSESSED = "assessed"
    PENDING = "pending"
    QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a gallery shows; None and the empty string mean everything.

    `choice` is "pick", "reject" or "none" (undecided); `stars` the least number of stars;
    scores 1..10; days as the camera's clock told them, both included.
    """

    user: str = ""
    shown: Shown = Shown.ASSESSED
    choice: str | None = None
    stars: int | None = None
    favorite: bool | None = None
    camera: str | None = None
    folder: str | None = None
    taken_from: date | None = None
    taken_to: date | None = None
    score_min: float | None = None
    score_max: float | None = None


class Gallery:
    """The catalog's methods behind the review page."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def window(
        self, model_revision: str, filters: Filters, order: Order, *, limit: int, offset: int
    ) -> list[str]:
        """Content hashes of one window, in order."""
        query = _matching(model_revision, filters, order).limit(limit).offset(offset)
        with self._database.reading() as connection:
            return list(connection.execute(query).scalars())

    def hashes(
        self, model_revision: str, filters: Filters, order: Order | None = None
    ) -> list[str]:
        """Every content hash that matches; in no particular order where None is given."""
        with self._database.reading() as connection:
            query = _matching(model_revision, filters, order)
            return list(connection.execute(query).scalars())

    def count(self, model_revision: str, filters: Filters) -> int:
        """How many photos match."""
        matching = _matching(model_revision, filters).subquery()
        with self._database.reading() as connection:
            return connection.execute(select(func.count()).select_from(matching)).scalar_one()

    def first_paths(self, content_hashes: Sequence[str]) -> dict[str, str]:
        """The first readable file of each photo; a photo without one is left out."""
        found: dict[str, str] = {}
        with self._database.reading() as connection:
            for portion in portions(list(content_hashes)):
                query = (  # ordered, for PostgreSQL before 18 knows no least of binary values
                    select(files.c.content_hash, files.c.path)
                    .where(files.c.content_hash.in_(portion), files.c.failure.is_(None))
                    .order_by(files.c.path)
                )
                for content_hash, path in connection.execute(query):
                    found.setdefault(str(content_hash), path)
        return found

    def decisions_of(self, user: str, content_hashes: Sequence[str]) -> dict[str, Decision]:
        """What `user` decided of these photos: the newest word on each."""
        found: dict[str, Decision] = {}
        with self._database.reading() as connection:
            for portion in portions(list(content_hashes)):
                last = (
                    select(func.max(decisions.c.id))
                    .where(decisions.c.user_name == user, decisions.c.content_hash.in_(portion))
                    .group_by(decisions.c.content_hash)
                )
                rows = connection.execute(select(decisions).where(decisions.c.id.in_(last)))
                found |= {row.content_hash: decision_of(row._mapping) for row in rows}
        return found

    def decided_in(self, run_id: int) -> list[str]:
        """The photos a run decided about."""
        query = select(decisions.c.content_hash).where(decisions.c.run_id == run_id)
        with self._database.reading() as connection:
            return list(connection.execute(query).scalars())

    def preference_of(self, user: str, content_hash: str) -> Preference | None:
        """What `user` said of one photo for the model of their taste."""
        query = select(preferences).where(
            preferences.c.user_name == user, preferences.c.content_hash == content_hash
        )
        with self._database.reading() as connection:
            row = connection.execute(query).first()
        if row is None:
            return None
        return Preference(
            content_hash=content_hash,
            rating=row.rating,
            favorite=row.favorite,
            source=row.source,
            stated_at=row.stated_at,
        )

    def cameras(self) -> list[str]:
        """Camera models seen, by name."""
        query = select(exif.c.model).where(exif.c.model.is_not(None)).distinct()
        with self._database.reading() as connection:
            return sorted(str(name) for name in connection.execute(query).scalars())

    def folders(self) -> list[str]:
        """Folders that hold readable photos, by name."""
        with self._database.reading() as connection:
            return _folders(connection)

    def scored_at(self, content_hash: str, model_revision: str) -> datetime | None:
        """When the model answered about a photo; aware."""
        query = select(assessments.c.created_at).where(
            assessments.c.content_hash == content_hash,
            assessments.c.model_revision == model_revision,
        )
        with self._database.reading() as connection:
            return connection.execute(query).scalar_one_or_none()


def _folders(connection: Connection) -> list[str]:
    query = select(files.c.path).where(files.c.failure.is_(None))
    return sorted({os.path.dirname(path) for path in connection.execute(query).scalars()})


def _matching(model_revision: str, filters: Filters, order: Order | None = None) -> Select[str]:
    """Content hashes; only the tables a filter or the order asks about are joined."""
    query, key = _by_state(model_revision, filters)
    query = query.where(*_is_readable(key, filters.folder))
    conditions = _by_exif(filters)
    if conditions or order in (Order.NEWEST, Order.OLDEST):
        # Every photo has its row, so the order can be walked along the index of the time.
        query = query.join(exif, exif.c.content_hash == key).where(*conditions)
    if filters.choice or filters.stars is not None or filters.favorite is not None:
        newest = _newest(filters.user)
        query = query.outerjoin(newest, newest.c.content_hash == key)
        query = query.where(*_by_decision(newest, filters))
    return query if order is None else _ordered(query, key, order)


def _is_readable(key: Column[str], folder: str | None) -> list[ColumnElement[bool]]:
    """Some file holds it and can be read.

    Few files fail, so most photos are settled by the index of contents alone.
    """
    same = files.c.content_hash == key
    if folder:
        return [exists().where(same, files.c.failure.is_(None), lies_under(folder))]
    failed = select(files.c.content_hash).where(
        files.c.failure.is_not(None), files.c.content_hash.is_not(None)
    )
    readable = exists().where(same, files.c.failure.is_(None))
    return [exists().where(same), or_(key.not_in(failed), readable)]


def _by_state(model_revision: str, filters: Filters) -> tuple[Select[str], Column[str]]:
    """The photos of a state, and the column that names them."""
    if filters.shown is Shown.ASSESSED:
        key = assessments.c.content_hash
        query = select(key).where(assessments.c.model_revision == model_revision)
        if filters.score_min is not None:
            query = query.where(assessments.c.score >= filters.score_min)
        if filters.score_max is not None:
            query = query.where(assessments.c.score <= filters.score_max)
        return query, key
    key = photos.c.content_hash
    answered = exists().where(
        assessments.c.content_hash == key, assessments.c.model_revision == model_revision
    )
    failed = exists().where(
        attempts.c.content_hash == key,
        attempts.c.model_revision == model_revision,
        attempts.c.attempts >= MAX_ATTEMPTS,
    )
    is_wanted = failed if filters.shown is Shown.QUARANTINED else ~failed
    return select(key).where(~answered, is_wanted), key


def _newest(user: str) -> Subquery:
    last = (
        select(func.max(decisions.c.id))
        .where(decisions.c.user_name == user)
        .group_by(decisions.c.content_hash)
    )
    return select(decisions).where(decisions.c.id.in_(last)).subquery("newest")


def _by_decision(newest: Subquery, filters: Filters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.choice == "none":
        conditions.append(or_(newest.c.choice.is_(None), newest.c.choice == "none"))
    elif filters.choice:
        conditions.append(newest.c.choice == filters.choice)
    if filters.stars:
        conditions.append(newest.c.stars >= filters.stars)
    elif filters.stars == 0:
        conditions.append(func.coalesce(newest.c.stars, 0) == 0)
    if filters.favorite is not None:
        conditions.append(func.coalesce(newest.c.favorite, False).is_(filters.favorite))
    return conditions


def _by_exif(filters: Filters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.camera:
        conditions.append(exif.c.model == filters.camera)
    if filters.taken_from:
        conditions.append(exif.c.taken_at >= datetime.combine(filters.taken_from, time.min))
    if filters.taken_to:
        day_after = datetime.combine(filters.taken_to, time.min) + timedelta(days=1)
        conditions.append(exif.c.taken_at < day_after)
    return conditions


def _ordered(query: Select[str], key: Column[str], order: Order) -> Select[str]:
    """Ties by content, in the direction of the index, so that a window needs no sorting."""
    if order is Order.NEWEST:
        return query.order_by(exif.c.taken_at.desc().nulls_last(), key)
    if order is Order.OLDEST:
        return query.order_by(exif.c.taken_at.asc().nulls_last(), key)
    if key.table is not assessments:
        return query.order_by(key)
    if order is Order.LOWEST:
        return query.order_by(assessments.c.score, key)
    return query.order_by(assessments.c.score.desc(), key.desc())
