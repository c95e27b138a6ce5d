"""What the scorer learns from: which photos, and how they are split."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from aesplugin.errors import DataError
from aesplugin.training.sources import HELD_OUT

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


def drawn_photos(root: Path, draws: Mapping[str, int], *, seed: int) -> list[Path]:
    """Photos of the folders of `root` named in `draws`, so many of each, taken in turns.

    Drawing more keeps what was drawn before (and what was seen of it).

    Raises:
        DataError: a folder is absent, empty, or kept for tests.
    """
    rng = np.random.default_rng(seed)
    drawn = [_draw(root, name, count, rng) for name, count in draws.items()]
    longest = max((len(paths) for paths in drawn), default=0)
    return [paths[turn] for turn in range(longest) for paths in drawn if turn < len(paths)]


def _draw(root: Path, name: str, count: int, rng: np.random.Generator) -> list[Path]:
    if name in HELD_OUT:
        raise DataError(f"{name} is kept for tests; leave it out of training")
    folder = root / name
    if not folder.is_dir():
        raise DataError(f"{folder} is not a folder of photos")
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in _SUFFIXES)
    if not paths:
        raise DataError(f"{folder} holds no photo")
    return [paths[index] for index in rng.permutation(len(paths))[:count]]
