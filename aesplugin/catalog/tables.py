"""The catalog's tables. What is stored of each thing is in the column's name and comment.

A file's failure to be read stands with the file; what the model made of a content stands in
`assessments` and `attempts`. A file's state follows from the three (see `state.py`) and is
stored nowhere, so it cannot contradict them.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Named,
    Table,
    TypedColumns,
    text,
)

from aesplugin.assessment import NOT_PHOTOS
from aesplugin.catalog.columns import CleanText, FilePath, Moment, Unsigned64

SCHEMA_REVISION = "0008"  # the newest script in migrations/versions

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


class _Photos(TypedColumns):
    content_hash: Named[str] = Column(CleanText, primary_key=True)
    pixel_hash: Named[str] = Column(CleanText, index=True)
    perceptual_hash: Named[int] = Column(Unsigned64)
    width: Named[int]
    height: Named[int]
    format: Named[str] = Column(CleanText)
    exif_problem: Named[str | None] = Column(CleanText)
    note: Named[str | None] = Column(CleanText)  # what was done or ignored in decoding it
    attributes: Named[dict[str, Any]] = Column(JSON)  # {name: {value, unit, verdict}}
    first_seen: Named[datetime] = Column(Moment)


class _Files(TypedColumns):
    path: Named[str] = Column(FilePath, primary_key=True)
    display: Named[str] = Column(CleanText)  # the path as readable text, for people with SQL
    content_hash: Named[str | None] = Column(CleanText, ForeignKey("photos.content_hash"))
    size: Named[int] = Column(BigInteger)
    mtime_ns: Named[int] = Column(BigInteger)
    changed_ns: Named[int | None] = Column(BigInteger)  # the inode's change time
    inode: Named[int | None] = Column(Unsigned64)
    failure: Named[str | None] = Column(CleanText)  # a PhotoState, or none
    reason: Named[str | None] = Column(CleanText)
    seen_at: Named[datetime] = Column(Moment)


class _Exif(TypedColumns):
    content_hash: Named[str] = Column(
        CleanText, ForeignKey("photos.content_hash"), primary_key=True
    )
    taken_at: Named[datetime | None]  # the camera's wall clock
    taken_offset: Named[float | None]  # seconds east of UTC, where the file says
    make: Named[str | None] = Column(CleanText)
    model: Named[str | None] = Column(CleanText)
    serial: Named[str | None] = Column(CleanText)
    lens: Named[str | None] = Column(CleanText)
    exposure_time: Named[float | None]
    f_number: Named[float | None]
    iso: Named[int | None] = Column(BigInteger)
    focal_length: Named[float | None]
    focal_length_35mm: Named[float | None]
    exposure_bias: Named[float | None]
    exposure_mode: Named[str | None] = Column(CleanText)
    flash_fired: Named[bool | None]
    latitude: Named[float | None]
    longitude: Named[float | None]
    altitude: Named[float | None]
    rating: Named[int | None] = Column(BigInteger)
    burst_id: Named[str | None] = Column(CleanText)
    sequence_number: Named[int | None] = Column(BigInteger)


class _Assessments(TypedColumns):
    content_hash: Named[str] = Column(
        CleanText, ForeignKey("photos.content_hash"), primary_key=True
    )
    model_revision: Named[str] = Column(CleanText, primary_key=True)
    model: Named[str] = Column(CleanText)
    score: Named[float]
    comment: Named[str | None] = Column(CleanText)
    suggestions: Named[list[dict[str, Any]]] = Column(JSON)
    created_at: Named[datetime] = Column(Moment)
    embedding: Named[bytes | None] = Column(LargeBinary)
    uncertainty: Named[float | None]
    kind: Named[str | None] = Column(CleanText)  # an `assessment.Kind`
    content: Named[dict[str, Any] | None] = Column(JSON(none_as_null=True))  # subject, keywords
    reasons: Named[list[dict[str, Any]] | None] = Column(JSON(none_as_null=True))  # text, points


class _Attempts(TypedColumns):
    content_hash: Named[str] = Column(
        CleanText, ForeignKey("photos.content_hash"), primary_key=True
    )
    model_revision: Named[str] = Column(CleanText, primary_key=True)
    attempts: Named[int]
    reason: Named[str] = Column(CleanText)  # of the last failure
    last_at: Named[datetime] = Column(Moment)


class _Users(TypedColumns):
    name: Named[str] = Column(CleanText, primary_key=True)
    created_at: Named[datetime] = Column(Moment)


class _Preferences(TypedColumns):
    user_name: Named[str] = Column(CleanText, ForeignKey("users.name"), primary_key=True)
    content_hash: Named[str] = Column(
        CleanText, ForeignKey("photos.content_hash"), primary_key=True
    )
    rating: Named[int | None]
    favorite: Named[bool | None]
    source: Named[str] = Column(CleanText)
    stated_at: Named[datetime] = Column(Moment)


class _SidecarReadings(TypedColumns):
    # What a person's sidecars said when they were read last: the same again is no later word.
    user_name: Named[str] = Column(CleanText, ForeignKey("users.name"), primary_key=True)
    content_hash: Named[str] = Column(
        CleanText, ForeignKey("photos.content_hash"), primary_key=True
    )
    rating: Named[int | None]  # none where they say nothing any more
    written_at: Named[datetime] = Column(Moment)


class _Runs(TypedColumns):
    id: Named[int] = Column(Integer, primary_key=True, autoincrement=True)
    kind: Named[str] = Column(CleanText)
    note: Named[str] = Column(CleanText)
    started_at: Named[datetime] = Column(Moment)
    finished_at: Named[datetime | None] = Column(Moment)
    undone_at: Named[datetime | None] = Column(Moment)


class _Decisions(TypedColumns):
    # Rows are only added: the newest one counts, and undoing a run brings the one before back.
    id: Named[int] = Column(Integer, primary_key=True, autoincrement=True)
    user_name: Named[str] = Column(CleanText, ForeignKey("users.name"))
    content_hash: Named[str] = Column(CleanText, ForeignKey("photos.content_hash"))
    choice: Named[str] = Column(CleanText)
    stars: Named[int | None]
    favorite: Named[bool]
    decided_at: Named[datetime] = Column(Moment)
    run_id: Named[int | None] = Column(ForeignKey("runs.id"), index=True)
    # Which of choice, stars, favorite were said with it, joined by commas; the others repeat what
    # stood. None in a cull's rows.
    words: Named[str | None] = Column(CleanText)


class _TakenBack(TypedColumns):
    # The decisions of runs that were undone, so that they can be made again where they stood.
    id: Named[int] = Column(Integer, primary_key=True, autoincrement=False)  # as in `decisions`
    user_name: Named[str] = Column(CleanText, ForeignKey("users.name"))
    content_hash: Named[str] = Column(CleanText, ForeignKey("photos.content_hash"))
    choice: Named[str] = Column(CleanText)
    stars: Named[int | None]
    favorite: Named[bool]
    decided_at: Named[datetime] = Column(Moment)
    run_id: Named[int] = Column(ForeignKey("runs.id"))
    words: Named[str | None] = Column(CleanText)


class _Steps(TypedColumns):
    # What a page sent, by the id it gave: sent again, it changes nothing.
    id: Named[str] = Column(CleanText, primary_key=True)
    taken_at: Named[datetime] = Column(Moment)
    run_id: Named[int | None] = Column(  # made, undone or made again by it
        ForeignKey("runs.id"), index=True
    )


class _PublishItems(TypedColumns):
    run_id: Named[int] = Column(ForeignKey("runs.id"), primary_key=True)
    path: Named[str] = Column(FilePath, primary_key=True)  # the file written
    content_hash: Named[str | None] = Column(CleanText, ForeignKey("photos.content_hash"))
    before: Named[bytes | None] = Column(LargeBinary)  # its bytes, none where it was not there
    after_hash: Named[str] = Column(CleanText)  # SHA-256 of what was written
    written_at: Named[datetime] = Column(Moment)
    found_at: Named[datetime | None] = Column(Moment)  # when others had written it last
    put_back_hash: Named[str | None] = Column(CleanText)  # SHA-256 of what taking it back wrote


photos = Table("photos", metadata, _Photos)
files = Table("files", metadata, _Files, Index("ix_files_content_hash", "content_hash", "path"))
exif = Table(  # every photo has its row, if an empty one
    "exif",
    metadata,
    _Exif,
    Index("ix_exif_camera", "model", "taken_at", "content_hash"),
    Index("ix_exif_time", "taken_at", "content_hash"),
)
assessments = Table(
    "assessments",
    metadata,
    _Assessments,
    CheckConstraint("score >= 1 AND score <= 10", name="score_range"),
    Index("ix_assessments_rank", "model_revision", "score", "content_hash"),
)
is_no_photo = text(f"kind IN {tuple(sorted(kind.value for kind in NOT_PHOTOS))}")
"""As in `partial_indexes`, word for word: a bound parameter would not be found to match."""
attempts = Table("attempts", metadata, _Attempts)
users = Table("users", metadata, _Users)
preferences = Table(
    "preference_examples",
    metadata,
    _Preferences,
    CheckConstraint("rating BETWEEN 1 AND 5", name="rating_range"),
)
sidecar_readings = Table("sidecar_readings", metadata, _SidecarReadings)
runs = Table("runs", metadata, _Runs)
decisions = Table(
    "decisions",
    metadata,
    _Decisions,
    CheckConstraint("stars BETWEEN 0 AND 5", name="stars_range"),
    Index("ix_decisions_newest", "user_name", "content_hash", "id"),
    sqlite_autoincrement=True,  # a number is never given twice, also after its row was taken back
)
taken_back = Table(
    "taken_back",
    metadata,
    _TakenBack,
    Index("ix_taken_back_user_name_run_id", "user_name", "run_id"),
)
steps = Table("steps", metadata, _Steps)
publish_items = Table(
    "publish_items",
    metadata,
    _PublishItems,
    Index("ix_publish_items_path", "path"),
    Index("ix_publish_items_content_hash", "content_hash"),
)
