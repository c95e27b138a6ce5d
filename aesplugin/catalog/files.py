"""Files and the photos in them: what was ingested, what failed, what is no longer there."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, func, select, update

from aesplugin.assessment import Attribute
from aesplugin.catalog.batches import portions
from aesplugin.catalog.columns import Moment, is_storable
from aesplugin.catalog.paths import is_under, under
from aesplugin.catalog.records import FailedFile, IngestedFile, KnownFile
from aesplugin.catalog.rows import EXIF_FIELDS, attributes_of, exif_row, file_row, photo_row
from aesplugin.catalog.state import FAILURES, MAX_ATTEMPTS, files_as_seen_by, reason, state
from aesplugin.catalog.tables import attempts, exif, files, photos
from aesplugin.catalog.upsert import replacing, upsert
from aesplugin.errors import UsageError
from aesplugin.photo import FileStamp, PhotoState

_MISSING = PhotoState.MISSING.value
_UNAVAILABLE = (_MISSING, PhotoState.UNREADABLE.value)
_STAMP = replacing(
    "display", "size", "mtime_ns", "changed_ns", "inode", "failure", "reason", "seen_at"
)
_FILE = _STAMP | replacing("content_hash")
_EXIF = replacing(*EXIF_FIELDS, "taken_offset")
_MEASURED = replacing(
    "pixel_hash",
    "perceptual_hash",
    "width",
    "height",
    "format",
    "exif_problem",
    "note",
    "attributes",
)

_RESTAMP = (
    update(files)
    .where(files.c.path == bindparam("at"))
    .values(changed_ns=bindparam("changed"), inode=bindparam("number"))
)


def record_photos(connection: Connection, items: Sequence[IngestedFile]) -> None:
    """Stores photos, their EXIF and the files that show them; what people said stays."""
    contents = {item.photo.content_hash: item for item in items}
    upsert(
        connection,
        photos,
        [photo_row(item.photo, item.attributes) for item in contents.values()],
        _MEASURED,
    )
    read = [item.photo for item in contents.values() if item.photo.exif_problem is None]
    upsert(connection, exif, [exif_row(photo) for photo in read], _EXIF)
    unread = contents.keys() - {photo.content_hash for photo in read}
    upsert(connection, exif, [{"content_hash": one} for one in unread])  # what was read stays
    by_path = {
        item.stamp.path: file_row(item.stamp) | {"content_hash": item.photo.content_hash}
        for item in items
    }
    upsert(connection, files, list(by_path.values()), _FILE)


def record_failures(connection: Connection, items: Sequence[FailedFile]) -> None:
    """Stores files that have no score, and why. Only a missing one keeps its content."""
    rows: dict[bool, dict[str, dict[str, Any]]] = {True: {}, False: {}}
    for item in items:
        if item.state not in FAILURES:
            raise UsageError(f"{item.state.value!r} is no failure of a file: {item.stamp.path}")
        row = file_row(item.stamp) | {"failure": item.state.value, "reason": item.reason}
        rows[item.state is PhotoState.MISSING][item.stamp.path] = row
    upsert(connection, files, list(rows[False].values()), _FILE)
    upsert(connection, files, list(rows[True].values()), _STAMP)


def known_files(
    connection: Connection, model_revision: str, paths: Collection[str] | None = None
) -> dict[str, KnownFile]:
    """Every file of the catalog by path, but those marked missing: seen again, they are new.

    With `paths` only those, missing ones too.
    """
    query = select(
        files.c.path,
        files.c.size,
        files.c.mtime_ns,
        state,
        reason,
        files.c.content_hash,
        files.c.changed_ns,
        files.c.inode,
        files.c.seen_at,
    ).select_from(files_as_seen_by(model_revision))
    if paths is None:
        return _known(connection, query.where(files.c.failure.is_distinct_from(_MISSING)))
    found: dict[str, KnownFile] = {}
    for portion in portions(list(paths)):
        found |= _known(connection, query.where(files.c.path.in_(portion)))
    return found


def _known(
    connection: Connection,
    query: Select[str, int, int, str, str | None, str | None, int | None, int | None, datetime],
) -> dict[str, KnownFile]:
    states = {member.value: member for member in PhotoState}
    return {
        path: KnownFile(
            size=size,
            mtime_ns=mtime_ns,
            state=states[found],
            reason=why,
            content_hash=content_hash,
            changed_ns=changed_ns,
            inode=inode,
            seen_at=seen_at,
        )
        for (
            path,
            size,
            mtime_ns,
            found,
            why,
            content_hash,
            changed_ns,
            inode,
            seen_at,
        ) in connection.execute(query)
    }


def measured_attributes(
    connection: Connection, content_hashes: Collection[str]
) -> dict[str, dict[str, Attribute]]:
    """The attributes of each photo; photos the catalog does not hold are left out."""
    found: dict[str, dict[str, Attribute]] = {}
    for portion in portions(list(content_hashes)):
        query = select(photos.c.content_hash, photos.c.attributes).where(
            photos.c.content_hash.in_(portion)
        )
        for content_hash, stored in connection.execute(query):
            found[content_hash] = attributes_of(stored)
    return found


def mark_missing(
    connection: Connection, paths: Collection[str], *, root: str, max_share: float
) -> str | None:
    """Marks files under `root` that are gone, or marks none and says why."""
    readable = files.c.failure.is_distinct_from(_MISSING)
    present = connection.execute(select(func.count()).where(under(root), readable)).scalar_one()
    gone = {path for path in paths if is_under(path, root)}
    known: list[str] = []
    for portion in portions(list(gone)):
        query = select(files.c.path).where(files.c.path.in_(portion), readable)
        known += connection.execute(query).scalars()
    if len(known) > max_share * present:
        return (
            f"{len(known)} of {present} files under {root} are gone at once: is a drive missing?"
            " Nothing was marked; where it is meant, allow a larger share"
        )
    for portion in portions(known):
        connection.execute(
            update(files)
            .where(files.c.path.in_(portion))
            .values(failure=_MISSING, reason="it is no longer there")
        )
    return None


def stamp_again(connection: Connection, stamps: Sequence[FileStamp]) -> None:
    """Keeps the stamps of files that were found to be what they were."""
    if rows := _restamped(stamps):
        connection.execute(_RESTAMP, rows)


def stamp_first(connection: Connection, stamps: Sequence[FileStamp]) -> None:
    """Fills in what an earlier release did not keep, where nothing was done to a file since then.

    Of the others the content is compared first (see `unchanged.is_touched`).
    """
    was_seen_so = files.c.seen_at >= bindparam("changed_at", type_=Moment)
    rows = [
        row | {"changed_at": datetime.fromtimestamp(row["changed"] / 1e9, UTC)}
        for row in _restamped(stamps)
    ]
    if rows:
        connection.execute(_RESTAMP.where(files.c.changed_ns.is_(None), was_seen_so), rows)


def _restamped(stamps: Sequence[FileStamp]) -> list[dict[str, Any]]:
    return [
        {"at": stamp.path, "changed": stamp.changed_ns, "number": stamp.inode}
        for stamp in stamps
        if stamp.changed_ns is not None and is_storable(stamp.changed_ns)
    ]


def unavailable(connection: Connection, paths: Collection[str]) -> list[str]:
    """Those of `paths` that were missing or could not be read when last looked at."""
    found: list[str] = []
    for portion in portions(list(paths)):
        query = select(files.c.path).where(
            files.c.path.in_(portion), files.c.failure.in_(_UNAVAILABLE)
        )
        found += connection.execute(query).scalars()
    return found


def expect(connection: Connection, paths: Collection[str]) -> None:
    """Forgets what these files failed for: they wait to be decoded again."""
    for portion in portions(list(paths)):
        connection.execute(
            update(files)
            .where(files.c.path.in_(portion))
            .values(failure=None, reason=None, content_hash=None)
        )


def retry(connection: Connection, states: Collection[PhotoState]) -> int:
    """Forgets failures so that the files are tried again; returns how many were forgotten."""
    failures = [s.value for s in states if s in FAILURES and s is not PhotoState.MISSING]
    cleared = connection.execute(
        update(files)
        .where(files.c.failure.in_(failures))
        .values(failure=None, reason=None, content_hash=None)
    ).rowcount
    if PhotoState.QUARANTINED in states:
        cleared += connection.execute(
            delete(attempts).where(attempts.c.attempts >= MAX_ATTEMPTS)
        ).rowcount
    return cleared
