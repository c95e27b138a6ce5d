"""Figures of personal ranking: agreement with one person, then the mean over people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aesplugin.evaluation.metrics import plcc, ranks

Floats = NDArray[np.float32]
Pair = tuple[float, float]  # SRCC, lift
People = dict[int, list[Pair]]  # user → one pair per split of theirs
Figures = dict[int, People]  # k → people

SHOTS = (0, 1, 5, 10, 30, 100)
_TOP = 0.1
_RESAMPLES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One method at one k: mean over people, 95 % bootstrap interval over people, lift.

    `lift10` is how many times more often than by chance a photo that the person places in their
    own best tenth stands in ours.
    """

    k: int
    users: int
    srcc: float
    low: float
    high: float
    lift10: float


class Truth:
    """What one person said of their query photos, ready to be compared with many scores."""

    def __init__(self, ratings: Floats) -> None:
        self._ranks = ranks(ratings)
        self._count = max(1, round(_TOP * len(ratings)))
        self._liked = ratings >= np.sort(ratings)[-self._count]

    def agreement(self, scores: Floats) -> Pair:
        """SRCC (0 where the scores are all equal) and lift."""
        value = plcc(ranks(scores), self._ranks)
        best = np.argsort(-scores, kind="stable")[: self._count]
        lift = float(self._liked[best].mean() / self._liked.mean())
        return (0.0 if np.isnan(value) else value, lift)


def summaries(found: Mapping[int, Mapping[int, Sequence[Pair]]]) -> list[Shot]:
    """Means and intervals; a k nobody has photos enough for is left out."""
    return [_summary(k, people) for k, people in found.items() if people]


def _summary(k: int, people: Mapping[int, Sequence[Pair]]) -> Shot:
    pairs = np.array([np.mean(own, axis=0) for own in people.values()])  # [U, 2]
    values = pairs[:, 0]
    rng = np.random.default_rng(0)
    means = values[rng.integers(0, len(values), (_RESAMPLES, len(values)))].mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return Shot(
        k=k,
        users=len(values),
        srcc=float(values.mean()),
        low=float(low),
        high=float(high),
        lift10=float(pairs[:, 1].mean()),
    )
