"""SQL conditions that many queries share: a file's state, and photographs apart from the rest."""

from sqlalchemy import ColumnElement, Connection, Join, Select, and_, case, exists, select

from aesplugin.catalog.filters import Kinds
from aesplugin.catalog.sql_helpers import under as lies_under
from aesplugin.catalog.tables import assessments, attempts, files, is_no_photo
from aesplugin.photo import MAX_ATTEMPTS as MAX_ATTEMPTS
from aesplugin.photo import PhotoState

FAILURES = frozenset(
    {
        PhotoState.MISSING,
        PhotoState.UNREADABLE,
        PhotoState.EMPTY,
        PhotoState.UNSUPPORTED,
        PhotoState.DAMAGED,
        PhotoState.OVERSIZED,
        PhotoState.STUCK,
    }
)

state: ColumnElement[str] = case(
    (files.c.failure.is_not(None), files.c.failure),
    (assessments.c.content_hash.is_not(None), PhotoState.ASSESSED.value),
    (attempts.c.attempts >= MAX_ATTEMPTS, PhotoState.QUARANTINED.value),
    else_=PhotoState.PENDING.value,
).label("state")

# Why: of the file's failure, else of the model's last one. An assessed file has none.
reason: ColumnElement[str | None] = case(
    (files.c.failure.is_not(None), files.c.reason),
    (assessments.c.content_hash.is_not(None), None),
    else_=attempts.c.reason,
).label("reason")


def files_as_seen_by(model_revision: str) -> Join:
    """Every file, beside what `model_revision` made of its content; `state` reads from this."""
    return files.outerjoin(
        assessments,
        and_(
            assessments.c.content_hash == files.c.content_hash,
            assessments.c.model_revision == model_revision,
        ),
    ).outerjoin(
        attempts,
        and_(
            attempts.c.content_hash == files.c.content_hash,
            attempts.c.model_revision == model_revision,
        ),
    )


def by_kind(
    key: ColumnElement[str], model_revision: str, kinds: Kinds
) -> list[ColumnElement[bool]]:
    """What the column of content hashes `key` has to fulfil."""
    match kinds:
        case Kinds.PHOTOS:
            return [key.not_in(_not_photos(model_revision))]
        case Kinds.NOT_PHOTOS:
            return [key.in_(_not_photos(model_revision))]
        case Kinds.ALL:
            return []


def not_photos(connection: Connection, model_revision: str, under: str | None) -> list[str]:
    """Those that a readable file holds (under a folder)."""
    conditions: list[ColumnElement[bool]] = [
        files.c.content_hash == assessments.c.content_hash,
        files.c.failure.is_(None),
    ]
    if under is not None:
        conditions.append(lies_under(under))
    query = _not_photos(model_revision).where(exists().where(*conditions))
    return list(connection.execute(query).scalars())


def _not_photos(model_revision: str) -> Select[str]:
    return select(assessments.c.content_hash).where(
        assessments.c.model_revision == model_revision, is_no_photo
    )
