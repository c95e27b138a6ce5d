"""The query behind a window: which photos match, in which order, found by indices.

How it is asked decides whether a page of 100,000 photos takes 1 or 1,000 ms: what few photos
have (decisions, a small folder) is a list looked up once; an order is walked along its index,
so that the first rows come without sorting.
"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from sqlalchemy import Column, ColumnElement, Connection, Select, exists, func, or_, select

from aesplugin.catalog.filters import Filters, Order, Shown
from aesplugin.catalog.kinds import by_kind
from aesplugin.catalog.paths import under as lies_under
from aesplugin.catalog.tables import assessments, attempts, decisions, exif, files, photos
from aesplugin.photo import MAX_ATTEMPTS

_BY_TIME = (Order.NEWEST, Order.OLDEST)
_SMALL_FOLDER = 5000  # files; beyond it is quicker to ask about every photo


def matching(
    connection: Connection,
    model_revision: str,
    filters: Filters,
    order: Order | None = None,
    *,
    homeless: Sequence[str] | None = None,
) -> Select[str]:
    """Content hashes; only the tables a filter or the order asks about are read.

    `homeless`, where it is known, are all photos that the model answered about and that no file
    holds any more (`Gallery.homeless`): to leave out a few is quicker than to ask about each.
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
    conditions: list[ColumnElement[bool]] = []
    if filters.choice == "none":
        conditions.append(key.not_in(_decided(filters, decisions.c.choice != "none")))
    elif filters.choice:
        conditions.append(key.in_(_decided(filters, decisions.c.choice == filters.choice)))
    if filters.stars:
        conditions.append(key.in_(_decided(filters, decisions.c.stars >= filters.stars)))
    elif filters.stars == 0:
        conditions.append(key.not_in(_decided(filters, decisions.c.stars > 0)))
    if filters.favorite is not None:
        favorites = _decided(filters, decisions.c.favorite.is_(True))
        conditions.append(key.in_(favorites) if filters.favorite else key.not_in(favorites))
    return conditions


def _decided(filters: Filters, condition: ColumnElement[bool]) -> Select[str]:
    """The photos about which the person's newest word fulfils the condition."""
    last = (
        select(func.max(decisions.c.id))
        .where(decisions.c.user_name == filters.user)
        .group_by(decisions.c.content_hash)
    )
    if filters.as_of is not None:
        last = last.where(decisions.c.id <= filters.as_of)
    return select(decisions.c.content_hash).where(
        decisions.c.user_name == filters.user, decisions.c.id.in_(last), condition
    )


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
