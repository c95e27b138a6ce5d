"""API: people's decisions and ratings, and undo."""

import re

from fastapi import APIRouter

from aesplugin.catalog.records import Preference
from aesplugin.decision import Word
from aesplugin.errors import UsageError
from aesplugin.services.personal.prefer import Preferences
from aesplugin.web.routes.common import ERRORS, AtDesk, PhotoHash
from aesplugin.web.schemas import (
    HASH,
    DecisionOut,
    MarkedOut,
    MarkIn,
    MarksIn,
    PreferenceIn,
    PreferenceOut,
    UserIn,
    UserName,
    decision_out,
)

router = APIRouter(prefix="/api/v1", tags=["people"], responses=ERRORS)


@router.get("/users")
def users(desk: AtDesk) -> list[str]:
    """Everyone with a decision or rating."""
    return desk.workshop.catalog.people.users()


@router.get("/decisions")
def decisions(desk: AtDesk, user: UserName = "me") -> list[DecisionOut]:
    """A person's decisions, the newest for each photo."""
    return [decision_out(d) for d in desk.workshop.catalog.people.decisions(user).values()]


@router.put("/photos/{photo}/decision")
def decide(desk: AtDesk, photo: PhotoHash, mark: MarkIn) -> DecisionOut:
    """A person's decision about one photo; stars and favourites train their taste at once."""
    desk.review.tile(photo, "")
    made = desk.review.mark(mark.user, [photo], _word(mark))
    return decision_out(made[photo])


@router.post("/decisions")
def decide_many(desk: AtDesk, marks: MarksIn) -> MarkedOut:
    """The same decision about several photos, as one step that can be undone."""
    made = desk.review.mark(marks.user, [_hash(photo) for photo in marks.photos], _word(marks))
    return MarkedOut(decisions=[decision_out(decision) for decision in made.values()])


@router.post("/undo")
def undo(desk: AtDesk, who: UserIn) -> MarkedOut:
    """Undoes the person's last step; returns the decisions now in effect."""
    report = desk.review.undo(who.user)
    return MarkedOut(decisions=[decision_out(decision) for decision in report.decisions.values()])


@router.get("/preferences")
def preferences(desk: AtDesk, user: UserName = "me") -> list[PreferenceOut]:
    """The ratings that train a person's taste, the latest first."""
    return [_preference_out(p) for p in Preferences(desk.workshop.catalog, user).all()]


@router.put("/preferences")
def prefer(desk: AtDesk, given: PreferenceIn) -> PreferenceOut:
    """Adds a rating or favourite; fields left out stay as they are."""
    item = Preference(
        content_hash=given.photo, rating=given.rating, favorite=given.favorite, source="api"
    )
    desk.review.tile(given.photo, "")
    desk.workshop.catalog.people.prefer(given.user, [item])
    found = desk.workshop.catalog.gallery.preference_of(given.user, given.photo)
    return _preference_out(found or item)


@router.delete("/preferences/{photo}")
def forget(desk: AtDesk, photo: PhotoHash, user: UserName = "me") -> dict[str, int]:
    """Deletes a person's ratings of a photo; returns how many there were."""
    return {"forgotten": desk.workshop.catalog.people.forget(user, [photo])}


def _word(mark: MarkIn) -> Word:
    return Word(choice=mark.choice, stars=mark.stars, favorite=mark.favorite)


def _hash(photo: str) -> str:
    if not re.fullmatch(HASH, photo):
        raise UsageError("a photo is named by its content hash, 64 hexadecimal digits")
    return photo


def _preference_out(preference: Preference) -> PreferenceOut:
    return PreferenceOut(
        photo=preference.content_hash,
        rating=preference.rating,
        favorite=preference.favorite,
        source=preference.source,
        stated_at=preference.stated_at,
    )
