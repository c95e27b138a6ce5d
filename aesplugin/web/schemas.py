"""The data types of the HTTP API. None contains where a photo was taken."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from aesplugin.assessment import Attribute, Kind, Reason, Suggestion
from aesplugin.catalog.records import Entry
from aesplugin.catalog.search.query import MOST_CHARACTERS, parse
from aesplugin.decision import Choice, Decision
from aesplugin.errors import UsageError
from aesplugin.face import Face
from aesplugin.services.review import Tile, Window
from aesplugin.services.serialise import entry_dict

HASH = r"^[0-9a-f]{64}$"

MOST_MARKED = 5000  # photos at once

_PLACES = frozenset({"latitude", "longitude", "altitude"})


def printable(name: str) -> str:
    """The name, which has more than spaces.

    Raises:
        ValueError: it has not, or characters that no one sees.
    """
    if not name.strip() or not name.isprintable():
        raise ValueError("a name needs printable characters")
    return name


UserName = Annotated[
    str, StringConstraints(min_length=1, max_length=200), AfterValidator(printable)
]


def _searchable(words: str) -> str:
    try:
        parse(words)
    except UsageError as error:
        raise ValueError(str(error)) from None
    return words


Words = Annotated[str, StringConstraints(max_length=MOST_CHARACTERS), AfterValidator(_searchable)]


class Closed(BaseModel):
    """A request; an unknown field in it is refused."""

    model_config = ConfigDict(extra="forbid")


class AnswerOut(BaseModel):
    """A model's answers besides score, comment and suggestions; null where it gives none."""

    uncertainty: float | None = Field(description="the score's standard error, in points")
    kind: Kind | None
    subject: str | None
    keywords: list[str]
    reasons: list[Reason] | None = Field(description="empty where nothing stands out")


class DecisionOut(BaseModel):
    photo: str = Field(description="the photo's content hash")
    user: str
    choice: Choice
    stars: int | None = None
    favorite: bool = False


class PhotoOut(AnswerOut):
    """One photo with one model revision's answer; what is not known is null."""

    photo: str = Field(description="SHA-256 of the file's bytes")
    path: str
    state: str
    reason: str | None
    score: float | None = Field(description="1..10")
    personal: float | None = Field(description="score by the person's taste, 1..10, if known")
    comment: str | None
    suggestions: list[Suggestion]
    attributes: dict[str, Attribute]
    model: str | None
    width: int | None
    height: int | None
    exif: dict[str, Any] = Field(description="without the location")
    note: str | None = Field(description="notes about decoding, such as tone mapping")
    faces: list[Face] | None = Field(description="the largest first; null where nobody looked")
    decision: DecisionOut | None


class PhotosOut(BaseModel):
    total: int
    offset: int
    photos: list[PhotoOut]
    note: str | None = Field(None, description="where other words were searched for than `q`")


class AssessmentOut(AnswerOut):
    model: str
    model_revision: str
    score: float
    comment: str | None
    suggestions: list[Suggestion]
    scored_at: datetime


class MarkIn(Closed):
    """What to change; fields left out stay. `stars` 0 removes the stars."""

    user: UserName = "me"
    choice: Choice | None = None
    stars: int | None = Field(None, ge=0, le=5)
    favorite: bool | None = None


class MarksIn(MarkIn):
    photos: list[str] = Field(min_length=1, max_length=MOST_MARKED)


class UserIn(Closed):
    user: UserName = "me"


class MarkedOut(BaseModel):
    decisions: list[DecisionOut]


class PreferenceIn(Closed):
    user: UserName = "me"
    photo: str = Field(pattern=HASH)
    rating: int | None = Field(None, ge=1, le=5)
    favorite: bool | None = None


class PreferenceOut(BaseModel):
    photo: str
    rating: int | None
    favorite: bool | None
    source: str
    stated_at: datetime | None


class JobIn(Closed):
    kind: Literal["score"] = "score"
    paths: list[str] = Field(min_length=1, max_length=100)


class JobOut(BaseModel):
    id: int
    kind: str
    label: str
    state: Literal["waiting", "running", "paused", "interrupted", "done", "failed", "cancelled"]
    total: int
    done: int
    failed: int
    error: str | None = None
    problems: list[str] = Field([], description="of the first files that failed")
    seconds_left: int | None = Field(
        None, description="null where it does not run, and while there is not enough to tell"
    )
    photos_per_second: float | None = Field(
        None, description="over the last half minute and the whole job; null as `seconds_left`"
    )
    link: str | None = Field(None, description="where the file is that the job writes, once done")


class ErrorOut(BaseModel):
    error: str


def readable(text: str) -> str:
    """A path as text, whatever bytes it holds."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def decision_out(decision: Decision) -> DecisionOut:
    """A decision in the API's form."""
    return DecisionOut(
        photo=decision.content_hash,
        user=decision.user,
        choice=decision.choice,
        stars=decision.stars,
        favorite=decision.favorite,
    )


def photo_out(tile: Tile) -> PhotoOut:
    """A photo in the API's form."""
    return PhotoOut(
        photo=tile.content_hash,
        personal=tile.personal,
        decision=decision_out(tile.decision) if tile.decision else None,
        **_entry(tile.entry),
    )


def photos_out(window: Window) -> PhotosOut:
    """A window in the API's form."""
    photos = [photo_out(tile) for tile in window.tiles]
    return PhotosOut(total=window.total, offset=window.offset, photos=photos, note=window.note)


def _entry(entry: Entry) -> dict[str, Any]:
    data = entry_dict(entry)
    data.pop("content_hash")
    exif = data.pop("exif") or {}
    return data | {
        "path": readable(entry.path),
        "width": entry.photo.width if entry.photo else None,
        "height": entry.photo.height if entry.photo else None,
        "exif": {name: value for name, value in exif.items() if name not in _PLACES},
    }
