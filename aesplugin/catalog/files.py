"""Files and the photos in them: what was ingested, what failed, what is no longer there."""

import os
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Connection,
    LargeBinary,
    Select,
    bindparam,
    delete,
    exists,
    func,
    select,
    type_coerce,
    update,
)

from aesplugin.assessment import Attribute
from aesplugin.catalog.conditions import FAILURES, MAX_ATTEMPTS, files_as_seen_by, reason, state
from aesplugin.catalog.faces import record_faces
from aesplugin.catalog.records import FailedFile, IngestedFile, KnownFile
from aesplugin.catalog.rows import EXIF_FIELDS, attributes_of, exif_row, file_row, photo_row
from aesplugin.catalog.search.index import held_by, refresh
from aesplugin.catalog.sql_helpers import (
    PORTION,
    end_of,
    is_under,
    portions,
    replacing,
    under,
    upsert,
)
from aesplugin.catalog.tables import FilePath, Moment, attempts, exif, files, is_storable, photos
from aesplugin.counting import counted
from aesplugin.errors import UsageError
from aesplugin.photo import FileStamp, PhotoState

_MISSING = PhotoState.MISSING.value
_is_there = files.c.failure.is_distinct_from(_MISSING)
_FEW = 5000  # contents; beyond it is quicker to read the whole table
_UNAVAILABLE = (_MISSING, PhotoState.UNREADABLE.value)
_STAMP = replacing(
    "display", "size", "mtime_ns", "changed_ns", "inode", "failure", "reason", "seen_at"
)
_FILE = _STAMP | replacing("content_hash")
_EXIF = replacing(*EXIF_FIELDS, "taken_offset")
_MEASURED = replacing(
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
_other = files.alias()
_RESPELL = (
    update(files)
    .where(
        files.c.path == bindparam("at"),
        ~exists().where(_other.c.path == bindparam("new", type_=FilePath)),
    )
    .values(path=bindparam("new", type_=FilePath), display=bindparam("shown"))
)


def record_photos(connection: Connection, items: Sequence[IngestedFile]) -> None:
    """Stores photos, EXIF, faces and the files that show them; what people said stays."""
    contents = {item.photo.content_hash: item for item in items}
    before = held_by(connection, [item.stamp.path for item in items])
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
    record_faces(connection, {key: item.faces for key, item in contents.items() if item.faces})
    by_path = {
        item.stamp.path: file_row(item.stamp) | {"content_hash": item.photo.content_hash}
        for item in items
    }
    upsert(connection, files, list(by_path.values()), _FILE)
    refresh(connection, contents.keys() | before)


def record_failures(connection: Connection, items: Sequence[FailedFile]) -> None:
    """Stores files that have no score, and why. Only a missing one keeps its content."""
    rows: dict[bool, dict[str, dict[str, Any]]] = {True: {}, False: {}}
    for item in items:
        if item.state not in FAILURES:
            raise UsageError(f"{item.state.value!r} is not a failure state: {item.stamp.path}")
        row = file_row(item.stamp) | {"failure": item.state.value, "reason": item.reason}
        rows[item.state is PhotoState.MISSING][item.stamp.path] = row
    before = held_by(connection, [item.stamp.path for item in items])
    upsert(connection, files, list(rows[False].values()), _FILE)
    upsert(connection, files, list(rows[True].values()), _STAMP)
    refresh(connection, before)


def known_files(
    connection: Connection,
    model_revision: str,
    *,
    paths: Collection[str] | None = None,
    folder: str | None = None,
) -> dict[str, KnownFile]:
    """Every file of the catalog by path, but those marked missing: seen again, they are new.

    With `folder` those below it. With `paths` only those, missing ones too.
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
        inside = [] if folder is None else [under(folder)]
        return _known(connection, query.where(_is_there, *inside))
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


def copies(
    connection: Connection, content_hashes: Collection[str], *, besides: Collection[str] = ()
) -> dict[str, str]:
    """Content by path, of each file that held one of these when last seen; `besides` left out."""
    query = select(files.c.path, files.c.content_hash).where(_is_there)
    queries = (
        [query]
        if len(content_hashes) > _FEW
        else [query.where(files.c.content_hash.in_(some)) for some in portions(content_hashes)]
    )
    return {
        path: key
        for rows in map(connection.execute, queries)
        for path, key in rows
        if key is not None and key in content_hashes and path not in besides
    }


def contents_below(connection: Connection, folder: str, *, after: str) -> dict[str, str]:
    """Content by path, in order, of the first files below `folder` that follow `after`."""
    start = after or os.path.join(folder, "")
    query = (  # one lower bound: of two, SQLite may start at the first
        select(files.c.path, files.c.content_hash)
        .where(files.c.path > start, files.c.path < end_of(folder))
        .where(_is_there, files.c.content_hash.is_not(None))
        .order_by(files.c.path)
        .limit(PORTION)
    )
    return {path: str(content_hash) for path, content_hash in connection.execute(query)}


def has_file_in(connection: Connection, folder: str) -> bool:
    """Whether a file lies in `folder` itself; what its folders hold is leapt over."""
    below = select(files.c.path).where(files.c.path < end_of(folder), _is_there)
    query = below.order_by(files.c.path).limit(1)
    start = after = os.path.join(folder, "")
    while path := connection.execute(query.where(files.c.path >= after)).scalar():
        name, is_deeper, _ = path.removeprefix(start).partition(os.sep)
        if not is_deeper:
            return True
        after = end_of(start + name)
    return False


def folders(connection: Connection) -> set[str]:
    """Every folder that files were ever seen in, at the least cost: paths stay bytes until then."""
    # Missing files count: whether one is leads from the index of paths to the table.
    rows = connection.execute(select(type_coerce(files.c.path, LargeBinary))).scalars()
    separator = os.fsencode(os.sep)
    found = {path[: path.rfind(separator) + 1] for path in rows}
    return {os.path.dirname(os.fsdecode(folder)) for folder in found}


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


def measured_values(
    connection: Connection, measure: str, content_hashes: Collection[str] | None = None
) -> dict[str, float | None]:
    """One measured value of each of these photos (of all where None); None where it has none.

    Only that value is read from the JSON of each photo. Of 100,000 it takes a third of a second.
    """
    value = photos.c.attributes[measure]["value"].as_float()
    query = select(photos.c.content_hash, value)
    if content_hashes is None:
        return {row[0]: row[1] for row in connection.execute(query)}
    found: dict[str, float | None] = {}
    for portion in portions(list(content_hashes)):
        rows = connection.execute(query.where(photos.c.content_hash.in_(portion)))
        found |= {row[0]: row[1] for row in rows}
    return found


def mark_missing(
    connection: Connection, paths: Collection[str], *, root: str, max_share: float
) -> str | None:
    """Marks files under `root` that are gone, or marks none and says why."""
    present = connection.execute(select(func.count()).where(under(root), _is_there)).scalar_one()
    gone = {path for path in paths if is_under(path, root)}
    known: list[str] = []
    for portion in portions(list(gone)):
        query = select(files.c.path).where(files.c.path.in_(portion), _is_there)
        known += connection.execute(query).scalars()
    if len(known) > max_share * present:
        return (
            f"{len(known)} of {counted(present, 'file')} under {root}"
            f" {'is' if len(known) == 1 else 'are'} gone at once: is the drive mounted?"
            " Nothing was marked as missing; if they were deleted, confirm it"
        )
    for portion in portions(known):
        connection.execute(
            update(files)
            .where(files.c.path.in_(portion))
            .values(failure=_MISSING, reason="the file no longer exists")
        )
    refresh(connection, held_by(connection, known))
    return None


def respell(connection: Connection, pairs: Mapping[str, str]) -> None:
    """Calls files by the new spellings of their paths; one that has a row already is left."""
    for portion in portions(list(pairs.values())):
        connection.execute(
            delete(files).where(files.c.path.in_(portion), files.c.failure == _MISSING)
        )
    rows = [{"at": old, "new": new, "shown": new} for old, new in pairs.items()]
    connection.execute(_RESPELL, rows)
    refresh(connection, held_by(connection, pairs.values()))


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
    """Those of `paths` that were missing or could not be read when last checked."""
    found: list[str] = []
    for portion in portions(list(paths)):
        query = select(files.c.path).where(
            files.c.path.in_(portion), files.c.failure.in_(_UNAVAILABLE)
        )
        found += connection.execute(query).scalars()
    return found


def expect(connection: Connection, paths: Collection[str]) -> None:
    """Forgets what these files failed for: they wait to be decoded again."""
    before = held_by(connection, paths)
    for portion in portions(list(paths)):
        connection.execute(
            update(files)
            .where(files.c.path.in_(portion))
            .values(failure=None, reason=None, content_hash=None)
        )
    refresh(connection, before)


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
