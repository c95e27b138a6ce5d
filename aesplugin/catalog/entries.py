"""Reading what is known of files: one, many, the best; how many stand where; what failed last."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    RowMapping,
    Select,
    case,
    exists,
    func,
    select,
)

from aesplugin.catalog.conditions import FAILURES, by_kind, files_as_seen_by, reason, state
from aesplugin.catalog.faces import faces_of
from aesplugin.catalog.filters import Kinds
from aesplugin.catalog.records import Entry, Failure
from aesplugin.catalog.rows import EXIF_FIELDS, assessment_of, attributes_of, photo_of
from aesplugin.catalog.sql_helpers import PORTION, portions
from aesplugin.catalog.sql_helpers import under as lies_under
from aesplugin.catalog.tables import assessments, attempts, exif, faces, files, photos
from aesplugin.errors import UsageError
from aesplugin.face import Face
from aesplugin.photo import PhotoState

Reading = Callable[[], AbstractContextManager[Connection]]

_HASH_PREFIX = re.compile(r"[0-9a-f]{4,64}")
_PHOTO = (
    *photos.c,
    *(exif.c[name].label(f"exif_{name}") for name in (*EXIF_FIELDS, "taken_offset")),
    faces.c.faces,
)
_ENTRY = (
    files.c.path,
    files.c.content_hash.label("file_content"),
    state,
    reason,
    *_PHOTO,
    assessments.c.model,
    assessments.c.model_revision,
    assessments.c.score,
    assessments.c.comment,
    assessments.c.suggestions,
    assessments.c.uncertainty,
    assessments.c.kind,
    assessments.c.content,
    assessments.c.reasons,
)


def rank(
    connection: Connection,
    model_revision: str,
    *,
    limit: int,
    offset: int,
    under: str | None,
    kinds: Kinds,
) -> list[Entry]:
    """Photos from the highest score down, each once, by its first readable path."""
    key = assessments.c.content_hash
    shown = exists().where(files.c.content_hash == key, readable(under))
    best = (
        select(key)
        .where(assessments.c.model_revision == model_revision, shown)
        .where(*by_kind(key, model_revision, kinds))
        .order_by(assessments.c.score.desc(), key.desc())
        .limit(limit)
        .offset(offset)
    )
    hashes = connection.execute(best).scalars().all()
    found: dict[str, Entry] = {}
    for portion in portions(hashes):
        query = _select(model_revision).where(files.c.content_hash.in_(portion), readable(under))
        for entry in _entries(connection, query):
            assert entry.photo is not None
            found.setdefault(entry.photo.content_hash, entry)
    return [found[content_hash] for content_hash in hashes]


def entry(connection: Connection, path_or_hash: str, model_revision: str) -> Entry | None:
    """One file by its path, or one photo by its content hash or the beginning of it.

    Raises:
        UsageError: several photos' hashes begin so.
    """
    by_path = _select(model_revision).where(files.c.path == path_or_hash)
    for found in _entries(connection, by_path):
        return found
    content_hash = _content_beginning(connection, path_or_hash)
    if content_hash is None:
        return None
    by_content = _select(model_revision).where(files.c.content_hash == content_hash)
    shown = list(_entries(connection, by_content))
    usable = [found for found in shown if found.state not in FAILURES]
    return next(iter(usable or shown), None) or _orphan(connection, content_hash)


def all_entries(
    reading: Reading,
    model_revision: str,
    under: str | None,
    only: ColumnElement[bool] | None = None,
) -> Iterator[Entry]:
    """Every file, ordered by path, read in portions: no transaction stays open meanwhile."""
    after: ColumnElement[bool] | None = None
    while True:
        asked = (None if under is None else lies_under(under), only, after)
        query = _select(model_revision).limit(PORTION)
        query = query.where(*(condition for condition in asked if condition is not None))
        with reading() as connection:
            portion = list(_entries(connection, query))
        yield from portion
        if len(portion) < PORTION:
            return
        after = files.c.path > portion[-1].path


def entries_of(
    reading: Reading,
    model_revision: str,
    paths: Collection[str],
    only: ColumnElement[bool] | None = None,
) -> Iterator[Entry]:
    """The files of these paths, in this order; unknown ones are left out."""
    for portion in portions(list(paths)):
        query = _select(model_revision).where(files.c.path.in_(portion))
        query = query if only is None else query.where(only)
        with reading() as connection:
            found = {entry.path: entry for entry in _entries(connection, query)}
        yield from (found[path] for path in portion if path in found)


def counts(connection: Connection, model_revision: str) -> dict[PhotoState, int]:
    """How many files stand in each state; every state is a key."""
    query = (
        select(state, func.count()).select_from(files_as_seen_by(model_revision)).group_by(state)
    )
    found: dict[str, int] = dict(connection.execute(query).all())
    return {member: found.get(member.value, 0) for member in PhotoState}


def last_failures(connection: Connection, model_revision: str, limit: int) -> list[Failure]:
    """Files that failed or whose content is quarantined, the latest first."""
    at = case((files.c.failure.is_not(None), files.c.seen_at), else_=attempts.c.last_at)
    query = (
        select(files.c.path, state, reason, at)
        .select_from(files_as_seen_by(model_revision))
        .where(state.in_([*(s.value for s in FAILURES), PhotoState.QUARANTINED.value]))
        .order_by(at.desc(), files.c.path)
        .limit(limit)
    )
    return [
        Failure(path=path, state=PhotoState(name), reason=why, at=when)
        for path, name, why, when in connection.execute(query)
    ]


def _select(model_revision: str) -> Select[*tuple[object, ...]]:
    joined = (
        files_as_seen_by(model_revision)
        .outerjoin(photos, photos.c.content_hash == files.c.content_hash)
        .outerjoin(exif, exif.c.content_hash == files.c.content_hash)
        .outerjoin(faces, faces.c.content_hash == files.c.content_hash)
    )
    return select(*_ENTRY).select_from(joined).order_by(files.c.path)


def readable(under: str | None = None) -> ColumnElement[bool]:
    """Files that are there and could be decoded (under a folder)."""
    present = files.c.failure.is_(None)
    return present if under is None else present & lies_under(under)


def _entries(connection: Connection, query: Select[*tuple[object, ...]]) -> Iterator[Entry]:
    rows = connection.execute(query).all()
    copies = _copies(connection, {row.file_content for row in rows if row.file_content})
    for row in rows:
        yield _entry(row, copies.get(row.file_content, ()))


def _copies(connection: Connection, content_hashes: Collection[str]) -> Mapping[str, Sequence[str]]:
    """The readable files of each content, ordered by path."""
    found: dict[str, list[str]] = {}
    for portion in portions(list(content_hashes)):
        query = (
            select(files.c.content_hash, files.c.path)
            .where(files.c.content_hash.in_(portion), files.c.failure.is_(None))
            .order_by(files.c.path)
        )
        for content_hash, path in connection.execute(query):
            found.setdefault(str(content_hash), []).append(path)
    return found


def _entry(row: Row[*tuple[object, ...]], copies: Sequence[str]) -> Entry:
    values = row._mapping
    known = values["content_hash"] is not None
    return Entry(
        path=values["path"],
        paths=tuple(copies) or (values["path"],),
        state=PhotoState(values["state"]),
        reason=values["reason"],
        photo=photo_of(values) if known else None,
        attributes=attributes_of(values["attributes"]),
        assessment=assessment_of(values) if values["state"] == PhotoState.ASSESSED else None,
        faces=_faces_in(values),
    )


def _faces_in(values: RowMapping) -> tuple[Face, ...] | None:
    return None if values["faces"] is None else faces_of(values["faces"])


def _content_beginning(connection: Connection, prefix: str) -> str | None:
    if not _HASH_PREFIX.fullmatch(prefix):
        return None
    query = (
        select(photos.c.content_hash)
        .where(photos.c.content_hash >= prefix, photos.c.content_hash < f"{prefix}g")
        .limit(2)
    )
    found = connection.execute(query).scalars().all()
    if len(found) > 1:
        raise UsageError(f"several photos' hashes begin with {prefix}: give more characters")
    return found[0] if found else None


def _orphan(connection: Connection, content_hash: str) -> Entry:
    """A photo whose files all show something else by now."""
    joined = photos.outerjoin(exif, exif.c.content_hash == photos.c.content_hash).outerjoin(
        faces, faces.c.content_hash == photos.c.content_hash
    )
    query = select(*_PHOTO).select_from(joined).where(photos.c.content_hash == content_hash)
    values = connection.execute(query).one()._mapping
    return Entry(
        path="",
        paths=(),
        state=PhotoState.MISSING,
        reason="no file has this content any more",
        photo=photo_of(values),
        attributes=attributes_of(values["attributes"]),
        faces=_faces_in(values),
    )
