"""Random features of the shapes a model's encoder gives."""

import torch

from aesplugin.models.calm.encoder import LevelFeatures
from aesplugin.models.calm.model import CalmForConditionalGeneration


def features_for(model: CalmForConditionalGeneration, count: int = 3) -> LevelFeatures:
    """Of `count` photos that nobody took; the same at every call."""
    torch.manual_seed(1)
    shape = model.encoder.shape
    return LevelFeatures(
        *(torch.randn(count, *size) for size in shape[:3]),
        torch.randn(count, shape.theme),
        torch.randn(count, shape.measures),
    )
