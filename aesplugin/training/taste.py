"""Taste: ridge regression of people's votes on blocks of features, each block weighing the same.

The blocks differ in width by a factor of ten; averaging their linear kernels keeps the widest
from drowning the others. Solved in the dual (photos are fewer than features), exactly.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
Vector = NDArray[np.float64]
Blocks = Mapping[str, Matrix]  # name -> [N, width]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ridge:
    """prediction = sum over blocks of x @ weights + bias."""

    weights: Mapping[str, Vector]
    bias: float

    def predict(self, blocks: Blocks) -> Vector:
        """Predictions [N]."""
        rows = len(next(iter(blocks.values())))
        return sum((blocks[name] @ w for name, w in self.weights.items()), np.full(rows, self.bias))


def fit_ridge(blocks: Blocks, target: Vector, *, penalty: float) -> Ridge:
    """Fits on all rows; `penalty` is relative to a kernel whose diagonal averages 1."""
    scaled: dict[str, Matrix] = {}
    means: dict[str, Vector] = {}
    scales: dict[str, Vector] = {}
    for name, x in blocks.items():
        means[name] = x.mean(0)
        spread = x.std(0)
        # a feature that never varies says nothing; its weight must not explode on another photo
        scales[name] = np.where(spread > 1e-6, 1 / np.maximum(spread, 1e-6), 0) / np.sqrt(
            x.shape[1] * len(blocks)
        )
        scaled[name] = (x - means[name]) * scales[name]
    kernel = sum((z @ z.T for z in scaled.values()), np.zeros((len(target), len(target))))
    centre = float(target.mean())
    dual = np.linalg.solve(kernel + penalty * np.eye(len(target)), target - centre)
    weights = {name: scales[name] * (z.T @ dual) for name, z in scaled.items()}
    bias = centre - sum(float(means[name] @ w) for name, w in weights.items())
    return Ridge(weights=weights, bias=bias)


def out_of_fold(
    blocks: Blocks, target: Vector, folds: Sequence[int] | NDArray[np.int64], *, penalty: float
) -> tuple[Vector, list[Ridge]]:
    """Each photo predicted by the ridge that never saw its fold [N], and those ridges."""
    fold = np.asarray(folds)
    predicted = np.full(len(target), np.nan)
    ridges = []
    for number in range(int(fold.max()) + 1):
        rest, here = fold != number, fold == number
        ridge = fit_ridge(
            {name: x[rest] for name, x in blocks.items()}, target[rest], penalty=penalty
        )
        predicted[here] = ridge.predict({name: x[here] for name, x in blocks.items()})
        ridges.append(ridge)
    return predicted, ridges
