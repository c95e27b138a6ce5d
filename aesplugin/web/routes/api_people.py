"""API: what people decide and like, and taking it back."""

import re

from fastapi import APIRouter

from aesplugin.catalog.records import Preference
from aesplugin.decision import Word
from aesplugin.errors import UsageError
from aesplugin.services.prefer import Preferences
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
    """Everybody who said something."""
    return desk.workshop.catalog.people.users()


@router.get("/decisions")
def decisions(desk: AtDesk, user: UserName = "me") -> list[DecisionOut]:
    """What a person decided, the newest word on each photo."""
    return [decision_out(d) for d in desk.workshop.catalog.people.decisions(user).values()]


@router.put("/photos/{photo}/decision")
def decide(desk: AtDesk, photo: PhotoHash, mark: MarkIn) -> DecisionOut:
    """A person's word on one photo; stars and favourites teach their taste at once."""
    desk.review.tile(photo, "")
    made = desk.review.mark(mark.user, [photo], _word(mark))
    return decision_out(made[photo])


@router.post("/decisions")
def decide_many(desk: AtDesk, marks: MarksIn) -> MarkedOut:
    """The same word on several photos, as one step to take back."""
    made = desk.review.mark(marks.user, [_hash(photo) for photo in marks.photos], _word(marks))
    return MarkedOut(decisions=[decision_out(decision) for decision in made.values()])


@router.post("/undo")
def undo(desk: AtDesk, who: UserIn) -> MarkedOut:
    """Takes the person's last step back; says what stands now."""
    told = desk.review.undo(who.user)
    return MarkedOut(decisions=[decision_out(decision) for decision in told.decisions.values()])


@router.get("/preferences")
def preferences(desk: AtDesk, user: UserName = "me") -> list[PreferenceOut]:
    """What teaches the model of a person's taste, the latest first."""
    return [_preference_out(p) for p in Preferences(desk.workshop.catalog, user).all()]


@router.put("/preferences")
def prefer(desk: AtDesk, said: PreferenceIn) -> PreferenceOut:
    """One more example; what is left out stays as it was."""
    item = Preference(
        content_hash=said.photo, rating=said.rating, favorite=said.favorite, source="api"
    )
    desk.review.tile(said.photo, "")
    desk.workshop.catalog.people.prefer(said.user, [item])
    found = desk.workshop.catalog.gallery.preference_of(said.user, said.photo)
    return _preference_out(found or item)


@router.delete("/preferences/{photo}")
def forget(desk: AtDesk, photo: PhotoHash, user: UserName = "me") -> dict[str, int]:
    """Forgets what a person said of a photo; says how many examples that were."""
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
