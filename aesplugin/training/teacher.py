"""Beauty from votes: a ridge on frozen features, in blocks that weigh the same.

Every fold leaves its themes out, so that a rated photo can be judged by a head that never saw
it; those out-of-fold scores, not the votes, are what the language model is taught to say.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from aesplugin.models.calm.heads import Beauty, from_score

PENALTY = 0.3  # best of .03 to 1 on theme folds, mean of seeds 0 to 3: docs/training-log.md
_CLIP = 6.0


@dataclass(frozen=True, slots=True)
class Standard:
    """Centre and spread of each feature, the spread times the root of its block's weight."""

    centre: Tensor  # [F]
    spread: Tensor  # [F]
    scale: Tensor  # [F]

    @classmethod
    def of(cls, features: Tensor, blocks: Sequence[int]) -> "Standard":
        """`features` [N, F] whose columns come in `blocks`; blocks weigh the same."""
        widths = torch.tensor(blocks)
        scale = (widths * len(blocks)).double().rsqrt().repeat_interleave(widths)
        return cls(features.mean(0), features.std(0) + 1e-3, scale.float())

    def __call__(self, features: Tensor) -> Tensor:
        """[B, F] standardised, clipped, scaled."""
        return ((features - self.centre) / self.spread).clamp(-_CLIP, _CLIP) * self.scale


@dataclass(frozen=True, slots=True)
class Ridge:
    """A linear function of standardised features."""

    weights: Tensor  # [F]
    offset: float

    @classmethod
    def fit(cls, inputs: Tensor, targets: Tensor, penalty: float = PENALTY) -> "Ridge":
        """`inputs` [N, F] from `Standard`, `targets` [N]; N x N or F x F, whichever is less."""
        scaled = inputs.double()
        offset = float(targets.mean())
        if len(scaled) > scaled.shape[1]:
            square = scaled.T @ scaled + penalty * torch.eye(scaled.shape[1], dtype=torch.float64)
            right = scaled.T @ (targets.double() - offset)
            return cls(torch.linalg.solve(square, right).float(), offset)
        kernel = scaled @ scaled.T + penalty * torch.eye(len(scaled), dtype=torch.float64)
        dual = torch.linalg.solve(kernel, targets.double() - offset)
        return cls((scaled.T @ dual).float(), offset)

    def __call__(self, inputs: Tensor) -> Tensor:
        """[B, F] -> [B]."""
        return inputs @ self.weights + self.offset


@dataclass(frozen=True, slots=True)
class Taught:
    """The ridge of all photos, one without each fold's themes, and what those say: [N]."""

    standard: Standard
    all: Ridge
    folds: list[Ridge]
    unseen: Tensor

    def hand_to(self, beauty: Beauty) -> None:
        """Sets the model's beauty head, in the units of its score.

        A ridge hugs the mean: its estimates are stretched to the spread the out-of-fold ones
        lack, so that scores use the scale as votes do.
        """
        zero, one = from_score(torch.tensor([0.0, 1.0])).tolist()
        beauty.centre.copy_(self.standard.centre)
        beauty.spread.copy_(self.standard.spread)
        for row, ridge in enumerate([self.all, *self.folds]):
            beauty.weight[row] = ridge.weights * self.standard.scale * (one - zero)
            beauty.bias[row] = ridge.offset * (one - zero) + zero


def teach(inputs: Tensor, blocks: Sequence[int], scores: Tensor, folds: Sequence[int]) -> Taught:
    """Ridges on features [N, F] against scores [N] 1..10; `folds` [N] are those of the themes."""
    standard = Standard.of(inputs, blocks)
    scaled, where = standard(inputs), torch.tensor(folds)
    apart, unseen = [], torch.zeros(len(scores))
    for fold in range(int(where.max()) + 1):
        mine = where == fold
        ridge = Ridge.fit(scaled[~mine], scores[~mine])
        unseen[mine] = ridge(scaled[mine])
        apart.append(ridge)
    gain = float(scores.std() / unseen.std().clamp_min(1e-3))
    every = [_stretched(one, gain) for one in (Ridge.fit(scaled, scores), *apart)]
    middle = float(scores.mean())
    return Taught(standard, every[0], every[1:], middle + gain * (unseen - middle))


def _stretched(ridge: Ridge, gain: float) -> Ridge:
    return Ridge(ridge.weights * gain, ridge.offset)
