"""The compact view of a photo by which photos and tastes are compared: 384 numbers.

A whitened PCA of what all stages of the encoder see, learnt from photos without labels.
"""

from pathlib import Path
from typing import Final

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from aesplugin.errors import WeightsDamaged, WeightsMissing
from aesplugin.models.efficientnet import CHANNELS
from aesplugin.models.embedded.features import PATCH_STAGES, Parts, part_widths, signed_root

EMBEDDING: Final = 384  # numbers
WEIGHTS: Final = Path(__file__).parent / "embedding.safetensors"


def craft_features(parts: Parts) -> Tensor:
    """[B, 2664]: means of every stage, deviations where pixels are judged."""
    names = [f"whole{index}" for index in range(len(CHANNELS))]
    names += [f"patch{index}" for index in range(PATCH_STAGES)]
    joined = torch.cat([_means(parts, name) for name in names], dim=1)
    return signed_root(joined)


def _means(parts: Parts, name: str) -> Tensor:
    """Means of a part; of its early stages the deviations too. Maxima are left out."""
    stage = int(name[-1])
    return parts[name][:, : (2 if stage < PATCH_STAGES else 1) * CHANNELS[stage]]


def load_embedding(path: Path = WEIGHTS) -> nn.Linear:
    """`craft_features` -> [B, 384], about unit variance in each number.

    Raises:
        WeightsMissing: no such file.
        WeightsDamaged: not an embedding of this release.
    """
    if not path.is_file():
        raise WeightsMissing(f"{path} is absent: install aesplugin again")
    empty = {name: torch.empty(0, width) for name, width in part_widths().items()}
    layer = nn.Linear(craft_features(empty).shape[1], EMBEDDING)
    try:
        layer.load_state_dict({name: value.float() for name, value in load_file(path).items()})
    except (SafetensorError, RuntimeError, OSError) as error:
        reason = (str(error).splitlines() or ["unreadable"])[0]
        raise WeightsDamaged(f"{path} is not an embedding of this release ({reason})") from None
    return layer.requires_grad_(requires_grad=False).eval()
