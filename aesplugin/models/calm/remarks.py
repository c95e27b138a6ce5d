"""True things to say of a photo: what a comment may be made of.

The language model chooses among them and says nothing else: one of its size invents what is good
about a photo if it may. The sentences were written for this project, by strength and by flaw.
"""

from itertools import product
from typing import Final

from aesplugin.assessment import Flaw, Kind
from aesplugin.models.aspects import NAMED
from aesplugin.models.judge.telling import Told
from aesplugin.models.openings import openings

_MOST_OPENINGS: Final = 8
_MOST_STRENGTHS: Final = 2
_ALSO: Final = ("Also in the frame: {listed}.", "Around it: {listed}.")
_PALETTE: Final = ("{Listed} prevail.", "{Listed} set the tone.")
_TOO_BROAD: Final = ("vehicle", "animal", "person", "building")  # the subject says it better
_CALLED: Final = {Kind.SCIENTIFIC: "scientific image"}
_SILENCED: Final[dict[Flaw, tuple[str, ...]]] = {
    Flaw.UNDEREXPOSED: ("light", "detail"),
    Flaw.OVEREXPOSED: ("light", "detail"),
    Flaw.LOW_CONTRAST: ("light", "colour"),
    Flaw.OVERSATURATED: ("colour",),
    Flaw.UNDERSATURATED: ("colour",),
    Flaw.COLOR_CAST: ("colour", "light"),
    Flaw.NOISE: ("detail",),
    Flaw.BLUR: ("detail",),
    Flaw.MOTION_BLUR: ("detail", "moment"),
    Flaw.JPEG_ARTIFACTS: ("detail",),
    Flaw.CUT_SUBJECT: ("separation",),
    Flaw.POOR_PLACEMENT: ("separation", "lines"),
    Flaw.CLUTTER: ("separation", "shapes", "lines"),
    Flaw.MIXED_OR_FLASH_LIGHT: ("light", "mood"),
    Flaw.CLIPPED_HIGHLIGHTS: ("light",),
    Flaw.BLOCKED_SHADOWS: ("light",),
}
"""Strengths that are not praised beside a flaw: one sentence would contradict the other."""
_SAID: Final[dict[str, tuple[str, ...]]] = {
    "light": (
        "The light is what makes it.",
        "The light lifts the picture.",
        "The light falls well on the scene.",
        "The light gives it warmth and shape.",
    ),
    "colour": (
        "The colours carry it.",
        "Its colours catch the eye at once.",
        "The colours set each other off.",
        "Strong colours hold it together.",
    ),
    "detail": (
        "The detail is crisp where it matters.",
        "Fine detail rewards a closer look.",
        "It is sharp and full of texture.",
        "Texture and detail are well rendered.",
    ),
    "lines": (
        "Lines lead the eye through the frame.",
        "Its lines give it direction.",
        "The eye is led on by strong lines.",
        "Strong lines give it structure.",
    ),
    "separation": (
        "The subject stands out clearly.",
        "Nothing competes with the subject.",
        "The subject is set off well from what surrounds it.",
        "The eye goes straight to the subject.",
    ),
    "mood": (
        "It has a mood of its own.",
        "The atmosphere stays with the viewer.",
        "There is a strong mood in it.",
        "The mood carries the picture.",
    ),
    "moment": (
        "The moment is well caught.",
        "It was taken at the right moment.",
        "There is life and movement in it.",
        "The timing makes it.",
    ),
    "expression": (
        "The look on the face tells a story.",
        "The expression draws the viewer in.",
        "The gaze holds the viewer.",
        "The expression makes the picture.",
    ),
    "depth": (
        "It has real depth.",
        "Near and far give it depth.",
        "The view reaches far into the distance.",
        "Layer upon layer gives it depth.",
    ),
    "shapes": (
        "Bold shapes make it simple and strong.",
        "Its shapes are clear and graphic.",
        "Shape and pattern carry it.",
        "The shapes are striking.",
    ),
}


def bodies(told: Told, noun: str | None) -> list[str]:
    """What may stand before any criticism: how good the photo is and of what, and a strength.

    `noun` is the subject, None where nobody can be sure of it. Nothing is praised that the
    suggestions find fault with, and a picture that is no photo is only called what it is.
    """
    if told.empty:
        return ["There is nothing to see in this frame."]
    kind = told.content.kind
    if kind is not None and not kind.is_photo:
        return [f"This is a {_CALLED.get(kind, kind.value)}, not a photograph."]
    starts = openings(noun, told.score)[:_MOST_OPENINGS]
    silent = {name for one in told.suggestions for name in _SILENCED.get(one.flaw, ())}
    strengths = [name for name in told.strengths if name not in silent]
    praise = [line for name in strengths[:_MOST_STRENGTHS] for line in _SAID[name]] or [""]
    facts = [*_also(told, noun), *_palette(told)] or [""]
    return [" ".join(filter(None, parts)) for parts in product(starts, praise, facts)]


def criticism(told: Told) -> str:
    """The flaw that is surest, and what to do about it; "" where none is sure enough to claim."""
    first = told.claim
    if first is None:
        return ""
    remedy = first.advice.rpartition(": ")[2]
    return f"it is {NAMED[first.flaw]}. {remedy[0].upper()}{remedy[1:]}"


def _also(told: Told, noun: str | None) -> list[str]:
    """What else is surely in the frame, beyond the subject, in several ways."""
    known = {noun, (noun or "").removeprefix("the "), *_TOO_BROAD}
    words = [word for word in told.content.keywords if word not in known][:3]
    if len(words) < 2:
        return []
    listed = f"{', '.join(words[:-1])} and {words[-1]}"
    return [one.format(listed=listed) for one in _ALSO]


def _palette(told: Told) -> list[str]:
    """The colours that most of the frame has."""
    listed = " and ".join(told.colours)
    return [one.format(Listed=listed.capitalize()) for one in _PALETTE] if listed else []
