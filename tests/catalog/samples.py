"""Small photos, files and answers to store."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

from sqlalchemy import Connection, delete

from aesplugin.assessment import Assessment, Attribute, Flaw, Suggestion, Verdict
from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.records import FailedFile, IngestedFile
from aesplugin.catalog.rows import assessment_row, exif_row, file_row, photo_row
from aesplugin.catalog.sql_helpers import upsert
from aesplugin.catalog.tables import assessments, exif, files, photos
from aesplugin.photo import Exif, FileStamp, Photo, PhotoState

REVISION = "model-1"

FULL_EXIF = Exif(
    taken_at=datetime(2026, 5, 4, 3, 2, 1, 987654, tzinfo=timezone(timedelta(hours=5, minutes=30))),
    make="Maker",
    model="Model Ⅲ",
    serial="00012",
    lens="24-70mm",
    exposure_time=1 / 250,
    f_number=2.8,
    iso=102400,
    focal_length=35.0,
    focal_length_35mm=52.5,
    exposure_bias=-0.333,
    exposure_mode="bracket",
    flash_fired=False,
    latitude=-33.8568,
    longitude=151.2153,
    altitude=-2.5,
    rating=-1,
    burst_id="A1B2",
    sequence_number=3,
)
SUGGESTION = Suggestion(
    flaw=Flaw.TILTED_HORIZON, direction="rotate left", strength=0.25, advice="Level the horizon."
)


def content_hash(number: int) -> str:
    """The content hash of the sample photo `number`."""
    return hashlib.sha256(str(number).encode()).hexdigest()


def photo(number: int, **changes: Any) -> Photo:
    """A photo of its own content."""
    values: dict[str, Any] = {
        "content_hash": content_hash(number),
        "perceptual_hash": number,
        "width": 6000,
        "height": 4000,
        "format": "JPEG",
        "exif": Exif(),
    }
    return Photo(**values | changes)


def stamp(path: str, **changes: int) -> FileStamp:
    """A file's stamp."""
    values = {"size": 1000, "mtime_ns": 1_700_000_000_000_000_000} | changes
    return FileStamp(path=path, **values)


def ingested(
    number: int,
    path: str | None = None,
    attributes: Mapping[str, Attribute] | None = None,
    **changes: Any,
) -> IngestedFile:
    """The file ``/photos/<number>.jpg``, decoded."""
    measured = (
        {"exposure": Attribute(0.5, "EV", Verdict.GOOD)} if attributes is None else attributes
    )
    return IngestedFile(
        stamp=stamp(path or f"/photos/{number:06d}.jpg"),
        photo=photo(number, **changes),
        attributes=measured,
    )


def failed(path: str, state: PhotoState = PhotoState.DAMAGED) -> FailedFile:
    """A file that could not be decoded."""
    return FailedFile(stamp=stamp(path), state=state, reason=f"{path} is {state.value}")


def assessment(number: int, score: float = 5.0, **changes: Any) -> Assessment:
    """An answer about the sample photo `number`."""
    values: dict[str, Any] = {
        "content_hash": content_hash(number),
        "model": "model",
        "model_revision": REVISION,
        "score": score,
    }
    return Assessment(**values | changes)


def store_as_before_0012(connection: Connection, numbers: Iterable[int]) -> None:
    """Photos, their files and answers, as they were stored when there was no search."""
    for number in numbers:
        item = ingested(number)
        key = {"content_hash": item.photo.content_hash}
        upsert(connection, photos, [photo_row(item.photo, item.attributes)])
        upsert(connection, exif, [exif_row(item.photo)])
        upsert(connection, files, [file_row(item.stamp) | key])
        upsert(connection, assessments, [assessment_row(assessment(number))])


def answered(catalog: Catalog, path: str, revision: str, **changes: Any) -> None:
    """As if the model had said this, too, of a photo that has been scored."""
    entry = catalog.entry(path, revision)
    assert entry is not None and entry.assessment is not None
    key = entry.assessment.content_hash
    embeddings = catalog.embeddings(revision, [key])
    with catalog._database.writing() as connection:
        connection.execute(delete(assessments).where(assessments.c.content_hash == key))
    told = replace(entry.assessment, **{"embedding": embeddings.get(key)} | changes)
    assert catalog.record_assessments([told]) == 1
