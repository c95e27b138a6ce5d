"""Quantiles of many pixels as `numpy.quantile` gives them, without most of its time.

Dozens are taken of every photo, of arrays so small that NumPy's general form costs more than the
sorting.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


def quantiles(values: NDArray[np.float32], *shares: float) -> Numbers:
    """The quantiles [len(shares)] at `shares`, 0..1, of all values; linear between neighbours.

    Raises:
        ValueError: there are no values.
    """
    low, between = _places(values.size, shares)
    high = np.minimum(low + 1, values.size - 1)
    if len(shares) == 1:  # a selection is enough
        ordered = np.partition(values, np.concatenate([low, high]), axis=None)
    else:
        ordered = np.sort(values, axis=None)
    return _mixed(ordered[low], ordered[high], between)


def level_quantiles(levels: NDArray[np.uint8], *shares: float) -> Numbers:
    """The same of bytes, by counting them.

    Raises:
        ValueError: there are no values.
    """
    low, between = _places(levels.size, shares)
    below = np.bincount(levels.ravel(), minlength=256).cumsum()
    first = np.searchsorted(below, low, side="right")
    second = np.searchsorted(below, np.minimum(low + 1, levels.size - 1), side="right")
    return _mixed(first, second, between)


def _places(count: int, shares: tuple[float, ...]) -> tuple[NDArray[np.int64], Numbers]:
    if not count:
        raise ValueError("there are no values")
    exact = np.array(shares) * (count - 1)
    low = exact.astype(np.int64)
    return low, exact - low


def _mixed(low: NDArray[Any], high: NDArray[Any], between: Numbers) -> Numbers:
    first = low.astype(np.float64)
    return first + (high - first) * between
