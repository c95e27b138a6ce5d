"""Column types that keep a value the same on SQLite and on PostgreSQL."""

import os
import sys
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Named,
    Table,
    Text,
    TypedColumns,
    text,
)
from sqlalchemy.exc import DontWrapMixin
from sqlalchemy.types import TypeDecorator

from aesplugin.assessment import NOT_PHOTOS
from aesplugin.errors import UsageError

_ENCODING, _ERRORS = sys.getfilesystemencoding(), sys.getfilesystemencodeerrors()
_TWO_63, _TWO_64 = 1 << 63, 1 << 64


def is_storable(value: int) -> bool:
    """True where `value` fits a signed 64-bit column."""
    return -_TWO_63 <= value < _TWO_63


class _NoPath(UsageError, DontWrapMixin):
    """Comes out of SQLAlchemy as it is, not inside an error of its own."""


class FilePath(TypeDecorator[str]):
    """A path as the file system's own bytes, so that any name comes back as it was."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        try:
            return None if value is None else os.fsencode(value)
        except UnicodeEncodeError:
            raise _NoPath(f"{value!r} is not a valid file path on this system") from None

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        return None if value is None else value.decode(_ENCODING, _ERRORS)  # os.fsdecode, faster


class CleanText(TypeDecorator[str]):
    """Text without what databases refuse: NUL goes, lone surrogates become "?"."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None or (value.isascii() and "\0" not in value):
            return value
        return value.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


class Moment(TypeDecorator[datetime]):
    """A point in time: aware in Python, stored as naive UTC to the microsecond."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class Unsigned64(TypeDecorator[int]):
    """0..2**64-1 in a signed column: databases know no unsigned integers."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> int | None:
        return value - _TWO_64 if value is not None and value >= _TWO_63 else value

    def process_result_value(self, value: int | None, dialect: Dialect) -> int | None:
        return None if value is None else value % _TWO_64


SCHEMA_REVISION = "0014"  # the newest script in migrations/versions

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
    perceptual_hash: Named[int] = Column(Unsigned64)
    width: Named[int]
    height: Named[int]
    format: Named[str] = Column(CleanText)
    exif_problem: Named[str | None] = Column(CleanText)
    note: Named[str | None] = Column(CleanText)  # what was done or ignored in decoding it
    attributes: Named[dict[str, Any]] = Column(JSON)  # {name: {value, unit, verdict}}
    first_seen: Named[datetime] = Column(Moment)


class _Faces(TypedColumns):
    # A photo without a row was not looked at: faces were off, or it was read by an earlier release.
    content_hash: Named[str] = Column(
        CleanText, ForeignKey("photos.content_hash"), primary_key=True
    )
    reader_revision: Named[str] = Column(CleanText)
    faces: Named[list[dict[str, Any]]] = Column(JSON)  # the fields of `Face`, the largest first
    read_at: Named[datetime] = Column(Moment)


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


class _Searchable(TypedColumns):
    # What is searched of a photo, made from the other tables; see `search.index`. Without a model
    # ("") its names, camera and date; beside it one with each model's words.
    id: Named[int] = Column(Integer, primary_key=True, autoincrement=True)
    content_hash: Named[str] = Column(CleanText, ForeignKey("photos.content_hash"))
    model_revision: Named[str] = Column(CleanText)
    shown: Named[str] = Column(CleanText)  # words between spaces: content, names, camera, date
    told: Named[str] = Column(CleanText)  # of comment and advice


class _KnownWords(TypedColumns):
    # Words of letters that were ever searchable: the nearest one stands in for one misspelt.
    word: Named[str] = Column(CleanText, primary_key=True)


class _Users(TypedColumns):
    name: Named[str] = Column(CleanText, primary_key=True)
    created_at: Named[datetime] = Column(Moment)


class _SavedFilters(TypedColumns):
    # Filters, order and words of the gallery under a name: the query of its address.
    user_name: Named[str] = Column(CleanText, ForeignKey("users.name"), primary_key=True)
    name: Named[str] = Column(CleanText, primary_key=True)
    query: Named[str] = Column(CleanText)
    saved_at: Named[datetime] = Column(Moment)


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
    # Since when an undone run cannot be made again: its person decided something else.
    superseded_at: Named[datetime | None] = Column(Moment)


class _Judgements(TypedColumns):
    # One row for each thing said of a photo. Rows are only added: what was said last counts, and
    # the rows of a run that was taken back do not. NULL: nothing was said of it.
    id: Named[int] = Column(Integer, primary_key=True, autoincrement=True)
    user_name: Named[str] = Column(CleanText, ForeignKey("users.name"))
    content_hash: Named[str] = Column(CleanText, ForeignKey("photos.content_hash"))
    choice: Named[str | None] = Column(CleanText)
    stars: Named[int | None]  # 0: none any more
    favorite: Named[bool | None]
    # Of a decision "decide" or "cull"; of a rating "user", "file" or the program it was read from.
    source: Named[str] = Column(CleanText)
    stated_at: Named[datetime] = Column(Moment)
    run_id: Named[int | None] = Column(ForeignKey("runs.id"), index=True)  # of decisions


class _HandGroups(TypedColumns):
    # Photos that are one group because a person said so: those of one part of a run. Rows are only
    # added; of a photo the last one counts whose run was not taken back, whoever made it.
    id: Named[int] = Column(Integer, primary_key=True, autoincrement=True)
    run_id: Named[int] = Column(ForeignKey("runs.id"), index=True)
    user_name: Named[str] = Column(CleanText, ForeignKey("users.name"))
    part: Named[int]  # of what the run made: a burst that was split has two
    content_hash: Named[str] = Column(CleanText, ForeignKey("photos.content_hash"))


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
faces = Table("faces", metadata, _Faces)
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
searchable = Table(
    "searchable",
    metadata,
    _Searchable,
    Index("ix_searchable_photo", "content_hash", "model_revision", unique=True),
)
known_words = Table("known_words", metadata, _KnownWords)
users = Table("users", metadata, _Users)
saved_filters = Table("saved_filters", metadata, _SavedFilters)
sidecar_readings = Table("sidecar_readings", metadata, _SidecarReadings)
runs = Table("runs", metadata, _Runs)
judgements = Table(
    "judgements",
    metadata,
    _Judgements,
    CheckConstraint("stars BETWEEN 0 AND 5", name="stars_range"),
    Index(  # with what tells whether a row counts: what stands is found without reading the rows
        "ix_judgements_of_photo",
        *("user_name", "content_hash", "id"),
        *("source", "run_id", "choice", "stars", "favorite"),
    ),
    sqlite_autoincrement=True,  # a number is never given twice, also after its row was forgotten
)
hand_groups = Table("hand_groups", metadata, _HandGroups)
steps = Table("steps", metadata, _Steps)
publish_items = Table(
    "publish_items",
    metadata,
    _PublishItems,
    Index("ix_publish_items_path", "path"),
    Index("ix_publish_items_content_hash", "content_hash"),
)
