"""What people would vote: one linear function of late features, learnt from mean votes.

A few hundred voted photos are too few for more than a linear function; on other themes it agrees
with people better than the kernel does (docs/training-log.md).
"""

from dataclasses import dataclass
from typing import Final

from aesplugin.models.embedded.features import Numbers, joined
from aesplugin.models.judge.features import Blocks, block_widths

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
