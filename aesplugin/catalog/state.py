"""A file's state, told from three facts: its failure, its assessment, its failed attempts."""

from sqlalchemy import ColumnElement, Join, and_, case

from aesplugin.catalog.tables import assessments, attempts, files
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
