"""What of a photo's features is let through: all of it, or less for an ablation."""

from collections.abc import Callable

import torch

from aesplugin.models.calm.encoder import LevelFeatures, theme_blocks

Sight = Callable[[LevelFeatures], LevelFeatures]


def all_of_it(features: LevelFeatures) -> LevelFeatures:
    """As they are."""
    return features


def last_stage(features: LevelFeatures) -> LevelFeatures:
    """The late maps and the pooled last layer; zeros for all that comes from before them."""
    last = last_columns(features.theme.shape[1])
    theme = torch.zeros_like(features.theme)
    theme[:, last] = features.theme[:, last]
    early = ("low", "middle", "measures")
    none = {name: torch.zeros_like(getattr(features, name)) for name in early}
    return features._replace(theme=theme, **none)


def last_columns(theme: int) -> slice:
    """Where the pooled last layer stands in a theme so wide.

    Lite2's holds stages 3, 5 and 6, the head, and a grid of stage 5; a tower's is its last layer.
    """
    blocks = theme_blocks(theme)
    if len(blocks) == 1:
        return slice(0, theme)
    end = sum(blocks[:-1])
    return slice(end - blocks[-2], end)
