"""The query behind a window: which photos match, in which order, found by indices.

How it is asked decides whether a page of 100,000 photos takes 1 or 1,000 ms: what few photos
have (decisions, a small folder) is a list looked up once; an order is walked along its index,
so that the first rows come without sorting.
"""

import os
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Select, exists, func, or_, select

from aesplugin.catalog import times
from aesplugin.catalog.assessments import held_photos
from aesplugin.catalog.conditions import by_kind
from aesplugin.catalog.engine import Database
from aesplugin.catalog.filters import Filters, Order, Shown
from aesplugin.catalog.judgements import decided, newest, photos_of, ratings
from aesplugin.catalog.records import Preference
from aesplugin.catalog.search.conditions import Part, fulfils
from aesplugin.catalog.search.index import NO_MODEL
from aesplugin.catalog.search.query import parse
from aesplugin.catalog.sql_helpers import portions
from aesplugin.catalog.sql_helpers import under as lies_under
from aesplugin.catalog.tables import (
    assessments,
    attempts,
    exif,
    files,
    judgements,
    photos,
)
from aesplugin.decision import Decision
from aesplugin.photo import MAX_ATTEMPTS

_BY_TIME = (Order.NEWEST, Order.OLDEST)
_SMALL_FOLDER = 5000  # files; beyond it is quicker to ask about every photo


def matching(  # noqa: PLR0913 - each tells something else of the query
    connection: Connection,
    model_revision: str,
    filters: Filters,
    order: Order | None = None,
    *,
    homeless: Sequence[str] | None = None,
    part: Part | None = None,
    walks: bool = False,
) -> Select[str]:
    """Content hashes; only the tables a filter or the order asks about are read.

    `homeless`, where it is known, are all photos that the model answered about and that no file
    holds any more (`Gallery.homeless`): to leave out a few is quicker than to ask about each.
    With `part` those alone that match the words so well; `walks` where the first few are wanted.
    """
    by_time = order in _BY_TIME
    query, key = _by_state(model_revision, filters, by_time=by_time)
    if filters.shown is not Shown.ASSESSED:
        homeless = None
    else:
        query = query.where(*by_kind(key, model_revision, filters.kind))
    query = query.where(*_is_readable(connection, key, filters.folder, homeless))
    conditions = _by_exif(filters)
    if conditions and not by_time:
        conditions = [key.in_(select(exif.c.content_hash).where(*conditions))]
    query = query.where(*conditions, *_by_decision(key, filters))
    if filters.q:
        words_of = model_revision if filters.shown is Shown.ASSESSED else NO_MODEL
        asked = filters.asked or parse(filters.q)
        query = query.where(*fulfils(connection, key, words_of, asked, part, walks=walks))
    return query if order is None else _ordered(query, key, order)


def _by_state(
    model_revision: str, filters: Filters, *, by_time: bool
) -> tuple[Select[str], Column[str]]:
    """The photos of a state, and the column that names them.

    Every photo has its row in `exif`: by time that table leads, and its index is the order.
    """
    if filters.shown is Shown.ASSESSED and not by_time:
        key = assessments.c.content_hash
        return select(key).where(*_answers(model_revision, filters)), key
    key = exif.c.content_hash if by_time else photos.c.content_hash
    answered = exists().where(assessments.c.content_hash == key, *_answers(model_revision, filters))
    if filters.shown is Shown.ASSESSED:
        return select(key).where(answered), key
    failed = exists().where(
        attempts.c.content_hash == key,
        attempts.c.model_revision == model_revision,
        attempts.c.attempts >= MAX_ATTEMPTS,
    )
    is_wanted = failed if filters.shown is Shown.QUARANTINED else ~failed
    return select(key).where(~answered, is_wanted), key


def _answers(model_revision: str, filters: Filters) -> list[ColumnElement[bool]]:
    conditions = [assessments.c.model_revision == model_revision]
    if filters.shown is not Shown.ASSESSED:
        return conditions  # what has no score has none within a range
    if filters.score_min is not None:
        conditions.append(assessments.c.score >= filters.score_min)
    if filters.score_max is not None:
        conditions.append(assessments.c.score <= filters.score_max)
    if filters.scored_by is not None:
        moment = datetime.fromtimestamp(filters.scored_by / 1000, UTC)
        conditions.append(assessments.c.created_at <= moment)
    return conditions


