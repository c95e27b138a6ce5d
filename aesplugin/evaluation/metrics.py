"""How well scores agree with people: rank and linear correlation, error. Ties handled exactly.

Every function takes two one-dimensional sequences of equal length >= 2 of finite numbers, and
gives a float; the correlations are NaN where one side is constant (nothing to correlate).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """The field's four figures on `count` photos; `rmse` in the units of the scores."""

    count: int
    srcc: float
    plcc: float
    krcc: float
    rmse: float


def agreement(predicted: Sequence[float] | Vector, actual: Sequence[float] | Vector) -> Agreement:
    """All four figures at once; NaN everywhere for fewer than two photos."""
    if len(predicted) < 2:
        nothing = float("nan")
        return Agreement(
            count=len(predicted), srcc=nothing, plcc=nothing, krcc=nothing, rmse=nothing
        )
    return Agreement(
        count=len(predicted),
        srcc=srcc(predicted, actual),
        plcc=plcc(predicted, actual),
        krcc=krcc(predicted, actual),
        rmse=rmse(predicted, actual),
    )


def srcc(predicted: ArrayLike, actual: ArrayLike) -> float:
    """Spearman's rank correlation: the linear correlation of mean ranks."""
    x, y = _pair(predicted, actual)
    return plcc(ranks(x), ranks(y))


def plcc(predicted: ArrayLike, actual: ArrayLike) -> float:
    """Pearson's linear correlation."""
    x, y = _pair(predicted, actual)
    x, y = x - x.mean(), y - y.mean()
    norm = float(np.sqrt((x @ x) * (y @ y)))
    return float(np.clip(x @ y / norm, -1, 1)) if norm > 0 else float("nan")


def krcc(predicted: ArrayLike, actual: ArrayLike) -> float:
    """Kendall's tau-b; memory grows with n, time with its square."""
    x, y = _pair(predicted, actual)
    agree = untied_x = untied_y = 0.0
    for i in range(len(x) - 1):
        dx, dy = np.sign(x[i + 1 :] - x[i]), np.sign(y[i + 1 :] - y[i])
        agree += float(dx @ dy)
        untied_x += float(dx @ dx)
        untied_y += float(dy @ dy)
    norm = np.sqrt(untied_x * untied_y)
    return float(agree / norm) if norm > 0 else float("nan")


def rmse(predicted: ArrayLike, actual: ArrayLike) -> float:
    """Root mean square error, in the units of the scores."""
    x, y = _pair(predicted, actual)
    return float(np.sqrt(np.mean((x - y) ** 2)))


def ranks(values: ArrayLike) -> Vector:
    """Ranks 1..n; equal values share the mean of their ranks."""
    array = np.asarray(values, dtype=np.float64)
    _, inverse, counts = np.unique(array, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    mean_rank: Vector = last - (counts - 1) / 2
    shared: Vector = mean_rank[inverse]
    return shared


def _pair(predicted: ArrayLike, actual: ArrayLike) -> tuple[Vector, Vector]:
    x, y = np.asarray(predicted, dtype=np.float64), np.asarray(actual, dtype=np.float64)
    if x.shape != y.shape or x.ndim != 1 or len(x) < 2:
        raise ValueError(f"two vectors of equal length >= 2 are needed, not {x.shape}, {y.shape}")
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise ValueError("every value must be finite")
    return x, y
