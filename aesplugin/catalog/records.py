"""What goes into the catalog and comes out of it: frozen values, no database in them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from aesplugin.assessment import Assessment, Attribute
from aesplugin.decision import Choice, Decision
from aesplugin.face import Face
from aesplugin.photo import FileStamp, FileStatus, Photo, PhotoState


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFaces:
    """The faces of a photo, the largest first, and the revision of what read them."""

    reader_revision: str
    faces: tuple[Face, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestedFile:
    """A file that was decoded: where it is, what it shows, what was measured.

    `faces` is None where they were not read: those known from before stay.
    """

    stamp: FileStamp
    photo: Photo
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    faces: ReadFaces | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedFile:
    """A file that could not be decoded; `reason` is one line for its owner."""

    stamp: FileStamp
    state: PhotoState
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFile:
    """What the catalog holds of a path, to tell cheaply whether the file is still the same.

    `changed_ns` and `inode` are None where an earlier release read the file (see `FileStamp`).
    """

    size: int
    mtime_ns: int
    state: PhotoState
    reason: str | None
    content_hash: str | None
    changed_ns: int | None = None
    inode: int | None = None
    seen_at: datetime | None = None  # when the catalog took in what it holds


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingFile:
    """A file that waits for the model; `content_hash` is None where it is to be decoded again."""

    content_hash: str | None
    stamp: FileStamp


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(FileStatus):
    """All that is known of one file, as one model revision sees it.

    `paths` are all files of the same content, `path` among them. `photo` is None where the file
    was never decoded, `assessment` unless `state` is assessed. The assessment comes without its
    embedding (see `Catalog.embeddings`). `faces` are the largest first, None where nobody looked.
    """

    paths: tuple[str, ...]
    photo: Photo | None = None
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    assessment: Assessment | None = None
    faces: tuple[Face, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure(FileStatus):
    """A file without a score, and since when."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Preference:
    """A person's own word on a photo: what the model of their taste learns from.

    `rating` is 1..5. None leaves what was said before as it is. `choice` is the pick or reject that
    the rating was read from, None where it was read from stars; "none" takes both back.
    """

    content_hash: str
    rating: int | None = None
    favorite: bool | None = None
    source: str = "user"  # "user", or the program it was read from
    stated_at: datetime | None = None  # None means now
    choice: Choice | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a photo's sidecar, or the photo itself, said of a person's taste when last read."""

    content_hash: str
    rating: int | None  # 1..5, by stars or pick; None where it says nothing any more
    written_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What a person decided of a photo by hand, never what a cull proposed, and since when.

    `starred_at` is None where they never gave or took stars, the others alike.
    """

    decision: Decision
    chosen_at: datetime | None = None
    starred_at: datetime | None = None
    favored_at: datetime | None = None


StepName = int | str
"""A step of a page: the id it was sent with, or the number of its run."""


class RunKind(StrEnum):
    """What a run changes, and so what undoing it means."""

    DECIDE = "decide"
    CULL = "cull"  # a person accepted the machine's proposals
    PUBLISH = "publish"
    GROUP = "group"  # a person said which photos are one group


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A set of changes that is undone together.

    `users` are those whose decisions, or groups, it still holds.
    """

    id: int
    kind: RunKind
    note: str
    started_at: datetime
    finished_at: datetime | None = None
    undone_at: datetime | None = None
    users: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Steps of a person, by name: those that stand and those that were taken back.

    Both in the order they were made.
    """

    standing: tuple[StepName, ...]
    taken_back: tuple[StepName, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What undoing or redoing a run changed.

    `before` and `after` hold what stood of each of its photos, by content hash; they are the same
    where the step was taken before.
    """

    run: Run
    before: Mapping[str, Decision]
    after: Mapping[str, Decision]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishItem:
    """One file a run wrote: enough to put it back, and to see that nobody changed it since.

    `before` is its former content, None where it did not exist; `after_hash` the SHA-256 (hex)
    of what was written, `found_at` when others had written it last.
    """

    path: str
    before: bytes | None
    after_hash: str
    content_hash: str | None = None
    found_at: datetime | None = None