def _is_readable(
    connection: Connection, key: Column[str], folder: str | None, homeless: Sequence[str] | None
) -> list[ColumnElement[bool]]:
    """Some file holds it and can be read (and lies in the folder).

    Few files fail, so most photos are settled by the index of contents alone.
    """
    same = files.c.content_hash == key
    if folder:
        inside = lies_under(folder), files.c.failure.is_(None)
        size = connection.execute(select(func.count()).where(lies_under(folder))).scalar_one()
        if size > _SMALL_FOLDER:
            return [exists().where(same, *inside)]
        return [key.in_(select(files.c.content_hash).where(*inside))]
    failed = select(files.c.content_hash).where(
        files.c.failure.is_not(None), files.c.content_hash.is_not(None)
    )
    readable = exists().where(same, files.c.failure.is_(None))
    held = exists().where(same) if homeless is None else key.not_in(homeless)
    return [held, or_(key.not_in(failed), readable)]


def _by_decision(key: Column[str], filters: Filters) -> list[ColumnElement[bool]]:
    """Undecided photos are those without a word, so what is asked of them is turned around."""
    columns, conditions = judgements.c, list[ColumnElement[bool]]()

    def where(field: Column[Any], condition: ColumnElement[bool]) -> Select[str]:
        return decided(filters.user, field, condition, as_of=filters.as_of)

    if filters.choice == "none":
        conditions.append(key.not_in(where(columns.choice, columns.choice != "none")))
    elif filters.choice:
        conditions.append(key.in_(where(columns.choice, columns.choice == filters.choice)))
    if filters.stars:
        conditions.append(key.in_(where(columns.stars, columns.stars >= filters.stars)))
    elif filters.stars == 0:
        conditions.append(key.not_in(where(columns.stars, columns.stars > 0)))
    if filters.favorite is not None:
        favorites = where(columns.favorite, columns.favorite.is_(True))
        conditions.append(key.in_(favorites) if filters.favorite else key.not_in(favorites))
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
        return query.order_by(exif.c.taken_at.desc().nulls_last(), key.desc())
    if order is Order.OLDEST:
        return query.order_by(exif.c.taken_at.asc().nulls_last(), key)
    if key.table is not assessments:
        return query.order_by(key)
    if order is Order.LOWEST:
        return query.order_by(assessments.c.score, key)
    return query.order_by(assessments.c.score.desc(), key.desc())


