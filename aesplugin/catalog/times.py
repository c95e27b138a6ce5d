"""When photos were taken, by the camera's clock: what lies near in time, and how many a day."""

from bisect import bisect_right
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, Select, func, select

from aesplugin.catalog.sql_helpers import portions
from aesplugin.catalog.tables import exif

_MOST_SPANS = 100  # of time, each asked for by itself
_Span = tuple[datetime, datetime]


def by_day(connection: Connection, query: Select[str]) -> dict[date | None, int]:
    """How many of the photos of a query by time were taken on each day; see `Gallery.days`."""
    day = func.date(exif.c.taken_at)
    days = query.order_by(None).with_only_columns(day, func.count()).group_by(day)
    found = {_day(one): count for one, count in connection.execute(days)}
    return dict(sorted(found.items(), key=lambda item: item[0] or date.max))


def _day(stored: str | date | None) -> date | None:
    """SQLite has days as text."""
    return date.fromisoformat(stored) if isinstance(stored, str) else stored


def taken_near(
    connection: Connection, content_hashes: Sequence[str], around: timedelta
) -> list[str]:
    """See `Gallery.taken_near`."""
    times: set[datetime] = set()
    for portion in portions(list(content_hashes)):
        known = select(exif.c.taken_at).where(exif.c.content_hash.in_(portion))
        times |= {one for one in connection.execute(known).scalars() if one}
    spans = _spans(times, around)
    if len(spans) > _MOST_SPANS:  # it is quicker to look at all between
        return _taken_in(connection, spans)
    found: dict[str, None] = {}
    for start, end in spans:
        query = select(exif.c.content_hash).where(exif.c.taken_at.between(start, end))
        found |= dict.fromkeys(connection.execute(query).scalars())
    return list(found)


def _taken_in(connection: Connection, spans: Sequence[_Span]) -> list[str]:
    starts = [start for start, _ in spans]
    query = select(exif.c.content_hash, exif.c.taken_at).where(
        exif.c.taken_at.between(spans[0][0], spans[-1][1])
    )
    return [
        content_hash
        for content_hash, taken_at in connection.execute(query)
        if taken_at and taken_at <= spans[bisect_right(starts, taken_at) - 1][1]
    ]


def _spans(times: Collection[datetime], around: timedelta) -> list[_Span]:
    """What lies around one of these times; where that of several overlaps it is one span."""
    spans: list[_Span] = []
    for taken_at in sorted(times):
        start, end = taken_at - around, taken_at + around
        if spans and start <= spans[-1][1]:
            start = spans.pop()[0]
        spans.append((start, end))
    return spans
