"""What is seen in a photo, in named parts: pooled maps of the frozen encoder.

The whole view gives every stage (low to high), the patch the four lowest: craft is seen in
early stages at full size, content and composition in late ones of the whole.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from aesplugin.models.encoder.lite2 import CHANNELS, normalised
from aesplugin.models.encoder.onnx_runtime import Maps
from aesplugin.models.encoder.views import Pixels

PATCH_STAGES: Final = 4
GRID_MAP: Final = 5
GRID: Final = 3  # thirds of each side

Numbers = NDArray[np.float32]
Parts = dict[str, Numbers]  # name -> [B, width]


def part_widths() -> dict[str, int]:
    """The parts in order, and how many numbers each has."""
    widths = {f"whole{index}": 3 * channels for index, channels in enumerate(CHANNELS)}
    widths[f"grid{GRID_MAP}"] = GRID * GRID * CHANNELS[GRID_MAP]
    return widths | {f"patch{index}": 3 * CHANNELS[index] for index in range(PATCH_STAGES)}


def whole_parts(maps: Maps) -> Parts:
    """Pooled parts of the eight maps [B, C, h, w] of a whole view."""
    parts = {f"whole{index}": _pooled(map_) for index, map_ in enumerate(maps)}
    parts[f"grid{GRID_MAP}"] = cells(maps[GRID_MAP], GRID)
    return parts


def patch_parts(maps: Maps) -> Parts:
    """Pooled parts of the four lowest maps [B, C, h, w] of a patch."""
    return {f"patch{index}": _pooled(map_) for index, map_ in enumerate(maps)}


def cells(map_: Numbers, count: int) -> Numbers:
    """Means of [B, C, h, w] in count x count cells, [B, C count²]; torch's adaptive pooling.

    A cell goes from the floor of its first edge to the ceiling of its last: of maps smaller than
    the grid, cells share pixels.
    """
    height, width = map_.shape[2:]
    rows = np.stack([map_[:, :, part].mean(2) for part in _cuts(height, count)], axis=2)
    found = np.stack([rows[:, :, :, part].mean(3) for part in _cuts(width, count)], axis=3)
    return found.reshape(len(map_), -1)


def _cuts(side: int, count: int) -> Iterator[slice]:
    for cell in range(count):
        yield slice(cell * side // count, -(-(cell + 1) * side // count))


def _pooled(map_: Numbers) -> Numbers:
    """Mean, deviation and maximum over the area: [B, C, h, w] -> [B, 3 C]."""
    pixels = map_.reshape(*map_.shape[:2], -1)  # [B, C, h * w]
    mean = pixels.mean(2)
    apart = pixels - mean[:, :, None]
    variance = np.einsum("bcp,bcp->bc", apart, apart) / np.float32(pixels.shape[2])
    return np.concatenate([mean, np.sqrt(variance), pixels.max(2)], axis=1)


def same_shape(views: Sequence[Pixels]) -> list[list[int]]:
    """Indices of the views, those of one shape together."""
    groups: dict[tuple[int, ...], list[int]] = {}
    for index, view in enumerate(views):
        groups.setdefault(view.shape, []).append(index)
    return list(groups.values())


def to_batch(views: Sequence[Pixels]) -> Numbers:
    """[B, 3, H, W] of views of one shape, on the encoder's scale."""
    return normalised(np.stack(views))


def joined(parts: Mapping[str, Numbers], names: Sequence[str]) -> Numbers:
    """[B, sum of widths] of the named parts."""
    return np.concatenate([parts[name] for name in names], axis=1)


def signed_root(x: Numbers) -> Numbers:
    """The square root with the sign kept: it tames the few large responses."""
    found: Numbers = np.copysign(np.sqrt(np.abs(x)), x)
    return found
