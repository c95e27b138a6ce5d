"""What models answered, how often they failed, and what they still have to look at."""

import logging
from collections.abc import Collection, Sequence
from datetime import timedelta

from sqlalchemy import Connection, delete, func, select

from aesplugin.assessment import Assessment
from aesplugin.catalog.conditions import files_as_seen_by, state
from aesplugin.catalog.records import PendingFile
from aesplugin.catalog.rows import assessment_row, now
from aesplugin.catalog.search.index import refresh
from aesplugin.catalog.sql_helpers import Change, portions, replacing, upsert
from aesplugin.catalog.tables import assessments, attempts, files, photos
from aesplugin.photo import FileStamp, PhotoState

_log = logging.getLogger(__name__)
_RATE_SECONDS = 60.0


def record_assessments(connection: Connection, items: Sequence[Assessment]) -> int:
    """Stores answers; one that is there already wins. Returns how many are new.

    An answer about a photo the catalog does not hold (a job outlived its catalog) is left out
    with a warning: the photo is asked about again when it is ingested.
    """
    held = held_photos(connection, {item.content_hash for item in items})
    known = [item for item in items if item.content_hash in held]
    if len(known) < len(items):
        _log.warning("%d results for unknown photos were skipped", len(items) - len(known))
    rows = {(item.content_hash, item.model_revision): assessment_row(item) for item in known}
    new = upsert(connection, assessments, list(rows.values()))
    for revision in {item.model_revision for item in known}:
        done = [item.content_hash for item in known if item.model_revision == revision]
        for portion in portions(done):
            connection.execute(
                delete(attempts).where(
                    attempts.c.model_revision == revision, attempts.c.content_hash.in_(portion)
                )
            )
    refresh(connection, held)
    return new


def record_model_failure(
    connection: Connection,
    content_hash: str,
    model_revision: str,
    reason: str,
    attempt: int | None = None,
) -> int:
    """Counts one failure of a photo in the model; returns how many there are now.

    One that is numbered by `attempt` is counted unless that many are counted already.

    A failure that arrives after the answer (a late second delivery) is not counted, nor one of
    a photo the catalog does not hold: 0.
    """
    counted = attempts_of(connection, [content_hash], model_revision).get(content_hash, 0)
    if (
        (attempt is not None and attempt <= counted)
        or content_hash not in unassessed(connection, [content_hash], model_revision)
        or not held_photos(connection, [content_hash])
    ):
        return counted
    key = {"content_hash": content_hash, "model_revision": model_revision}
    upsert(
        connection,
        attempts,
        [key | {"attempts": 1, "reason": reason, "last_at": now()}],
        replacing("reason", "last_at") | {"attempts": Change.ADD},
    )
    return attempts_of(connection, [content_hash], model_revision)[content_hash]


def attempts_of(
    connection: Connection, content_hashes: Collection[str], model_revision: str
) -> dict[str, int]:
    """How often the model failed at each of these photos; those it never did are left out."""
    found: dict[str, int] = {}
    for portion in portions(list(content_hashes)):
        query = select(attempts.c.content_hash, attempts.c.attempts).where(
            attempts.c.content_hash.in_(portion), attempts.c.model_revision == model_revision
        )
        found.update(row for row in connection.execute(query))
    return found


def unassessed(
    connection: Connection, content_hashes: Collection[str], model_revision: str
) -> set[str]:
    """Those of `content_hashes` that the model revision has not answered about."""
    missing = set(content_hashes)
    for portion in portions(list(content_hashes)):
        query = select(assessments.c.content_hash).where(
            assessments.c.content_hash.in_(portion),
            assessments.c.model_revision == model_revision,
        )
        missing.difference_update(connection.execute(query).scalars())
    return missing


def held_photos(connection: Connection, content_hashes: Collection[str]) -> set[str]:
    """Those of `content_hashes` that the catalog holds."""
    held: set[str] = set()
    for portion in portions(list(content_hashes)):
        query = select(photos.c.content_hash).where(photos.c.content_hash.in_(portion))
        held.update(connection.execute(query).scalars())
    return held


def pending(connection: Connection, model_revision: str, limit: int | None) -> list[PendingFile]:
    """Files that wait for the model, every content once, ordered by content."""
    query = (
        select(files.c.content_hash, files.c.path, files.c.size, files.c.mtime_ns)
        .select_from(files_as_seen_by(model_revision))
        .where(state == PhotoState.PENDING.value)
        .order_by(files.c.content_hash, files.c.path)
    )
    found: list[PendingFile] = []
    for content_hash, path, size, mtime_ns in connection.execute(query):
        if len(found) == limit:
            break
        if content_hash is None or not found or found[-1].content_hash != content_hash:
            stamp = FileStamp(path=path, size=size, mtime_ns=mtime_ns)
            found.append(PendingFile(content_hash=content_hash, stamp=stamp))
    return found


def rate(connection: Connection, model_revision: str) -> float:
    """Photos assessed a second over the last minute, or since the first one within it."""
    until = now()
    query = select(func.count(), func.min(assessments.c.created_at)).where(
        assessments.c.model_revision == model_revision,
        assessments.c.created_at > until - timedelta(seconds=_RATE_SECONDS),
        assessments.c.created_at <= until,  # the clock may have gone back since
    )
    count, first = connection.execute(query).one()
    return count / max((until - first).total_seconds(), 1.0) if count else 0.0


def embeddings(
    connection: Connection, model_revision: str, content_hashes: Collection[str]
) -> dict[str, bytes]:
    """The model's compact view of each of these photos, where it was kept."""
    found: dict[str, bytes] = {}
    for portion in portions(list(content_hashes)):
        query = select(assessments.c.content_hash, assessments.c.embedding).where(
            assessments.c.content_hash.in_(portion),
            assessments.c.model_revision == model_revision,
            assessments.c.embedding.is_not(None),
        )
        found.update((key, bytes(value)) for key, value in connection.execute(query) if value)
    return found
