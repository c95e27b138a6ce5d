"""How photos are split by theme, so that what is measured was never learnt from."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from aesplugin.errors import DataError


def theme_folds(themes: Sequence[str], *, folds: int, seed: int) -> NDArray[np.int64]:
    """The fold 0..folds-1 of each photo; photos of one theme share a fold, sizes are even.

    Raises:
        DataError: fewer themes than folds.
    """
    names, counts = np.unique(np.asarray(themes), return_counts=True)
    if len(names) < folds:
        raise DataError(f"{folds} folds need as many themes; there are {len(names)}")
    order = np.random.default_rng(seed).permutation(len(names))
    order = order[np.argsort(-counts[order], kind="stable")]  # large themes first: even sizes
    sizes = np.zeros(folds, np.int64)
    fold_of: dict[str, int] = {}
    for index in order:
        fold = int(sizes.argmin())
        fold_of[str(names[index])] = fold
        sizes[fold] += counts[index]
    return np.array([fold_of[str(theme)] for theme in themes], np.int64)
