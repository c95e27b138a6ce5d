"""The compact view of a photo by which photos and tastes are compared: 384 numbers."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file

from aesplugin.errors import WeightsDamaged, WeightsMissing
from aesplugin.models.embedded.features import (
    PATCH_STAGES,
    Numbers,
    Parts,
    joined,
    part_widths,
    signed_root,
)
from aesplugin.models.encoder.lite2 import CHANNELS

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


EMBEDDING: Final = 384  # numbers
WEIGHTS: Final = Path(__file__).parent / "embedding.safetensors"


def craft_features(parts: Parts) -> Numbers:
    """[B, 2664]: means of every stage, deviations where pixels are judged."""
    names = [f"whole{index}" for index in range(len(CHANNELS))]
    names += [f"patch{index}" for index in range(PATCH_STAGES)]
    return signed_root(np.concatenate([_means(parts, name) for name in names], axis=1))


def _means(parts: Parts, name: str) -> Numbers:
    """Means of a part; of its early stages the deviations too. Maxima are left out."""
    stage = int(name[-1])
    return parts[name][:, : (2 if stage < PATCH_STAGES else 1) * CHANNELS[stage]]


@dataclass(frozen=True, slots=True)
class Embedding:
    """One linear function: `weight` [384, 2664], `bias` [384]."""

    weight: Numbers
    bias: Numbers

    def __call__(self, craft: Numbers) -> Numbers:
        """`craft_features` [B, 2664] -> [B, 384], about unit variance in each number."""
        found: Numbers = craft @ self.weight.T + self.bias
        return found


def load_embedding(path: Path = WEIGHTS) -> Embedding:
    """The embedding that ships.

    Raises:
        WeightsMissing: no such file.
        WeightsDamaged: not an embedding of this release.
    """
    if not path.is_file():
        raise WeightsMissing(f"{path} is missing: reinstall aesplugin")
    empty = {name: np.empty((0, width), np.float32) for name, width in part_widths().items()}
    shapes = {"weight": (EMBEDDING, craft_features(empty).shape[1]), "bias": (EMBEDDING,)}
    try:
        state = {name: value.astype(np.float32) for name, value in load_file(path).items()}
        found = {name: value.shape for name, value in state.items()}
        if found != shapes:
            raise ValueError(f"arrays of shape {found}")
    except (SafetensorError, ValueError, OSError) as error:
        reason = (str(error).splitlines() or ["unreadable"])[0]
        raise WeightsDamaged(f"{path} is not an embedding of this release ({reason})") from None
    return Embedding(**state)
