"""A figure and how sure it is: 95 % percentile intervals by drawing the photos anew.

Efron and Tibshirani, An Introduction to the Bootstrap (1993), chapter 13. The draws are the same
at every call. Where all photos agree (0 of 20), the interval has no width: read the count then.
"""

import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from aesplugin.evaluation.metrics import Vector

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
    return _interval(float(part.sum() / whole.sum()), values, int(whole.sum()))


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
    return _interval(metric(x, y), values, len(x))


def _draws(photos: int) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    return np.random.default_rng(_SEED).integers(photos, size=(_RESAMPLES, photos))


def _interval(value: float, drawn: Vector, count: int) -> Measured:
    """A correlation is NaN in draws of equal values; these say nothing."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # all NaN: the interval is NaN, too
        low, high = np.nanpercentile(drawn, [2.5, 97.5])
    return Measured(value=value, low=float(low), high=float(high), count=count)
