"""A ridge on the frozen features: the plain baseline, and the teacher of unlabelled photos.

Fitted on the training themes only, it gives unlabelled photos a pseudo-score, so that MFAM
sees a few thousand photos where the votes alone are a few hundred.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from aesplugin.models.calm.heads import Plain, from_score


@dataclass(frozen=True, slots=True)
class Ridge:
    """Linear regression with a penalty, on standardised and clipped inputs."""

    centre: Tensor
    spread: Tensor
    weights: Tensor
    offset: float

    @classmethod
    def fit(cls, inputs: Tensor, targets: Tensor, penalty: float = 2000.0) -> "Ridge":
        """`inputs` [N, F], `targets` [N]; solved in the N x N dual."""
        centre, spread = inputs.mean(0), inputs.std(0) + 1e-3
        scaled = ((inputs - centre) / spread).clamp(-6, 6).double()
        offset = float(targets.mean())
        kernel = scaled @ scaled.T + penalty * torch.eye(len(scaled), dtype=torch.float64)
        dual = torch.linalg.solve(kernel, targets.double() - offset)
        return cls(centre, spread, (scaled.T @ dual).float(), offset)

    def __call__(self, inputs: Tensor) -> Tensor:
        """[B, F] -> [B]."""
        return ((inputs - self.centre) / self.spread).clamp(-6, 6) @ self.weights + self.offset

    def hand_to(self, plain: Plain) -> None:
        """Sets the model's linear skip to this ridge, in the units of its score head."""
        zero, one = from_score(torch.tensor([0.0, 1.0])).tolist()
        plain.centre.copy_(self.centre)
        plain.spread.copy_(self.spread)
        plain.weight.data.copy_(self.weights * (one - zero))
        plain.bias.data.fill_(self.offset * (one - zero) + zero)
