"""Kernel ridge regression learnt from labels, and a linear function learnt from mean votes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np

from aesplugin.models.embedded.features import Numbers, joined
from aesplugin.models.judge.features import Blocks, block_widths

_FAR = 6.0  # deviations: no number of a photo counts as stranger than that
NEAREST = 10  # learnt photos that tell how much is known of a new one
_PROJECTIONS = "projections"
_DUALS, _WHERE = "duals.values", "duals.where"


@dataclass(slots=True)
class Projection:
    """A block's numbers to its principal components, scaled so that squared distances add up.

    `mean`, `inverse_deviation` [W] and `components` [W, D]; the block's share of the kernel is in
    `components`.
    """

    mean: Numbers
    inverse_deviation: Numbers
    components: Numbers

    def __call__(self, block: Numbers) -> Numbers:  # [B, W] -> [B, D]
        found: Numbers = self.standardised(block) @ self.components
        return found

    def standardised(self, block: Numbers) -> Numbers:  # [B, W] -> [B, W]
        """The block's numbers in deviations from their means."""
        found: Numbers = np.clip((block - self.mean) * self.inverse_deviation, -_FAR, _FAR)
        return found


@dataclass(slots=True)
class KernelHeads:
    """All targets of a batch, and how near the photos are to what was learnt.

    `support` [N, D] the learnt photos, `duals` [N, T] their weights by target, `offsets` [T] what
    each target is where nothing is known.
    """

    projections: dict[str, Projection]
    support: Numbers
    duals: Numbers
    offsets: Numbers
    _squares: tuple[Numbers, Numbers] | None = None  # a support, and its rows' squared lengths

    @classmethod
    def of_state(cls, state: Mapping[str, Numbers], blocks: Iterable[str]) -> Self:
        """From arrays by name, as `state` gives them; projections in the order of `blocks`.

        Raises:
            KeyError, ValueError: they are not those of kernel heads.
        """
        named = {key.split(".")[1] for key in state if key.startswith(_PROJECTIONS)}
        fields = Projection.__dataclass_fields__
        projections = {
            name: Projection(*(state[f"{_PROJECTIONS}.{name}.{field}"] for field in fields))
            for name in blocks
            if name in named
        }
        if unknown := named - projections.keys():
            raise ValueError(f"a block named {min(unknown)}")
        support, offsets = state["support"], state["offsets"]
        duals = _unpacked(state[_DUALS], state[_WHERE], (len(support), len(offsets)))
        heads = cls(projections, support, duals, offsets)
        widths = sum(layer.components.shape[1] for layer in projections.values())
        if heads.support.shape != (len(heads.duals), widths):
            raise ValueError(f"support of shape {heads.support.shape}")
        return heads

    def state(self) -> dict[str, Numbers]:
        """All arrays by name; of the weights only those that are not zero, and where they are.

        A photo teaches nothing of targets that are unknown of it: more than half are zero.
        """
        known = self.duals != 0
        found: dict[str, Any] = {"support": self.support, "offsets": self.offsets}
        found |= {_DUALS: self.duals[known], _WHERE: np.packbits(known)}
        for name, layer in self.projections.items():
            for field in Projection.__dataclass_fields__:
                found[f"{_PROJECTIONS}.{name}.{field}"] = getattr(layer, field)
        return found

    def project(self, blocks: Blocks) -> Numbers:
        """[B, D]: where photos stand among the learnt ones."""
        parts = [layer(blocks[name]) for name, layer in self.projections.items()]
        return np.concatenate(parts, axis=1)

    def likeness(self, places: Numbers) -> Numbers:
        """[B, N], 0..1, of photos at `places` [B, D] to the learnt ones."""
        squares = np.square(places).sum(1)[:, None] + self._lengths()[None]
        squares -= 2 * places @ self.support.T
        found: Numbers = np.exp(-np.maximum(squares, 0))
        return found

    def _lengths(self) -> Numbers:
        """The squared length of each learnt place, computed once."""
        if self._squares is None or self._squares[0] is not self.support:
            self._squares = self.support, np.square(self.support).sum(1)
        return self._squares[1]

    def __call__(self, blocks: Blocks) -> tuple[Numbers, Numbers]:
        """Targets [B, T], and the mean likeness [B] to the nearest learnt photos."""
        alike = self.likeness(self.project(blocks))
        return alike @ self.duals + self.offsets, nearness_of(alike)


def _unpacked(values: Numbers, where: Numbers, shape: tuple[int, int]) -> Numbers:
    """The weights of `KernelHeads.state` as a table again."""
    known = np.unpackbits(where.astype(np.uint8), count=shape[0] * shape[1]).astype(bool)
    duals = np.zeros(shape, np.float32)
    duals[known.reshape(shape)] = values
    return duals


def nearness_of(alike: Numbers) -> Numbers:
    """[B]: the mean of the largest likenesses of [B, N], ten where there are so many."""
    nearest = min(NEAREST, alike.shape[1])
    if not nearest:
        return np.full(len(alike), np.nan, np.float32)
    found: Numbers = np.partition(alike, -nearest, axis=1)[:, -nearest:].mean(1)
    return found


VOTE_BLOCKS: Final = ("whole5", "whole6", "whole7", "grid5", "classes")


def vote_width() -> int:
    """How many numbers votes are read from: 8392."""
    return sum(block_widths()[name] for name in VOTE_BLOCKS)


def vote_features(blocks: Blocks) -> Numbers:
    """[B, `vote_width()`]: the blocks that votes are read from."""
    return joined(blocks, VOTE_BLOCKS)


@dataclass(slots=True)
class VoteHead:
    """Mean votes on the scores' 1..10: row 0 of all photos, the others each without one fold.

    `weight` [1 + folds, `vote_width()`], `bias` [1 + folds].
    """

    weight: Numbers
    bias: Numbers

    def __call__(self, blocks: Blocks) -> Numbers:  # -> [B, 1 + K]
        found: Numbers = vote_features(blocks) @ self.weight.T + self.bias
        return found
