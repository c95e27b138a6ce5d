"""What people would vote: one linear function of late features, learnt from mean votes.

A few hundred voted photos are too few for more than a linear function; on other themes it agrees
with people better than the kernel does (docs/training-log.md).
"""

from typing import Final

import torch
from torch import Tensor, nn

from aesplugin.models.judge.features import Blocks, block_widths

VOTE_BLOCKS: Final = ("whole5", "whole6", "whole7", "grid5", "classes")


def vote_features(blocks: Blocks) -> Tensor:
    """[B, 8392]: the blocks that votes are read from."""
    return torch.cat([blocks[name] for name in VOTE_BLOCKS], dim=1)


class VoteHead(nn.Module):
    """Mean votes on the scores' 1..10: row 0 of all photos, the others each without one fold."""

    weight: Tensor
    bias: Tensor

    def __init__(self, folds: int) -> None:
        super().__init__()
        width = sum(block_widths()[name] for name in VOTE_BLOCKS)
        self.register_buffer("weight", torch.zeros(1 + folds, width))
        self.register_buffer("bias", torch.zeros(1 + folds))

    def forward(self, blocks: Blocks) -> Tensor:  # -> [B, 1 + K]
        return vote_features(blocks) @ self.weight.T + self.bias
