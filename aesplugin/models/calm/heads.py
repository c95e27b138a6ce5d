"""What is read from MFAM without the language model: flaws, their strength and way out, score."""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from aesplugin.assessment import Flaw
from aesplugin.models.directions import DIRECTIONS

FLAWS = tuple(Flaw)
CLEAN = len(FLAWS)  # the class "no flaw"
WAYS: tuple[tuple[Flaw, str], ...] = tuple(
    (flaw, way) for flaw in FLAWS for way in DIRECTIONS[flaw] if len(DIRECTIONS[flaw]) > 1
)


class Reading(NamedTuple):
    """Logits and values of one batch."""

    flaw: Tensor  # [B, 15] logits: 14 flaws, then clean
    severity: Tensor  # [B, 14], about 0..1: how strong each flaw would be, if present
    way: Tensor  # [B, len(WAYS)] logits; compare only within one flaw
    score: Tensor  # [B], in units of the score's spread: see `to_score`
    craft: Tensor  # [B]: higher is less flawed; ranks versions of one photo


class Plain(nn.Module):
    """A linear skip from the encoder's statistics to beauty; set by ridge, not by gradient.

    A few hundred votes are too few for the Q-Formers alone: they learn what is left over.
    """

    centre: Tensor
    spread: Tensor

    def __init__(self, size: int) -> None:
        super().__init__()
        self.register_buffer("centre", torch.zeros(size))
        self.register_buffer("spread", torch.ones(size))
        self.weight = nn.Parameter(torch.zeros(size), requires_grad=False)
        self.bias = nn.Parameter(torch.zeros(()), requires_grad=False)

    def forward(self, plain: Tensor) -> Tensor:  # [B, F] -> [B]
        scaled = ((plain - self.centre) / self.spread).clamp(-6, 6)
        return scaled @ self.weight + self.bias


class Heads(nn.Module):
    """Small perceptrons on the pooled levels [B, 4 D], and one linear skip.

    `craft_share` is how much of the craft value counts in the score; 1 while training.
    """

    def __init__(self, width: int, plain: int) -> None:
        """`width` of the Q-Formers; `plain` size of the encoder's summary."""
        super().__init__()
        inputs = 4 * width
        self.plain = Plain(plain)
        self.norm = nn.LayerNorm(inputs)
        self.causes = nn.Sequential(nn.Linear(inputs, 192), nn.GELU(), nn.Dropout(0.1))
        self.flaw = nn.Linear(192, len(FLAWS) + 1)
        self.severity = nn.Linear(192, len(FLAWS))
        self.way = nn.Linear(192, len(WAYS))
        self.craft = nn.Linear(192, 1)
        self.craft_share = nn.Parameter(torch.ones(()), requires_grad=False)
        self.beauty = nn.Sequential(
            nn.Dropout(0.3), nn.Linear(inputs, 64), nn.GELU(), nn.Dropout(0.2), nn.Linear(64, 1)
        )

    def forward(self, pooled: Tensor, plain: Tensor) -> Reading:  # [B, 4 D], [B, F]
        pooled = self.norm(pooled)
        causes = self.causes(pooled)
        craft = self.craft(causes)[:, 0]
        beauty = self.beauty(pooled)[:, 0] + self.plain(plain)
        return Reading(
            self.flaw(causes),
            self.severity(causes),
            self.way(causes),
            beauty + self.craft_share * craft,
            craft,
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
