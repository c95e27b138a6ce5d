"""Kernel ridge regression as a module: what was learnt from labelled photos, applied to new ones.

A photo is compared with every photo that was learnt from, by a radial kernel on the principal
components of its blocks; each target is a weighted sum of these likenesses. With two thousand
labels this agrees better with photos of other sources than a network trained on the same
features (docs/training-log.md).
"""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from aesplugin.models.judge.features import Blocks

_FAR = 6.0  # deviations: no number of a photo counts as stranger than that
NEAREST = 10  # learnt photos that tell how much is known of a new one


class Projection(nn.Module):
    """A block's numbers to its principal components, scaled so that squared distances add up.

    Buffers: `mean`, `inverse_deviation` [W] and `components` [W, D]; the block's share of the
    kernel is in `components`.
    """

    mean: Tensor
    inverse_deviation: Tensor
    components: Tensor

    def __init__(self, width: int, components: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(width))
        self.register_buffer("inverse_deviation", torch.ones(width))
        self.register_buffer("components", torch.zeros(width, components))

    def forward(self, block: Tensor) -> Tensor:  # [B, W] -> [B, D]
        return self.standardised(block) @ self.components

    def standardised(self, block: Tensor) -> Tensor:  # [B, W] -> [B, W]
        """The block's numbers in deviations from their means."""
        return ((block - self.mean) * self.inverse_deviation).clamp(-_FAR, _FAR)


class KernelHeads(nn.Module):
    """All targets of a batch, and how near the photos are to what was learnt.

    Buffers: `support` [N, D] the learnt photos, `duals` [N, T] their weights by target, `offsets`
    [T] what each target is where nothing is known.
    """

    support: Tensor
    duals: Tensor
    offsets: Tensor

    def __init__(self, blocks: Mapping[str, tuple[int, int]], support: int, targets: int) -> None:
        """`blocks`: (width, components) by name."""
        super().__init__()
        self.projections = nn.ModuleDict(
            {name: Projection(width, components) for name, (width, components) in blocks.items()}
        )
        size = sum(components for _, components in blocks.values())
        self.register_buffer("support", torch.zeros(support, size))
        self.register_buffer("duals", torch.zeros(support, targets))
        self.register_buffer("offsets", torch.zeros(targets))
        self.requires_grad_(requires_grad=False).eval()

    def project(self, blocks: Blocks) -> Tensor:
        """[B, D]: where photos stand among the learnt ones."""
        parts = [layer(blocks[name]) for name, layer in self.projections.items()]
        return torch.cat(parts, dim=1)

    def likeness(self, places: Tensor) -> Tensor:
        """[B, N], 0..1, of photos at `places` [B, D] to the learnt ones."""
        squares = places.square().sum(1)[:, None] + self.support.square().sum(1)[None]
        return (-(squares - 2 * places @ self.support.T).clamp(min=0)).exp()

    def forward(self, blocks: Blocks) -> tuple[Tensor, Tensor]:
        """Targets [B, T], and the mean likeness [B] to the nearest learnt photos."""
        alike = self.likeness(self.project(blocks))
        nearest = min(NEAREST, alike.shape[1])
        return alike @ self.duals + self.offsets, alike.topk(nearest, dim=1).values.mean(1)
