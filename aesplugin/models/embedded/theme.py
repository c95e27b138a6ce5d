"""What a photo is about, pooled: the parts of middle and late stages that a linear function reads.

CALM keeps them as its theme, and votes are learnt from most of them.
"""

from typing import Final

from aesplugin.models.embedded.features import Numbers, Parts, joined, part_widths, signed_root
from aesplugin.models.lite2 import CHANNELS

TASTE_PARTS: Final = ("whole3", "whole5", "whole6", "whole7", "grid5")
TASTE: Final = sum(part_widths()[name] for name in TASTE_PARTS)  # numbers


def taste_features(parts: Parts) -> Numbers:
    """[B, 7656]: square roots tame the few large responses."""
    return signed_root(joined(parts, TASTE_PARTS))


def head_means_of_taste(taste: Numbers) -> Numbers:
    """[B, 1280]: what the encoder's own classifier reads, found again in `taste_features`."""
    before = sum(part_widths()[name] for name in TASTE_PARTS[: TASTE_PARTS.index("whole7")])
    rooted = taste[:, before : before + CHANNELS[-1]]
    return rooted * abs(rooted)
