"""What the judge is taught of each photo: numbers from labels, votes and known copies.

A target that a row says nothing of is NaN there, and is not learnt from that row.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from aesplugin.assessment import Flaw, Kind
from aesplugin.evaluation.real.labels import CLEAR, Label
from aesplugin.evaluation.real.nouns import names_any, words_of
from aesplugin.models.judge.config import (
    DAMAGE,
    EMPTY,
    FLAWS,
    KINDS,
    SCORE,
    STRENGTH_NAMES,
    TARGETS,
    UNTOUCHED,
    WORD_TARGETS,
    flaw_target,
    kind_target,
    strength_target,
    word_target,
)
from aesplugin.training.judge.drawn_photos import Known
from aesplugin.training.judge.looks import Copy

SLIGHT_FLAW, CLEAR_FLAW = 0.75, 1.0  # a slight flaw is nearly as much a flaw as a clear one
_CLEAR_SEVERITY = 0.5  # from which a made flaw counts as clear
COPY_COST: Final = 1.5  # points that a made flaw takes off a score, times its severity
_LEAST_COST: Final = 0.3  # severity that the mildest flaw counts as having, and more

_STRENGTH_PATTERNS: Final[
    Mapping[str, str]
] = {  # how a sentence in favour of a photo speaks of each strength
    "light": r"light|lit\b|glow|golden|backlit|sunlit|sunset|sunrise|shin(e|ing)|gleam",
    "colour": r"colou?r|vivid|(red|blue|green|yellow|orange|turquoise|pink)\b.*\b(against|before|"
    r"stand|pop|contrast|between)",
    "detail": r"sharp|crisp|detail|texture|fine|finely|focus",
    "lines": r"\blead|diagonal|\bline|curv|symmetr|perspective|converg|sweep|wind(s|ing)\b",
    "separation": r"stands? out|stand out|blurred|plain|clean(ly)? (background|against)|set off|"
    r"sets off|isolat|alone",
    "mood": r"mood|calm|mist|fog|dramatic|quiet|peace|lonely|mysterious|serene|wistful|dreamy",
    "moment": r"moment|caught|action|mid-air|leap|jump|splash|movement|motion|speed|energy|gallop",
    "expression": r"expression|eyes?\b|gaze|smil|laugh|look(s|ing)? (straight|directly|at|up|into)|"
    r"face|grin|joy|relaxed|affection",
    "depth": r"depth|layer|distance|foreground|background|behind .* rise|recede|vast",
    "shapes": r"shape|form\b|pattern|silhouette|bold|graphic|row of|rows of|repeat|reflection",
}

Targets = NDArray[np.float32]  # [N, len(TARGETS)]


@dataclass(frozen=True, slots=True)
class Example:
    """One row to learn from: a labelled photo, or a copy of it with one more flaw."""

    label: Label
    copy: Copy | None = None


def targets_of(examples: Sequence[Example]) -> Targets:
    """Every target [N, T] of the examples."""
    found = np.full((len(examples), len(TARGETS)), np.nan, np.float32)
    for row, example in zip(found, examples, strict=True):
        values = _copied(example.label, example.copy) if example.copy else _labelled(example.label)
        for name, value in values.items():
            row[TARGETS.index(name)] = value
    return found


def non_photo_targets(kinds: Sequence[Kind]) -> Targets:
    """Of pictures that are no photographs: their kind, and no flaw of a photo."""
    found = np.full((len(kinds), len(TARGETS)), np.nan, np.float32)
    for row, kind in zip(found, kinds, strict=True):
        for name, value in _kinds(kind).items():
            row[TARGETS.index(name)] = value
    return found


def drawn_photo_targets(drawn: Sequence[Known]) -> Targets:
    """Of drawn photos only what is known.

    Empty frames teach no score: what they would take off photos that show little cost .01 of SRCC.
    """
    found = np.full((len(drawn), len(TARGETS)), np.nan, np.float32)
    for row, known in zip(found, drawn, strict=True):
        values = {flaw_target(flaw): grade for flaw, grade in known.flaws.items()}
        if known.kind is not None:
            values |= _kinds(known.kind)
        values[EMPTY] = float(known.empty)
        for name, value in values.items():
            row[TARGETS.index(name)] = value
    return found


def _labelled(label: Label) -> dict[str, float]:
    values = _kinds(label.kind) | _contents(label) | {EMPTY: 0.0}
    if not label.kind.is_photo:
        return values
    values |= {flaw_target(flaw): _grade(label, flaw) for flaw in FLAWS}
    if label.none_needed is not None:
        values[UNTOUCHED] = float(label.none_needed)
    if label.score is not None:
        values |= {SCORE: label.score, DAMAGE: 0.0}
    return values


def _copied(label: Label, copy: Copy) -> dict[str, float]:
    if not label.kind.is_photo:
        return {}
    values = {flaw_target(flaw): _grade(label, flaw) for flaw in FLAWS}
    made = CLEAR_FLAW if copy.severity >= _CLEAR_SEVERITY else SLIGHT_FLAW
    values[flaw_target(copy.flaw)] = max(made, values[flaw_target(copy.flaw)])
    values[UNTOUCHED] = 0.0
    values[DAMAGE] = COPY_COST * (_LEAST_COST + copy.severity)
    return values


def _grade(label: Label, flaw: Flaw) -> float:
    grade = label.flaws.get(flaw, 0)
    return CLEAR_FLAW if grade >= CLEAR else SLIGHT_FLAW if grade else 0.0


def _kinds(kind: Kind) -> dict[str, float]:
    return {kind_target(one): float(one is kind) for one in KINDS}


def _contents(label: Label) -> dict[str, float]:
    there = words_of([*label.subjects, *label.keywords])
    values = {word_target(word): float(names_any(word, there)) for word in WORD_TARGETS}
    strengths = label.good or ""
    return values | {
        strength_target(name): float(
            bool(re.search(_STRENGTH_PATTERNS[name], strengths, re.IGNORECASE))
        )
        for name in STRENGTH_NAMES
    }
