"""Photographs, and pictures that are none: graphics, documents and scientific images.

These are the few, so they are a list looked up by an index of their own, and left out of (or kept
from) whatever else is asked. A picture of unknown kind counts as a photograph.
"""

from sqlalchemy import ColumnElement, Connection, Select, exists, select

from aesplugin.catalog.filters import Kinds
from aesplugin.catalog.paths import under as lies_under
from aesplugin.catalog.tables import assessments, files, is_no_photo


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
