"""What is seen in a photo, in named parts: pooled maps of the frozen encoder.

The whole view gives every stage (low to high), the patch the four lowest: craft is seen in
early stages at full size, content and composition in late ones of the whole.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from aesplugin.models.efficientnet import CHANNELS, EfficientNetLite2, normalise
from aesplugin.models.views import Pixels

PATCH_STAGES: Final = 4
GRID_MAP: Final = 5
GRID: Final = 3  # thirds of each side

Parts = dict[str, Tensor]  # name -> [B, width]


def part_widths() -> dict[str, int]:
    """The parts in order, and how many numbers each has."""
    widths = {f"whole{index}": 3 * channels for index, channels in enumerate(CHANNELS)}
    widths[f"grid{GRID_MAP}"] = GRID * GRID * CHANNELS[GRID_MAP]
    return widths | {f"patch{index}": 3 * CHANNELS[index] for index in range(PATCH_STAGES)}


def whole_parts(maps: Sequence[Tensor]) -> Parts:
    """Pooled parts of the eight maps [B, C, h, w] of a whole view."""
    parts = {f"whole{index}": _pooled(map_) for index, map_ in enumerate(maps)}
    thirds = F.adaptive_avg_pool2d(maps[GRID_MAP], GRID)  # [B, C, 3, 3]
    parts[f"grid{GRID_MAP}"] = thirds.flatten(1)
    return parts


def patch_parts(maps: Sequence[Tensor]) -> Parts:
    """Pooled parts of the four lowest maps [B, C, h, w] of a patch."""
    return {f"patch{index}": _pooled(map_) for index, map_ in enumerate(maps)}


def _pooled(map_: Tensor) -> Tensor:
    """Mean, deviation and maximum over the area: [B, C, h, w] -> [B, 3 C]."""
    cells = map_.permute(0, 2, 3, 1).flatten(1, 2)  # [B, h * w, C]
    mean = cells.mean(1)
    deviation = (cells - mean[:, None]).square_().mean(1).sqrt_()
    return torch.cat([mean, deviation, cells.amax(1)], dim=1)


def same_shape(views: Sequence[Pixels]) -> list[list[int]]:
    """Indices of the views, those of one shape together."""
    groups: dict[tuple[int, ...], list[int]] = {}
    for index, view in enumerate(views):
        groups.setdefault(view.shape, []).append(index)
    return list(groups.values())


def to_batch(views: Sequence[Pixels], encoder: EfficientNetLite2) -> Tensor:
    """[B, 3, H, W] of views of one shape, on the encoder's device and scale."""
    device = encoder.classifier.weight.device
    pixels = torch.from_numpy(np.stack(views)).to(device)  # [B, h, w, 3]
    return normalise(pixels.permute(0, 3, 1, 2))  # [B, 3, h, w], channels-last in memory


def signed_root(x: Tensor) -> Tensor:
    """The square root with the sign kept: it tames the few large responses."""
    return x.sign() * x.abs().sqrt()
