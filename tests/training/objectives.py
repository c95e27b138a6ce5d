"""Small real objectives for the loop: a line to learn from noisy points."""

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor, nn


def points(rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """32 points of y = 3 x - 1."""
    x = torch.from_numpy(rng.uniform(-1, 1, (32, 1)).astype(np.float32))
    return x, 3 * x - 1


class Line:
    """Learns y = 3 x - 1."""

    def __init__(self) -> None:
        torch.manual_seed(0)
        self.trainable: nn.Module = nn.Linear(1, 1)

    def losses(self, rng: np.random.Generator) -> Mapping[str, Tensor]:
        x, y = points(rng)
        return {"error": (self.trainable(x) - y).pow(2).mean()}


class CountedLine(Line):
    """Has a second loss every third step, and dropout."""

    def __init__(self) -> None:
        super().__init__()
        self.step = 0
        self.trainable = nn.Sequential(nn.Linear(1, 8), nn.Dropout(0.3), nn.Linear(8, 1))

    def losses(self, rng: np.random.Generator) -> Mapping[str, Tensor]:
        found = dict(super().losses(rng))
        self.step += 1
        if self.step % 3 == 0:
            found["third"] = torch.stack(
                [p.pow(2).sum() for p in self.trainable.parameters()]
            ).sum()
        return found
