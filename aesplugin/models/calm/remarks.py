"""True things to say of a photo: what works in it, and what a comment may be made of."""

from collections.abc import Mapping, Set
from itertools import product
from typing import Final

import torch
from torch import Tensor

from aesplugin.assessment import Flaw, Kind
from aesplugin.models.calm.heads import CLEAN, FLAWS
from aesplugin.models.judge.answer import JudgeAnswer
from aesplugin.models.wording.aspects import ASPECT_NAMES, ASPECT_OF, NAMED
from aesplugin.models.wording.openings import openings

_MOST = 2
_SPOILT = 0.5  # the share of suspicion from which an aspect is not praised
_LEAST = 1e-6  # below, one share is as good as another


def doubts(logits: Tensor) -> Tensor:
    """How likely each of ASPECT_NAMES is spoilt, 0..1: flaw logits [N, 15] -> [N, 5]."""
    shares = logits.softmax(-1)[:, :CLEAN]
    owner = torch.tensor([ASPECT_NAMES.index(ASPECT_OF[flaw]) for flaw in FLAWS])
    empty = shares.new_zeros(len(shares), len(ASPECT_NAMES))
    return empty.index_add(1, owner.to(shares.device), shares)


def usual(doubt: Tensor) -> dict[str, float]:
    """The typical doubt of clean photos by aspect, from [N, 5]: the geometric mean."""
    typical = doubt.clamp(min=_LEAST).log().mean(dim=0).exp().tolist()
    return {name: float(f"{value:.3g}") for name, value in zip(ASPECT_NAMES, typical, strict=True)}


def praised(doubt: Tensor, named: Set[Flaw], expected: Mapping[str, float]) -> list[str]:
    """At most two aspects of one photo, none of them named as a flaw, most unlike the usual first.

    Level frames are seldom doubted and light often is: by the doubt alone every photo would be
    praised for its level frame.

    Args:
        doubt: [5], in the order of ASPECT_NAMES.
        named: flaws that the photo is told of.
        expected: the usual doubt by aspect; 1 where none is known.
    """
    spoilt = {ASPECT_OF[flaw] for flaw in named}
    found = dict(zip(ASPECT_NAMES, doubt.clamp(min=_LEAST).tolist(), strict=True))
    left = [name for name, value in found.items() if value < _SPOILT and name not in spoilt]
    return sorted(left, key=lambda name: found[name] / expected.get(name, 1.0))[:_MOST]


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
_PRAISE: Final[dict[str, tuple[str, ...]]] = {
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


def bodies(found: JudgeAnswer, noun: str | None) -> list[str]:
    """What may stand before any criticism: how good the photo is and of what, and a strength.

    `noun` is the subject, None where nobody can be sure of it. Nothing is praised that the
    suggestions find fault with, and a picture that is no photo is only called what it is.
    """
    if found.empty:
        return ["There is nothing to see in this frame."]
    kind = found.content.kind
    if kind is not None and not kind.is_photo:
        return [f"This is a {_CALLED.get(kind, kind.value)}, not a photograph."]
    starts = openings(noun, found.score)[:_MOST_OPENINGS]
    silent = {name for one in found.suggestions for name in _SILENCED.get(one.flaw, ())}
    strengths = [name for name in found.strengths if name not in silent]
    praise = [line for name in strengths[:_MOST_STRENGTHS] for line in _PRAISE[name]] or [""]
    facts = [*_also(found, noun), *_palette(found)] or [""]
    return [" ".join(filter(None, parts)) for parts in product(starts, praise, facts)]


def criticism(found: JudgeAnswer) -> str:
    """The flaw that is surest, and what to do about it; "" where none is sure enough to claim."""
    first = found.claim
    if first is None:
        return ""
    remedy = first.advice.rpartition(": ")[2]
    return f"it is {NAMED[first.flaw]}. {remedy[0].upper()}{remedy[1:]}"


def _also(found: JudgeAnswer, noun: str | None) -> list[str]:
    """What else is surely in the frame, beyond the subject, in several ways."""
    known = {noun, (noun or "").removeprefix("the "), *_TOO_BROAD}
    words = [word for word in found.content.keywords if word not in known][:3]
    if len(words) < 2:
        return []
    listed = f"{', '.join(words[:-1])} and {words[-1]}"
    return [one.format(listed=listed) for one in _ALSO]


def _palette(found: JudgeAnswer) -> list[str]:
    """The colours that most of the frame has."""
    listed = " and ".join(found.colours)
    return [one.format(Listed=listed.capitalize()) for one in _PALETTE] if listed else []