class Gallery:
    """The catalog's methods behind the review page."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def window(
        self, model_revision: str, filters: Filters, order: Order, *, limit: int, offset: int
    ) -> list[str]:
        """Content hashes of one window, in order."""
        found: list[str] = []
        with self._database.reading() as connection:
            for part in _parts(filters, order):
                query = matching(connection, model_revision, filters, order, part=part, walks=True)
                window = query.limit(limit - len(found)).offset(offset)
                found += connection.execute(window).scalars()
                if len(found) == limit:
                    break
                if found:
                    offset = 0
                elif part is Part.WHOLE and offset:
                    offset -= _count(connection, query)
        return found

    def hashes(
        self,
        model_revision: str,
        filters: Filters,
        order: Order | None = None,
        *,
        homeless: Sequence[str] | None = None,
    ) -> list[str]:
        """Every content hash that matches; in no particular order where None is given."""
        found: list[str] = []
        with self._database.reading() as connection:
            for part in _parts(filters, order):
                query = matching(
                    connection, model_revision, filters, order, homeless=homeless, part=part
                )
                found += connection.execute(query).scalars()
        return found

    def count(
        self, model_revision: str, filters: Filters, *, homeless: Sequence[str] | None = None
    ) -> int:
        """How many photos match."""
        with self._database.reading() as connection:
            found = matching(connection, model_revision, filters, homeless=homeless)
            return _count(connection, found)

    def homeless(self, model_revision: str) -> list[str]:
        """Photos that the model answered about and that no file holds any more."""
        known = assessments.c.content_hash
        query = select(known).where(
            assessments.c.model_revision == model_revision,
            ~exists().where(files.c.content_hash == known),
        )
        with self._database.reading() as connection:
            return list(connection.execute(query).scalars())

    def size(self, model_revision: str) -> int:
        """How many photos the model answered about, readable or not: a quick look for changes."""
        query = select(func.count()).where(assessments.c.model_revision == model_revision)
        with self._database.reading() as connection:
            return connection.execute(query).scalar_one()

    def mark(self, model_revision: str) -> tuple[int, int]:
        """Changes when photos come or go: how many are answered about, how many files failed."""
        failed = select(func.count()).where(files.c.failure.is_not(None))
        size = self.size(model_revision)
        with self._database.reading() as connection:
            return size, connection.execute(failed).scalar_one()

    def has_files(self) -> bool:
        """Whether any file is known, readable or not."""
        with self._database.reading() as connection:
            return connection.execute(select(files.c.path).limit(1)).first() is not None

    def last_decision(self) -> int:
        """The number of the newest decision of anybody; 0 where there is none."""
        with self._database.reading() as connection:
            return connection.execute(select(func.max(judgements.c.id))).scalar() or 0

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

    def held(self, content_hashes: Sequence[str]) -> set[str]:
        """Those of these photos that the catalog knows, whether a file holds them or not."""
        with self._database.reading() as connection:
            return held_photos(connection, content_hashes)

    def taken_near(self, content_hashes: Sequence[str], around: timedelta) -> list[str]:
        """Photos taken so near to one of these by the camera's clock, these included."""
        with self._database.reading() as connection:
            return times.taken_near(connection, content_hashes, around)

    def days(
        self, model_revision: str, filters: Filters, *, homeless: Sequence[str] | None = None
    ) -> dict[date | None, int]:
        """How many of the photos that match were taken on each day, as the camera's clock showed;
        under None those without a time. In order of time, that of None last."""
        with self._database.reading() as connection:
            query = matching(connection, model_revision, filters, Order.OLDEST, homeless=homeless)
            return times.by_day(connection, query)

    def named_like(self, folder: str, words: Sequence[str]) -> dict[str, str]:
        """Content hash by path of the readable files under a folder that hold one of `words`.

        Letters beyond ASCII are compared as they are; without words all files match.
        """
        like = [files.c.display.icontains(word, autoescape=True) for word in words]
        query = select(files.c.path, files.c.content_hash).where(
            lies_under(folder), files.c.failure.is_(None), files.c.content_hash.is_not(None)
        )
        with self._database.reading() as connection:
            rows = connection.execute(query.where(or_(*like)) if like else query)
            return {path: str(content_hash) for path, content_hash in rows}

    def decisions_of(self, user: str, content_hashes: Sequence[str]) -> dict[str, Decision]:
        """What `user` decided of these photos."""
        with self._database.reading() as connection:
            return newest(connection, user, content_hashes)

    def decided_in(self, run_id: int) -> list[str]:
        """The photos a run decided about; none once it was taken back."""
        with self._database.reading() as connection:
            return photos_of(connection, run_id, standing=True)

    def preference_of(self, user: str, content_hash: str) -> Preference | None:
        """What `user` said of one photo for the model of their taste."""
        with self._database.reading() as connection:
            return ratings(connection, user, [content_hash]).get(content_hash)

    def cameras(self) -> list[str]:
        """Camera models seen, by name."""
        query = select(exif.c.model).where(exif.c.model.is_not(None)).distinct()
        with self._database.reading() as connection:
            return sorted(str(name) for name in connection.execute(query).scalars())

    def folders(self) -> list[str]:
        """Folders that hold readable photos, by name."""
        with self._database.reading() as connection:
            return _folders(connection)

    def has_folder(self, folder: str) -> bool:
        """Whether readable photos lie in it or deeper."""
        query = select(files.c.path).where(files.c.failure.is_(None), lies_under(folder)).limit(1)
        with self._database.reading() as connection:
            return connection.execute(query).first() is not None

    def scored_at(self, content_hash: str, model_revision: str) -> datetime | None:
        """When the model answered about a photo; aware."""
        query = select(assessments.c.created_at).where(
            assessments.c.content_hash == content_hash,
            assessments.c.model_revision == model_revision,
        )
        with self._database.reading() as connection:
            return connection.execute(query).scalar_one_or_none()


def _parts(filters: Filters, order: Order | None) -> Sequence[Part | None]:
    """By match photos come in two parts, each by score: so the first rows need no sorting."""
    return list(Part) if order is Order.MATCH and filters.q else [None]


def _count(connection: Connection, query: Select[str]) -> int:
    rows = query.order_by(None).subquery()
    return connection.execute(select(func.count()).select_from(rows)).scalar_one()


def _folders(connection: Connection) -> list[str]:
    query = select(files.c.path).where(files.c.failure.is_(None))
    return sorted({os.path.dirname(path) for path in connection.execute(query).scalars()})
