"""Files and the photos in them: what was ingested, what failed, what is no longer there."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, Select, delete, func, select, update

from aesplugin.assessment import Attribute
from aesplugin.catalog.batches import portions
from aesplugin.catalog.paths import is_under, under
from aesplugin.catalog.records import FailedFile, IngestedFile, KnownFile
from aesplugin.catalog.rows import EXIF_FIELDS, attributes_of, exif_row, file_row, photo_row
from aesplugin.catalog.state import FAILURES, MAX_ATTEMPTS, files_as_seen_by, reason, state
from aesplugin.catalog.tables import attempts, exif, files, photos
from aesplugin.catalog.upsert import replacing, upsert
from aesplugin.errors import UsageError
from aesplugin.photo import PhotoState

_MISSING = PhotoState.MISSING.value
_UNAVAILABLE = (_MISSING, PhotoState.UNREADABLE.value)
_STAMP = replacing("display", "size", "mtime_ns", "failure", "reason", "seen_at")
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
        files.c.path, files.c.size, files.c.mtime_ns, state, reason, files.c.content_hash
    ).select_from(files_as_seen_by(model_revision))
    if paths is None:
        return _known(connection, query.where(files.c.failure.is_distinct_from(_MISSING)))
    found: dict[str, KnownFile] = {}
    for portion in portions(list(paths)):
        found |= _known(connection, query.where(files.c.path.in_(portion)))
    return found


def _known(
    connection: Connection, query: Select[str, int, int, str, str | None, str | None]
) -> dict[str, KnownFile]:
    states = {member.value: member for member in PhotoState}
    return {
        path: KnownFile(
            size=size,
            mtime_ns=mtime_ns,
            state=states[found],
            reason=why,
            content_hash=content_hash,
        )
        for path, size, mtime_ns, found, why, content_hash in connection.execute(query)
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
