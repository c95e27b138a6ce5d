"""Scores as level words and back, after Q-Align (arXiv 2312.17090); needs no network."""

import math
from collections.abc import Sequence
from itertools import pairwise

from aesplugin.assessment import SCORE_MAX, SCORE_MIN

LEVEL_WORDS = ("excellent", "good", "fair", "poor", "bad")
LEVEL_WEIGHTS = (1.0, 0.75, 0.5, 0.25, 0.0)
_LEAST_SPREAD = 0.01  # points


def expected_score(shares: Sequence[float]) -> tuple[float, float]:
    """Shares of `LEVEL_WORDS` that sum to 1 -> the expected score 1..10 and its spread.

    The spread is the standard deviation of the five levels, in points; both are rounded to .01, and
    the spread is never 0.
    """
    levels = [SCORE_MIN + (SCORE_MAX - SCORE_MIN) * weight for weight in LEVEL_WEIGHTS]
    score = sum(share * level for share, level in zip(shares, levels, strict=True))
    variance = sum(
        share * (level - score) ** 2 for share, level in zip(shares, levels, strict=True)
    )
    return round(score, 2), max(_LEAST_SPREAD, round(math.sqrt(variance), 2))


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
