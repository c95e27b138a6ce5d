"""How well scores agree with people: rank and linear correlation, error. Ties handled exactly.

Every function takes two one-dimensional sequences of equal length >= 2 of finite numbers, and
gives a float; the correlations are NaN where one side is constant (nothing to correlate).
"""

import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

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


def auc(predicted: ArrayLike, chosen: ArrayLike) -> float:
    """How often a chosen photo (1) is ahead of one that is not (0); equal scores count half.

    The area under the ROC curve; NaN where all or none are chosen.
    """
    x, y = _pair(predicted, chosen)
    ahead = y > 0
    ones, zeros = int(ahead.sum()), int((~ahead).sum())
    if not ones or not zeros:
        return float("nan")
    won = float(ranks(x)[ahead].sum()) - ones * (ones + 1) / 2
    return won / (ones * zeros)


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


_RESAMPLES: Final = 1000
_SEED: Final = 0
_NAN: Final = float("nan")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A value with its 95 % interval, and of how many things it was taken (photos, claims).

    All three numbers are NaN where there was nothing to measure.
    """

    value: float = _NAN
    low: float = _NAN
    high: float = _NAN
    count: int = 0


def measure_ratio(parts: Iterable[tuple[float, float]]) -> Measured:
    """Sum of the first by sum of the second, where each pair is of one photo.

    For a share, a pair is (hits, cases), for a mean (sum, cases); a photo without cases does not
    count. `count` is the number of cases.
    """
    counted = [(float(part), float(whole)) for part, whole in parts if whole]
    if not counted:
        return Measured()
    part, whole = np.asarray(counted).T  # [N], [N]
    drawn = _draws(len(counted))  # [1000, N]
    values = part[drawn].sum(axis=1) / whole[drawn].sum(axis=1)
    return interval(float(part.sum() / whole.sum()), values, int(whole.sum()))


def measure_share(hits: Sequence[bool]) -> Measured:
    """The share of photos that are hits."""
    return measure_ratio((hit, 1) for hit in hits)


def measure_agreement(
    metric: Callable[[Vector, Vector], float], predicted: Sequence[float], actual: Sequence[float]
) -> Measured:
    """`metric` (`metrics.srcc`) of two vectors of equal length; NaN for fewer than two photos."""
    if len(predicted) < 2:
        return Measured(count=len(predicted))
    x, y = np.asarray(predicted, np.float64), np.asarray(actual, np.float64)
    values = np.asarray([metric(x[drawn], y[drawn]) for drawn in _draws(len(x))])
    return interval(metric(x, y), values, len(x))


def _draws(photos: int) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    return np.random.default_rng(_SEED).integers(photos, size=(_RESAMPLES, photos))


def cluster_draws(clusters: Sequence[int]) -> Iterator[NDArray[np.int64]]:
    """Positions of the photos in each of 1000 resamples of whole clusters, with replacement.

    `clusters` has the number of each photo's cluster: frames of one burst are alike, and drawn
    one by one they would pass for more evidence than they are.
    """
    _, numbers, sizes = np.unique(clusters, return_inverse=True, return_counts=True)
    by_cluster = np.argsort(numbers, kind="stable")
    starts = np.cumsum(sizes) - sizes
    rng = np.random.default_rng(_SEED)
    for _ in range(_RESAMPLES):
        drawn = rng.integers(len(sizes), size=len(sizes))
        lengths = sizes[drawn]
        within = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        yield by_cluster[np.repeat(starts[drawn], lengths) + within]


def interval(value: float, drawn: Vector, count: int) -> Measured:
    """`value` with the 95 % interval of its resamples `drawn`; `count` as in `Measured`.

    A correlation is NaN in draws of equal values; these say nothing.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # all NaN: the interval is NaN, too
        low, high = np.nanpercentile(drawn, [2.5, 97.5])
    return Measured(value=value, low=float(low), high=float(high), count=count)
