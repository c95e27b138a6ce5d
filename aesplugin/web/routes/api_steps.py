"""API: steps that a page kept until it could send them; each is applied once, in order."""

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Header
from pydantic import BaseModel, Field, StringConstraints

from aesplugin.decision import Choice, Decision, Word
from aesplugin.errors import CatalogError, UnknownPhoto, UsageError
from aesplugin.services.review import Unit
from aesplugin.web.languages.language import Language
from aesplugin.web.routes.common import ERRORS, AtDesk, Told
from aesplugin.web.schemas import (
    HASH,
    MOST_MARKED,
    Closed,
    DecisionOut,
    MarkedOut,
    UserName,
    decision_out,
    readable,
)
from aesplugin.web.state import Desk


def _same_catalog(
    desk: AtDesk,
    x_aes_catalog: Annotated[
        str | None, Header(description="the value of the page's `catalog` meta tag, if any")
    ] = None,
) -> None:
    """A page stays open while another catalog is served at its address."""
    if x_aes_catalog is not None and x_aes_catalog != desk.mark:
        raise CatalogError(
            "another catalog is served here now: reload the page; to send the waiting steps, serve"
            " the former catalog again"
        )


router = APIRouter(
    prefix="/api/v1", tags=["people"], responses=ERRORS, dependencies=[Depends(_same_catalog)]
)
MOST_STEPS = 200

Hash = Annotated[str, StringConstraints(pattern=HASH)]
StepId = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z-]{8,64}$")]
RunNumber = Annotated[int, Field(strict=True, ge=1, le=2**31 - 1)]
Units = Annotated[list[list[Hash]], Field(max_length=50_000)]


class StepIn(Closed):
    """One step of a person: a decision, accepted proposals, some kept of many, photos that are
    one group, undo or redo.

    In `picks` and `rejects` a photo is a list: itself, and the other files of its exposure. To
    `accept` leaves all earlier decisions as they are, to `keep` those about its rejects. To
    `group` makes the `photos`, and no others, one burst for everybody; one photo leaves its burst.
    """

    id: StepId = Field(description="chosen by the sender: a step sent twice changes nothing")
    do: Literal["decide", "accept", "keep", "group", "undo", "redo"]
    user: UserName = "me"
    photos: list[Hash] = Field([], max_length=MOST_MARKED)
    choice: Choice | None = None
    stars: int | None = Field(None, ge=0, le=5)
    favorite: bool | None = None
    picks: Units = Field([])
    rejects: Units = Field([])
    where: str = Field("", max_length=300, description="shown by an undo: `in the burst of 8`")
    of: list[StepId | RunNumber] | None = Field(
        None,
        max_length=MOST_STEPS,
        description="what to undo or redo: the first of these steps that stored anything, each by"
        " its id or the number of its run, and no other. Without it the person's last step,"
        " from whichever client",
    )


class StepsIn(Closed):
    steps: list[StepIn] = Field(min_length=1, max_length=MOST_STEPS)


class StepOut(BaseModel):
    """The decisions about the step's photos; `error` if it can never be applied.

    `run` is what the step stored, undid or redid; null if it changed nothing.
    """

    id: str
    decisions: list[DecisionOut]
    run: int | None = None
    line: str = Field(default="", description="what an undo or redo did")
    error: str | None = None


class StepsOut(BaseModel):
    steps: list[StepOut]


class ShownIn(Closed):
    user: UserName = "me"
    photos: list[Hash] = Field(max_length=MOST_MARKED)


@router.post("/steps")
def take(desk: AtDesk, told: Told, sent: StepsIn) -> StepsOut:
    """Applies the steps in order. After any answer but 200 the whole request can be repeated:
    steps that were applied before change nothing."""
    return StepsOut(steps=[_take(desk, step, told) for step in sent.steps])


@router.post("/steps/standing")
def standing(desk: AtDesk, shown: ShownIn) -> MarkedOut:
    """A person's current decisions about these photos; changes nothing.

    For a page whose steps were sent by another one.
    """
    found = desk.review.standing(shown.user, shown.photos)
    return MarkedOut(decisions=[decision_out(decision) for decision in found.values()])


def _take(desk: Desk, step: StepIn, told: Language) -> StepOut:
    try:
        line, decisions = _done(desk, step)
    except (UsageError, UnknownPhoto) as error:  # also when it is sent again
        return StepOut(id=step.id, decisions=[], line="", error=told.phrase(readable(str(error))))
    return StepOut(
        id=step.id,
        decisions=[decision_out(d) for d in decisions],
        run=desk.workshop.catalog.runs.of_step(step.id),
        line=told.phrase(readable(line)),
    )


def _done(desk: Desk, step: StepIn) -> tuple[str, Sequence[Decision]]:
    review = desk.review
    where = f" {step.where}" if step.where.isprintable() and step.where else ""
    if step.do == "group":
        desk.culling.regroup(step.user, step.photos, where=where, step=step.id)
        return "", []
    if step.do == "undo" or step.do == "redo":
        turn = review.undo if step.do == "undo" else review.redo
        report = turn(step.user, step=step.id, of=step.of)
        return report.line, list(report.decisions.values())
    if step.do == "accept" or step.do == "keep":
        units = [
            Unit(photos=tuple(photos), choice=choice)
            for choice, proposed in ((Choice.PICK, step.picks), (Choice.REJECT, step.rejects))
            for photos in proposed
        ]
        store = review.accept if step.do == "accept" else review.keep
        return "", list(store(step.user, units, where=where, step=step.id).values())
    word = Word(choice=step.choice, stars=step.stars, favorite=step.favorite)
    return "", list(review.mark(step.user, step.photos, word, step=step.id).values())
