"""What the judge looks at: pooled maps of the frozen encoder in blocks, and pixel measurements.

Every block comes from the two views that the encoder is shown anyway: the whole photo small, and
its most detailed square at full size. Late middle stages and where things lie in them say most
about how good a photo is (docs/training-log.md); the classes say what it shows, the measurements
what was done to it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from aesplugin.models.calm.measures import MEASURES, measure
from aesplugin.models.efficientnet import CHANNELS, CLASSES, EfficientNetLite2
from aesplugin.models.embedded.embedding import craft_features
from aesplugin.models.embedded.features import (
    PATCH_STAGES,
    Parts,
    part_widths,
    patch_parts,
    same_shape,
    signed_root,
    to_batch,
    whole_parts,
)
from aesplugin.models.views import Pixels, patch_view, whole_view

REVISION: Final = "j1"  # of the blocks: cached ones are valid for this only
LAYOUT_STAGE: Final = 5
LAYOUT: Final = 6  # cells of each side
_POOLED: Final = ("whole4", "whole5", "whole6", "whole7", "grid5", "patch1", "patch2")

Blocks = dict[str, Tensor]  # name -> [B, width]


def block_widths() -> dict[str, int]:
    """The blocks in order, and how many numbers each has."""
    widths = {name: part_widths()[name] for name in _POOLED}
    return widths | {
        "layout": CHANNELS[LAYOUT_STAGE] * LAYOUT**2,
        "classes": CLASSES,
        "measures": MEASURES,
    }


@dataclass(frozen=True, slots=True)
class Seen:
    """What one pass saw: the judge's `blocks`, and the `craft` [B, 2664] of embeddings."""

    blocks: Blocks
    craft: Tensor


@torch.inference_mode()
def see(encoder: EfficientNetLite2, photos: Sequence[Pixels]) -> Seen:
    """Looks at photos [H, W, 3] of any shapes; those of like shape go together.

    Everything is float32 on the CPU, in the order of `photos`.
    """
    wholes = [whole_view(photo) for photo in photos]
    patches = [patch_view(photo) for photo in photos]
    parts: list[Parts] = [{} for _ in photos]
    layouts = torch.empty(len(photos), CHANNELS[LAYOUT_STAGE] * LAYOUT**2)
    for group in same_shape(wholes):
        maps = encoder.forward_features(to_batch([wholes[index] for index in group], encoder))
        layouts[group] = layout_block(maps).cpu()
        _spread(whole_parts(maps), group, parts)
    for group in same_shape(patches):
        batch = to_batch([patches[index] for index in group], encoder)
        _spread(patch_parts(encoder.forward_features(batch, stages=PATCH_STAGES)), group, parts)
    together = {name: torch.stack([one[name] for one in parts]) for name in parts[0]}
    blocks = pooled_blocks(encoder, together) | {
        "layout": layouts,
        "measures": measured(wholes, patches),
    }
    return Seen(blocks, craft_features(together))


def _spread(found: Parts, group: Sequence[int], parts: Sequence[Parts]) -> None:
    for name, values in found.items():
        for index, row in zip(group, values.cpu(), strict=True):
            parts[index][name] = row


def pooled_blocks(encoder: EfficientNetLite2, parts: Parts) -> Blocks:
    """The blocks made of pooled `parts` of both views: all but the layout and the measurements."""
    means = parts["whole7"][:, : CHANNELS[-1]].to(encoder.classifier.weight.device)
    classes: Tensor = encoder.classifier(means).log_softmax(1).cpu()
    return {name: signed_root(parts[name]).cpu() for name in _POOLED} | {"classes": classes}


def layout_block(maps: Sequence[Tensor]) -> Tensor:
    """[B, 7488]: what is where, from the maps of the whole view."""
    return signed_root(F.adaptive_avg_pool2d(maps[LAYOUT_STAGE], LAYOUT).flatten(1))


def measured(wholes: Sequence[Pixels], patches: Sequence[Pixels]) -> Tensor:
    """Pixel measurements [B, MEASURES] of both views of each photo."""
    pairs = zip(wholes, patches, strict=True)
    return torch.from_numpy(np.stack([measure(whole, patch) for whole, patch in pairs]))
