"""The shapes of the HTTP API. Where a photo was taken is in none of them."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from aesplugin.catalog.records import Entry
from aesplugin.decision import Choice, Decision
from aesplugin.services.review import Tile, Window
from aesplugin.services.serialise import entry_dict

HASH = r"^[0-9a-f]{64}$"

_PLACES = frozenset({"latitude", "longitude", "altitude"})


def _named(name: str) -> str:
    if not name.strip() or not name.isprintable():
        raise ValueError("a name needs printable characters")
    return name


UserName = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_named)]


class Closed(BaseModel):
    """What is asked for; an unknown name in it is refused."""

    model_config = ConfigDict(extra="forbid")


class AttributeOut(BaseModel):
    value: float | None
    unit: str
    verdict: str


class SuggestionOut(BaseModel):
    flaw: str
    direction: str
    strength: float
    advice: str
    amount: float | None = Field(description="how much, where known: degrees of a tilted horizon")


class ReasonOut(BaseModel):
    text: str
    points: float = Field(description="of score: above 0 for the photo, below 0 against it")


class SaidOut(BaseModel):
    """What a model may say beside score, comment and suggestions; what it does not give is null."""

    uncertainty: float | None = Field(description="the score's standard error, in points")
    kind: str | None
    subject: str | None
    keywords: list[str]
    reasons: list[ReasonOut] | None = Field(description="empty where nothing stands out")


class DecisionOut(BaseModel):
    photo: str = Field(description="the photo's content hash")
    user: str
    choice: Choice
    stars: int | None = None
    favorite: bool = False


class PhotoOut(SaidOut):
    """One photo as one model revision sees it; what is not known is null."""

    photo: str = Field(description="SHA-256 of the file's bytes")
    path: str
    state: str
    reason: str | None
    score: float | None = Field(description="1..10")
    personal: float | None = Field(description="the person's own score, 1..10, where known")
    comment: str | None
    suggestions: list[SuggestionOut]
    attributes: dict[str, AttributeOut]
    model: str | None
    width: int | None
    height: int | None
    exif: dict[str, Any] = Field(description="without the place it was taken at")
    note: str | None = Field(description="what was done or ignored to decode it")
    decision: DecisionOut | None


class PhotosOut(BaseModel):
    total: int
    offset: int
    photos: list[PhotoOut]


class AssessmentOut(SaidOut):
    model: str
    model_revision: str
    score: float
    comment: str | None
    suggestions: list[SuggestionOut]
    scored_at: datetime


class MarkIn(Closed):
    """What changes; what is left out stays. `stars` 0 takes the stars away."""

    user: UserName = "me"
    choice: Choice | None = None
    stars: int | None = Field(None, ge=0, le=5)
    favorite: bool | None = None


class MarksIn(MarkIn):
    photos: list[str] = Field(min_length=1, max_length=5000)


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
    state: Literal["waiting", "running", "done", "failed", "cancelled"]
    total: int
    done: int
    failed: int
    error: str | None = None
    problems: list[str] = Field([], description="of the first files that failed")


class ErrorOut(BaseModel):
    error: str


def readable(text: str) -> str:
    """A path as text, whatever bytes it holds."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def decision_out(decision: Decision) -> DecisionOut:
    """A decision as the API says it."""
    return DecisionOut(
        photo=decision.content_hash,
        user=decision.user,
        choice=decision.choice,
        stars=decision.stars,
        favorite=decision.favorite,
    )


def photo_out(tile: Tile) -> PhotoOut:
    """A photo as the API says it."""
    return PhotoOut(
        photo=tile.content_hash,
        personal=tile.personal,
        decision=decision_out(tile.decision) if tile.decision else None,
        **_entry(tile.entry),
    )


def photos_out(window: Window) -> PhotosOut:
    """A window as the API says it."""
    photos = [photo_out(tile) for tile in window.tiles]
    return PhotosOut(total=window.total, offset=window.offset, photos=photos)


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
