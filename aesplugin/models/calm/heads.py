"""What is read from MFAM without the language model: flaws, strength, way out, score.

And the score as a token, by which the language model learns of it.
"""

from typing import Final, NamedTuple

import torch
from torch import Tensor, nn

from aesplugin.assessment import SYNTHETIC_FLAWS, Flaw
from aesplugin.models.wording.remedies import DIRECTIONS, UNDIRECTED

FLAWS = SYNTHETIC_FLAWS
CLEAN = len(FLAWS)  # the class "no flaw"
WAYS: tuple[tuple[Flaw, str], ...] = tuple(
    (flaw, way)
    for flaw in FLAWS
    for way in DIRECTIONS[flaw]
    if len(DIRECTIONS[flaw]) > 1 and way != UNDIRECTED
)


class Reading(NamedTuple):
    """Logits and values of one batch."""

    flaw: Tensor  # [B, 15] logits: 14 flaws, then clean
    severity: Tensor  # [B, 14], about 0..1: how strong each flaw would be, if present
    way: Tensor  # [B, len(WAYS)] logits; compare only within one flaw
    score: Tensor  # [B], in units of the score's spread: see `to_score`
    craft: Tensor  # [B]: 0 for a clean photo, lower for a flawed one
    folds: Tensor  # [B, K]: the score by heads that never saw one fold's themes


class Beauty(nn.Module):
    """What people's votes make of a photo: linear functions, set by ridge and not by gradient.

    Row 0 is the shipped one, the others leave one fold of themes out each. A few hundred votes
    are too few to set more than a linear function.
    """

    centre: Tensor
    spread: Tensor
    weight: Tensor
    bias: Tensor

    def __init__(self, size: int, folds: int) -> None:
        super().__init__()
        self.register_buffer("centre", torch.zeros(size))
        self.register_buffer("spread", torch.ones(size))
        self.register_buffer("weight", torch.zeros(1 + folds, size))
        self.register_buffer("bias", torch.zeros(1 + folds))

    def forward(self, features: Tensor) -> Tensor:  # [B, F] -> [B, 1 + K]
        scaled = ((features - self.centre) / self.spread).clamp(-6, 6)
        return scaled @ self.weight.T + self.bias


class Heads(nn.Module):
    """Small perceptrons on the pooled levels [B, 5 D], and beauty.

    `craft_share` is how much of the craft value counts in the score.
    """

    craft_share: Tensor

    def __init__(self, width: int, plain: int, folds: int = 0) -> None:
        """`width` of the Q-Formers; `plain` size of the encoder's summary."""
        super().__init__()
        inputs = 5 * width
        self.beauty = Beauty(plain + inputs, folds)
        self.norm = nn.LayerNorm(inputs)
        self.causes = nn.Sequential(
            nn.Linear(inputs, 384), nn.GELU(), nn.Dropout(0.1), nn.Linear(384, 192), nn.GELU()
        )
        self.flaw = nn.Linear(192, len(FLAWS) + 1)
        self.severity = nn.Linear(192, len(FLAWS))
        self.way = nn.Linear(192, len(WAYS))
        self.craft = nn.Linear(192, 1)
        self.register_buffer("craft_share", torch.ones(()))

    def forward(self, pooled: Tensor, plain: Tensor) -> Reading:  # [B, 5 D], [B, F]
        causes = self.causes(self.norm(pooled))
        craft = self.craft(causes)[:, 0]
        beauty = self.beauty(torch.cat([plain, pooled.detach()], dim=1))
        scores = beauty + (self.craft_share * craft)[:, None]
        return Reading(
            self.flaw(causes),
            self.severity(causes),
            self.way(causes),
            scores[:, 0],
            craft,
            scores[:, 1:],
        )


SCORE_MEAN, SCORE_SPREAD = 5.5, 1.5


def to_score(value: Tensor) -> Tensor:
    """From the head's units to 1..10; OASIS's 1..7 votes are stretched onto it linearly."""
    return (value * SCORE_SPREAD + SCORE_MEAN).clamp(1, 10)


def from_score(score: Tensor) -> Tensor:
    """The inverse of `to_score`, for training targets."""
    return (score - SCORE_MEAN) / SCORE_SPREAD


def way_index(flaw: Flaw, way: str) -> int:
    """Where (flaw, way out) stands in `WAYS`; -1 where the flaw has only one way out."""
    return WAYS.index((flaw, way)) if (flaw, way) in WAYS else -1


def way_mask() -> Tensor:
    """[14, len(WAYS)] bool: which ways belong to which flaw."""
    return torch.tensor([[flaw is of for of, _ in WAYS] for flaw in FLAWS])


_PLACES: Final = 19  # along 1..10, half a point apart


class Verdict(nn.Module):
    """A score [B] in the head's units to one more token [B, 1, H]; nothing until it is taught.

    A dozen tokens taught flaws and themes hold little of what thousands of pooled features say of
    beauty: a number read from them alone hardly ranks photos (docs/evaluation.md, read-outs). So
    the regression's value closes the thematic branch, and comments and numbers agree.
    """

    places: Tensor

    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.register_buffer("places", torch.linspace(1, 10, _PLACES), persistent=False)
        self.say = nn.Linear(_PLACES, hidden, bias=False)
        nn.init.zeros_(self.say.weight)

    def forward(self, score: Tensor) -> Tensor:
        gap = self.places[1] - self.places[0]
        near = torch.exp(-(((to_score(score)[:, None] - self.places) / gap) ** 2))  # [B, 19]
        out: Tensor = self.say(near)[:, None]
        return out
