"""Beauty from votes: a ridge on frozen features, in blocks that weigh the same.

People's votes alone are blind to craft: such a ridge likes two of five garish or dark copies better
than their originals. So it also learns from flawed copies of the rated photos, of which nobody
voted: what a flaw changes in the features should cost a little.

Every fold leaves its themes out, so that a rated photo can be judged by a head that never saw
it; those out-of-fold scores, not the votes, are what the language model is taught to say.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from aesplugin.models.calm.heads import Beauty, from_score

PENALTY = 0.3  # best of .03 to 1 on theme folds, mean of seeds 0 to 3: docs/training-log.md
COPY_WEIGHT = 0.03  # of one flawed copy beside one rated photo
COPY_COST = 0.8  # points a copy should lose: so much times (.4 + severity)
_CLIP = 6.0
_LEAST_SEVERITY = 0.4


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
class Copies:
    """Flawed copies of the rated photos."""

    features: Tensor  # [M, F]
    photo: Tensor  # [M], which of the rated photos each shows
    severity: Tensor  # [M], 0..1

    def among(self, rows: Tensor) -> "Copies":
        """Those of the chosen photos; `rows` [N] bool."""
        mine = rows[self.photo]
        return Copies(self.features[mine], self.photo[mine], self.severity[mine])


@dataclass(frozen=True, slots=True)
class Ridge:
    """A linear function of standardised features."""

    weights: Tensor  # [F]
    offset: float

    @classmethod
    def fit(
        cls,
        inputs: Tensor,
        targets: Tensor,
        penalty: float = PENALTY,
        *,
        changes: tuple[Tensor, Tensor] | None = None,
    ) -> "Ridge":
        """`inputs` [N, F] from `Standard`, `targets` [N]; N x N or F x F, whichever is less.

        `changes`: differences of two inputs [M, F], and what each should be worth [M].
        """
        offset = float(targets.mean())
        rows, wanted = inputs.double(), targets.double() - offset
        if changes is not None:
            rows = torch.cat([rows, changes[0].double()])
            wanted = torch.cat([wanted, changes[1].double()])
        if len(rows) > rows.shape[1]:
            square = rows.T @ rows + penalty * torch.eye(rows.shape[1], dtype=torch.float64)
            return cls(torch.linalg.solve(square, rows.T @ wanted).float(), offset)
        kernel = rows @ rows.T + penalty * torch.eye(len(rows), dtype=torch.float64)
        return cls((rows.T @ torch.linalg.solve(kernel, wanted)).float(), offset)

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


def teach(
    inputs: Tensor,
    blocks: Sequence[int],
    scores: Tensor,
    folds: Sequence[int],
    copies: Copies | None = None,
) -> Taught:
    """Ridges on features [N, F] against scores [N] 1..10; `folds` [N] are those of the themes.

    Without `copies` votes alone count. A fold leaves out its photos' copies as well.
    """
    standard = Standard.of(inputs, blocks)
    scaled, where = standard(inputs), torch.tensor(folds)

    def fitted(rows: Tensor) -> Ridge:  # [N] bool
        costs = None if copies is None else _costs(standard, scaled, copies.among(rows))
        return Ridge.fit(scaled[rows], scores[rows], changes=costs)

    apart, unseen = [], torch.zeros(len(scores))
    for fold in range(int(where.max()) + 1):
        mine = where == fold
        ridge = fitted(~mine)
        unseen[mine] = ridge(scaled[mine])
        apart.append(ridge)
    gain = float(scores.std() / unseen.std().clamp_min(1e-3))
    every = [_stretched(one, gain) for one in (fitted(where >= 0), *apart)]
    middle = float(scores.mean())
    return Taught(standard, every[0], every[1:], middle + gain * (unseen - middle))


def _costs(standard: Standard, scaled: Tensor, copies: Copies) -> tuple[Tensor, Tensor]:
    """What each copy changes, and what that should cost, both weighed: [M, F], [M]."""
    root = COPY_WEIGHT**0.5
    changed = standard(copies.features) - scaled[copies.photo]
    return root * changed, -root * COPY_COST * (_LEAST_SEVERITY + copies.severity)


def _stretched(ridge: Ridge, gain: float) -> Ridge:
    return Ridge(ridge.weights * gain, ridge.offset)
