"""What the scorer learns from: which photos, and how they are split."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from aesplugin.errors import DataError

# Never learnt from: the evaluation makes its flawed copies of these.
KEPT_FOR_TESTS: Final = frozenset({"budgie_cc0", "debian_wallpapers"})
_SUFFIXES: Final = frozenset({".jpg", ".jpeg", ".png", ".webp"})


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


def unlabelled_photos(
    root: Path, folders: Sequence[str], *, per_folder: int, seed: int
) -> list[Path]:
    """`per_folder` photos of each of `folders` in `root`, drawn by `seed`, taken in turns.

    Raises:
        DataError: a folder is absent, empty, or kept for tests.
    """
    drawn = [_draw(root, name, per_folder, seed) for name in folders]
    longest = max((len(paths) for paths in drawn), default=0)
    return [paths[turn] for turn in range(longest) for paths in drawn if turn < len(paths)]


def _draw(root: Path, name: str, count: int, seed: int) -> list[Path]:
    if name in KEPT_FOR_TESTS:
        raise DataError(f"{name} is kept for tests; leave it out of training")
    folder = root / name
    if not folder.is_dir():
        raise DataError(f"{folder} is not a folder of photos")
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in _SUFFIXES)
    if not paths:
        raise DataError(f"{folder} holds no photo")
    order = np.random.default_rng(seed).permutation(len(paths))
    return [paths[index] for index in order[:count]]
