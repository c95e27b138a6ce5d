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

from aesplugin.models.calm.measures import MEASURES, measure
from aesplugin.models.embedded.embedding import craft_features
from aesplugin.models.embedded.features import (
    PATCH_STAGES,
    Numbers,
    Parts,
    cells,
    part_widths,
    patch_parts,
    same_shape,
    signed_root,
    to_batch,
    whole_parts,
)
from aesplugin.models.encoder.interface import Encoder
from aesplugin.models.encoder.lite2 import CHANNELS, CLASSES
from aesplugin.models.encoder.onnx_runtime import Maps
from aesplugin.models.encoder.views import Pixels, patch_view, whole_view

REVISION: Final = "j1"  # of the blocks: cached ones are valid for this only
LAYOUT_STAGE: Final = 5
LAYOUT: Final = 6  # cells of each side
_POOLED: Final = ("whole4", "whole5", "whole6", "whole7", "grid5", "patch1", "patch2")

Blocks = dict[str, Numbers]  # name -> [B, width]


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
    craft: Numbers


@dataclass(frozen=True, slots=True)
class Views:
    """What the judge sees of a few photos: both views of each, and `measures` [B, MEASURES]."""

    wholes: Sequence[Pixels]
    patches: Sequence[Pixels]
    measures: Numbers


def views_of(photos: Sequence[Pixels]) -> Views:
    """Both views of photos [H, W, 3] of any shapes; the work that needs no encoder."""
    wholes = [whole_view(photo) for photo in photos]
    patches = [patch_view(photo) for photo in photos]
    return Views(wholes, patches, measured(wholes, patches))


def see(encoder: Encoder, views: Views) -> Seen:
    """Looks at photos; those of like shape go together.

    Everything is float32, in the order of `views`.
    """
    wholes, patches = views.wholes, views.patches
    parts: list[Parts] = [{} for _ in wholes]
    layouts = np.empty((len(wholes), CHANNELS[LAYOUT_STAGE] * LAYOUT**2), np.float32)
    for group in same_shape(wholes):
        maps = encoder.maps(to_batch([wholes[index] for index in group]))
        layouts[group] = layout_block(maps)
        _spread(whole_parts(maps), group, parts)
    for group in same_shape(patches):
        batch = to_batch([patches[index] for index in group])
        _spread(patch_parts(encoder.maps(batch, PATCH_STAGES)), group, parts)
    together = {name: np.stack([one[name] for one in parts]) for name in parts[0]}
    blocks = pooled_blocks(encoder, together) | {
        "layout": layouts,
        "measures": views.measures,
    }
    return Seen(blocks, craft_features(together))


def _spread(found: Parts, group: Sequence[int], parts: Sequence[Parts]) -> None:
    for name, values in found.items():
        for index, row in zip(group, values, strict=True):
            parts[index][name] = row


def pooled_blocks(encoder: Encoder, parts: Parts) -> Blocks:
    """The blocks made of pooled `parts` of both views: all but the layout and the measurements."""
    logits = encoder.logits(parts["whole7"][:, : CHANNELS[-1]])
    return {name: signed_root(parts[name]) for name in _POOLED} | {"classes": _log_shares(logits)}


def _log_shares(logits: Numbers) -> Numbers:
    """Logarithms of the softmax."""
    above = logits - logits.max(1, keepdims=True)
    found: Numbers = above - np.log(np.exp(above).sum(1, keepdims=True))
    return found


def layout_block(maps: Maps) -> Numbers:
    """[B, 7488]: what is where, from the maps of the whole view."""
    return signed_root(cells(maps[LAYOUT_STAGE], LAYOUT))


def measured(wholes: Sequence[Pixels], patches: Sequence[Pixels]) -> Numbers:
    """Pixel measurements [B, MEASURES] of both views of each photo."""
    pairs = zip(wholes, patches, strict=True)
    return np.stack([measure(whole, patch) for whole, patch in pairs])
