"""Which photos to keep when only so many may be kept: the best ones that differ.

Greedy maximal marginal relevance (Carbonell & Goldstein 1998): each next keeper is worth its
score less what it repeats: how alike it is to a keeper, how many its scene already has.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_ALIKE_FROM = 0.4  # cosine from which two photos begin to repeat each other
_SIMILARITY_WEIGHT = 3.0  # standard deviations of score that a mere repetition costs
_SCENE_WEIGHT = 1.5  # the same for each doubling of a scene's keepers


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Photos chosen or left together: one frame, or a whole series."""

    members: tuple[int, ...]
    value: float
    scene: int
    vector: NDArray[np.float32]  # unit length, or zeros where unknown


def choose(
    blocks: Sequence[Block], keep: int, *, diversity: float, already: Sequence[Block] = ()
) -> list[int]:
    """Positions of the chosen blocks, in order of choice; together at most `keep` photos.

    `already` are keepers nobody asks about any more: they count as repeated, not as chosen. A
    series too long for the room left is passed over.
    """
    if not blocks:
        return []
    vectors = np.stack([block.vector for block in blocks])  # [B, D]
    worth = _standardised([block.value for block in blocks])
    scenes = np.array([block.scene for block in blocks])
    sizes = np.array([len(block.members) for block in blocks])
    nearest = np.zeros(len(blocks), dtype=np.float32)
    crowd = np.zeros(len(blocks), dtype=np.int64)

    def take(vector: NDArray[np.float32], scene: int) -> None:
        np.maximum(nearest, vectors @ vector, out=nearest)
        crowd[scenes == scene] += 1

    for block in already:
        take(block.vector, block.scene)
    chosen: list[int] = []
    room = keep
    free = np.ones(len(blocks), dtype=bool)
    while (free & (sizes <= room)).any():
        repeated = np.clip((nearest - _ALIKE_FROM) / (1 - _ALIKE_FROM), 0, 1)
        cost = _SIMILARITY_WEIGHT * repeated + _SCENE_WEIGHT * np.log2(1 + crowd)
        gain = np.where(free & (sizes <= room), worth - diversity * cost, -np.inf)
        best = int(gain.argmax())
        chosen.append(best)
        free[best] = False
        room -= int(sizes[best])
        take(blocks[best].vector, blocks[best].scene)
    return chosen


def _standardised(values: Sequence[float]) -> NDArray[np.float64]:
    array = np.asarray(values, dtype=np.float64)
    spread = float(array.std())
    result: NDArray[np.float64] = (array - array.mean()) / spread if spread > 0 else array * 0
    return result
