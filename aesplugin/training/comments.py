"""Comments to learn from: two to four sentences made of known facts, in a critic's manner.

The aspects (subject, light, colour, focus, composition, general impression) are those human
critics cover; every sentence here was written for this project and quotes nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from aesplugin.assessment import Flaw
from aesplugin.models.aspects import ASPECT_OF, told
from aesplugin.models.openings import openings
from aesplugin.models.remedies import strength_word
from aesplugin.training.phrases import CAUSES, LOOKS, STRENGTHS

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
    flaws = [(strength_word(strength), flaw.value) for flaw, strength in facts.flaws]
    return told(facts.content, facts.score, flaws, list(facts.works))


def comment(facts: Facts, rng: Rng) -> str:
    """Two to four sentences that say these facts and nothing else."""
    said = [str(rng.choice(openings(facts.content, facts.score)))]
    praise = [str(rng.choice(ASPECTS[name])) for name in facts.works]
    if praise:
        said.append(_sentence(" and ".join(praise)))
    said += [_complaint(flaw, strength, rng) for flaw, strength in facts.flaws[:2]]
    return " ".join(said[:4])


def _complaint(flaw: Flaw, strength: float, rng: Rng) -> str:
    strengths = [word for word in STRENGTHS[strength_word(strength)] if " too " not in word]
    said = f"however, it is {rng.choice(strengths)} {rng.choice(LOOKS[flaw])}"
    if rng.random() < 0.5:
        said += f", as if {rng.choice(CAUSES[flaw])}"
    return _sentence(said)


def _sentence(said: str) -> str:
    return said[0].upper() + said[1:] + "."
