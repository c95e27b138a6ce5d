"""Suggestions asked of the language model itself, as the paper does: which remedy is likeliest?

What ships asks the flaw head instead (`CalmModel.suggestions`): `evaluate suggestions` measures
both side by side. A language model finds some sentences likelier than others whatever it is
shown, so a likelihood is compared with the same sentence's for other photos.
"""

from collections.abc import Mapping, Sequence

from torch import Tensor

from aesplugin.assessment import SYNTHETIC_FLAWS, Flaw
from aesplugin.models.calm.generation.questions import Speaker
from aesplugin.models.wording.prompts import SUGGEST_QUESTION
from aesplugin.models.wording.remedies import DIRECTIONS, UNDIRECTED, suggest

_TYPICAL = 0.5  # strength the remedies are worded for
REMEDIES = tuple(
    (flaw, way) for flaw in SYNTHETIC_FLAWS for way in DIRECTIONS[flaw] if way != UNDIRECTED
)


def remedy(flaw: Flaw, way: str, strength: float = _TYPICAL) -> str:
    """How a remedy is said: as the answer to `SUGGEST_QUESTION`, in training and when asked."""
    advice = suggest(flaw, way, strength).advice
    return f" {advice[0].upper()}{advice[1:]}."


def remedy_likelihoods(speaker: Speaker) -> Tensor:
    """Mean log-likelihood a token of each of `REMEDIES` for each photo: [B, len(REMEDIES)]."""
    return speaker.prefer(SUGGEST_QUESTION, [remedy(flaw, way) for flaw, way in REMEDIES])


def by_flaw(likelihoods: Sequence[float], usual: Sequence[float]) -> Mapping[Flaw, float]:
    """How much likelier than usual the likeliest remedy of each flaw is, in nats a token."""
    found: dict[Flaw, float] = {}
    for (flaw, _), mine, others in zip(REMEDIES, likelihoods, usual, strict=True):
        found[flaw] = max(found.get(flaw, float("-inf")), mine - others)
    return found
