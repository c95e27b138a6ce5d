"""Is the advice right? What is shown of real photos, against the flaws that a labeller saw."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from aesplugin.assessment import Flaw, Suggestion
from aesplugin.evaluation.metrics import Measured, measure_ratio, measure_share
from aesplugin.evaluation.real.labels import Viewed

TILTED_DEGREES: Final = 1.5
"""From this much on a labelled tilt is sure: labellers differ by about as much."""

_CLOCKWISE: Final = "rotate right"
"""The direction word (models.directions) for a positive label: to be turned clockwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlawRow:
    """One flaw over all real photos: how many have it, and how often advice was given and right.

    `labelled` counts grades 1 and 2, `clear` grade 2 alone. `precision`: of the photos it is
    shown on, those labelled at all. `recall`: of the clear ones, those it is shown on.
    """

    flaw: Flaw
    labelled: int
    clear: int
    shown: int
    precision: Measured
    recall: Measured


def advice_figures(photos: Sequence[Viewed]) -> dict[str, Measured]:
    """The advice on photographs, by name; shares 0..1."""
    advised = [(photo, photo.suggestions[0].flaw) for photo in photos if photo.suggestions]
    return {
        "first suggestion confirmed": measure_share(
            [flaw in photo.label.flaws for photo, flaw in advised]
        ),
        "first suggestion confirmed, clear": measure_share(
            [flaw in photo.clear for photo, flaw in advised]
        ),
        "given on clear": measure_share([bool(one.suggestions) for one in photos if one.clear]),
        "clear flaws found": measure_ratio(
            (sum(photo.shows(flaw) for flaw in photo.clear), len(photo.clear)) for photo in photos
        ),
        "left alone": measure_share(
            [not photo.suggestions for photo in photos if photo.label.none_needed]
        ),
    }


def flaw_rows(photos: Sequence[Viewed]) -> list[FlawRow]:
    """A row for each flaw that is labelled or shown."""
    rows = [_row(flaw, photos) for flaw in Flaw]
    return [row for row in rows if row.labelled or row.shown]


def tilt_figures(photos: Sequence[Viewed]) -> dict[str, Measured]:
    """Advice to level a photo, against the labelled degrees; shares 0..1, but the error.

    `tilt error` is the mean absolute difference in degrees between what the advice would turn the
    photo by, clockwise positive, and the label, where advice gives an amount: a wrong direction
    adds to it.
    """
    tilted = [
        (tilt, _levelling(photo))
        for photo in photos
        if (tilt := photo.label.tilt) is not None and abs(tilt) >= TILTED_DEGREES
    ]
    advised = [(tilt, advice) for tilt, advice in tilted if advice is not None]
    return {
        "tilt noticed": measure_share([advice is not None for _, advice in tilted]),
        "tilt direction right": measure_share(
            [_sign(advice) * tilt > 0 for tilt, advice in advised]
        ),
        "tilt error, degrees": measure_ratio(
            (abs(_sign(advice) * abs(advice.amount) - tilt), 1)
            for tilt, advice in advised
            if advice.amount is not None
        ),
        "level photos with tilt advice": measure_share(
            [photo.shows(Flaw.TILTED_HORIZON) for photo in photos if photo.label.tilt == 0]
        ),
    }


def _row(flaw: Flaw, photos: Sequence[Viewed]) -> FlawRow:
    shown = [photo for photo in photos if photo.shows(flaw)]
    clear = [photo for photo in photos if flaw in photo.clear]
    return FlawRow(
        flaw=flaw,
        labelled=sum(flaw in photo.label.flaws for photo in photos),
        clear=len(clear),
        shown=len(shown),
        precision=measure_share([flaw in photo.label.flaws for photo in shown]),
        recall=measure_share([photo.shows(flaw) for photo in clear]),
    )


def _levelling(photo: Viewed) -> Suggestion | None:
    return next((one for one in photo.suggestions if one.flaw is Flaw.TILTED_HORIZON), None)


def _sign(advice: Suggestion) -> int:
    return 1 if advice.direction == _CLOCKWISE else -1
