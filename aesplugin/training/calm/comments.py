"""Comments to learn from: two to four sentences made of known facts, in a critic's manner.

The aspects (subject, light, colour, focus, composition, general impression) are those human
critics cover; every sentence here was written for this project and quotes nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from aesplugin.assessment import Flaw
from aesplugin.models.wording.aspects import ASPECT_OF, fact_notes
from aesplugin.models.wording.openings import openings
from aesplugin.models.wording.remedies import strength_label
from aesplugin.training.flaws.phrases import CAUSES, DESCRIPTIONS, STRENGTHS

Rng = np.random.Generator


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of one photo. `flaws` with strengths 0..1; `works` are aspects, see below."""

    content: str | None
    score: float
    flaws: Sequence[tuple[Flaw, float]]
    works: Sequence[str]


ASPECTS: dict[str, tuple[str, ...]] = {
    "light": (
        "the exposure holds detail from the shadows to the highlights",
        "the light is well judged",
        "bright and dark areas both keep their detail",
    ),
    "colour": (
        "the colours look natural",
        "the palette is pleasing and believable",
        "colour is handled with restraint",
    ),
    "sharpness": (
        "the detail is crisp where it matters",
        "the focus sits well",
        "fine texture is rendered cleanly",
    ),
    "composition": (
        "the subject is well placed in the frame",
        "the framing gives the subject room",
        "the composition is balanced",
    ),
    "level frame": (
        "the frame is level",
        "the camera was held straight",
        "nothing leans in the frame",
    ),
}


def works(flaws: Sequence[tuple[Flaw, float]], rng: Rng, most: int = 2) -> list[str]:
    """Aspects that no flaw spoils, at most `most` of them."""
    spoilt = {ASPECT_OF[flaw] for flaw, _ in flaws}
    left = [name for name in ASPECTS if name not in spoilt]
    return [str(name) for name in rng.permutation(left)[:most]]


def notes(facts: Facts) -> list[str]:
    """The facts as terse notes: what the heads will tell the language model when it is asked."""
    flaws = [(strength_label(strength), flaw.value) for flaw, strength in facts.flaws]
    return fact_notes(facts.content, facts.score, flaws, list(facts.works))


def comment(facts: Facts, rng: Rng) -> str:
    """Two to four sentences that say these facts and nothing else."""
    sentences = [str(rng.choice(openings(facts.content, facts.score)))]
    praise = [str(rng.choice(ASPECTS[name])) for name in facts.works]
    if praise:
        sentences.append(_sentence(" and ".join(praise)))
    sentences += [_complaint(flaw, strength, rng) for flaw, strength in facts.flaws[:2]]
    return " ".join(sentences[:4])


def _complaint(flaw: Flaw, strength: float, rng: Rng) -> str:
    strengths = [word for word in STRENGTHS[strength_label(strength)] if " too " not in word]
    complaint = f"however, it is {rng.choice(strengths)} {rng.choice(DESCRIPTIONS[flaw])}"
    if rng.random() < 0.5:
        complaint += f", as if {rng.choice(CAUSES[flaw])}"
    return _sentence(complaint)


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:] + "."
