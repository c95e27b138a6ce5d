"""What a photo is about, pooled: the parts of middle and late stages that a linear function reads.

CALM keeps them as its theme, and votes are learnt from most of them.
"""

from typing import Final

import torch
from torch import Tensor

from aesplugin.models.efficientnet import CHANNELS
from aesplugin.models.embedded.features import Parts, part_widths, signed_root

TASTE_PARTS: Final = ("whole3", "whole5", "whole6", "whole7", "grid5")
TASTE: Final = sum(part_widths()[name] for name in TASTE_PARTS)  # numbers


def taste_features(parts: Parts) -> Tensor:
    """[B, 7656]: square roots tame the few large responses."""
    joined = torch.cat([parts[name] for name in TASTE_PARTS], dim=1)
    return signed_root(joined)


def head_means_of_taste(taste: Tensor) -> Tensor:
    """[B, 1280]: what the encoder's own classifier reads, found again in `taste_features`."""
    before = sum(part_widths()[name] for name in TASTE_PARTS[: TASTE_PARTS.index("whole7")])
    rooted = taste[:, before : before + CHANNELS[-1]]
    return rooted.sign() * rooted**2
