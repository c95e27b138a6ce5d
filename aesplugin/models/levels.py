"""Scores as level words and back, after Q-Align (arXiv 2312.17090)."""

from itertools import pairwise
from typing import Any

import torch
from torch import Tensor

from aesplugin.assessment import SCORE_MAX, SCORE_MIN

LEVEL_WORDS = ("excellent", "good", "fair", "poor", "bad")
LEVEL_WEIGHTS = (1.0, 0.75, 0.5, 0.25, 0.0)


def level_expectation(logits: Tensor) -> Tensor:
    """Logits [..., 5] over `LEVEL_WORDS` -> expected score [...], 1..10."""
    weights = torch.tensor(LEVEL_WEIGHTS, dtype=logits.dtype, device=logits.device)
    share = (logits.softmax(-1) * weights).sum(-1)
    return SCORE_MIN + (SCORE_MAX - SCORE_MIN) * share


def level_tokens(tokenizer: Any) -> Tensor:
    """The first token of each of `LEVEL_WORDS`, as they stand at the head of an answer: [5]."""
    encoded = [tokenizer(f" {word}", add_special_tokens=False) for word in LEVEL_WORDS]
    return torch.tensor([one.input_ids[0] for one in encoded])


def level_of(score: float, cuts: tuple[float, ...] | None = None) -> str:
    """The word for a score 1..10; `cuts` are four falling thresholds, by default even ones."""
    step = (SCORE_MAX - SCORE_MIN) / len(LEVEL_WORDS)
    bounds = cuts or tuple(SCORE_MAX - step * number for number in range(1, len(LEVEL_WORDS)))
    for word, bound in zip(LEVEL_WORDS, bounds, strict=False):
        if score >= bound:
            return word
    return LEVEL_WORDS[-1]


def level_shares(score: float) -> list[float]:
    """Soft targets over `LEVEL_WORDS`: the two words nearest to a score share it."""
    centres = [SCORE_MIN + (SCORE_MAX - SCORE_MIN) * weight for weight in LEVEL_WEIGHTS]
    score = min(max(score, SCORE_MIN), SCORE_MAX)
    shares = [0.0] * len(centres)
    for index, (upper, lower) in enumerate(pairwise(centres)):
        if lower <= score <= upper:
            shares[index] = (score - lower) / (upper - lower)
            shares[index + 1] = 1 - shares[index]
            break
    return shares
