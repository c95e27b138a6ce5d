"""API: steps that a page kept until it could send them; each is taken once, in their order."""

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field, StringConstraints

from aesplugin.decision import Choice, Decision, Word
from aesplugin.errors import UnknownPhoto, UsageError
from aesplugin.services.review import Review, Unit
from aesplugin.web.routes.common import ERRORS, AtDesk
from aesplugin.web.schemas import HASH, Closed, DecisionOut, UserName, decision_out, readable

router = APIRouter(prefix="/api/v1", tags=["people"], responses=ERRORS)
MOST_STEPS = 200

Hash = Annotated[str, StringConstraints(pattern=HASH)]
StepId = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z-]{8,64}$")]
Units = Annotated[list[list[Hash]], Field(max_length=50_000)]


class StepIn(Closed):
    """One step of a person: a word on photos, proposals accepted as shown, undo or redo.

    In `picks` and `rejects` a proposal is a list: the photo, and the files that share its fate.
    """

    id: StepId = Field(description="the sender's own: a step that comes again changes nothing")
    do: Literal["decide", "accept", "undo", "redo"]
    user: UserName = "me"
    photos: list[Hash] = Field([], max_length=5000)
    choice: Choice | None = None
    stars: int | None = Field(None, ge=0, le=5)
    favorite: bool | None = None
    picks: Units = Field([])
    rejects: Units = Field([])
    where: str = Field("", max_length=300, description="told by an undo: `in the burst of 8`")


class StepsIn(Closed):
    steps: list[StepIn] = Field(min_length=1, max_length=MOST_STEPS)


class StepOut(BaseModel):
    """What stands of the photos that the step was about; `error` where it can never be taken."""

    id: str
    decisions: list[DecisionOut]
    line: str = Field(default="", description="what an undo or redo did")
    error: str | None = None


class StepsOut(BaseModel):
    steps: list[StepOut]


@router.post("/steps")
def take(desk: AtDesk, sent: StepsIn) -> StepsOut:
    """Takes the steps one after the other. An answer other than 200 is safe to repeat as a whole:
    what was taken before changes nothing."""
    return StepsOut(steps=[_take(desk.review, step) for step in sent.steps])


def _take(review: Review, step: StepIn) -> StepOut:
    try:
        line, decisions = _done(review, step)
    except (UsageError, UnknownPhoto) as error:  # also when it is sent again
        return StepOut(id=step.id, decisions=[], line="", error=readable(str(error)))
    return StepOut(id=step.id, decisions=[decision_out(d) for d in decisions], line=readable(line))


def _done(review: Review, step: StepIn) -> tuple[str, Sequence[Decision]]:
    if step.do == "undo" or step.do == "redo":
        turn = review.undo if step.do == "undo" else review.redo
        told = turn(step.user, step=step.id)
        return told.line, list(told.decisions.values())
    if step.do == "accept":
        units = [
            Unit(photos=tuple(photos), choice=choice)
            for choice, proposed in ((Choice.PICK, step.picks), (Choice.REJECT, step.rejects))
            for photos in proposed
        ]
        where = f" {step.where}" if step.where.isprintable() and step.where else ""
        return "", list(review.accept(step.user, units, where=where, step=step.id).values())
    word = Word(choice=step.choice, stars=step.stars, favorite=step.favorite)
    return "", list(review.mark(step.user, step.photos, word, step=step.id).values())
