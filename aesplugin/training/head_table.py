"""All versions of all photos as one table: what the scorer's training works on."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from aesplugin.models.embedded.features import Parts, part_widths
from aesplugin.models.embedded.head import (
    TASTE_PARTS,
    craft_features,
    head_means,
    low_features,
    taste_features,
)
from aesplugin.training.head_features import CLEAN, HARMLESS, Seen
from aesplugin.training.order import FLAWED, NOTHING, ORIGINAL, SAME

RATED: Final = "rated"
UNLABELLED: Final = "unlabelled"
SYNTHETIC: Final = "synthetic"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One row a version. `photo` numbers the photos of one `source` in the order given."""

    source: NDArray[np.str_]  # [N]
    photo: NDArray[np.int64]  # [N]
    kind: NDArray[np.str_]  # [N] clean, harmless or a flaw
    severity: Tensor  # [N]
    original: Tensor  # [N] row of the clean version
    role: Tensor  # [N] see `order`
    taste: Tensor  # [N, 7656]
    means: Tensor  # [N, 1280]
    craft: Tensor  # [N, 2664]
    low: Tensor  # [N, 320]
    tones: Tensor  # [N, 96]

    def rows(self, source: str, *, clean: bool) -> NDArray[np.int64]:
        """Rows of one source; the clean ones only, or all."""
        chosen = self.source == source
        return np.flatnonzero(chosen & (self.kind == CLEAN) if clean else chosen)


def build_table(seen: Iterable[tuple[str, Seen]]) -> Table:
    """The table of (source, photo) pairs; photos of one source are numbered as they come."""
    sources: list[str] = []
    photos: list[int] = []
    kinds: list[str] = []
    severities: list[float] = []
    originals: list[int] = []
    features: list[tuple[Tensor, ...]] = []
    counts: dict[str, int] = {}
    for source, one in seen:
        originals += [len(kinds)] * len(one.kinds)
        photos += [counts.setdefault(source, 0)] * len(one.kinds)
        counts[source] += 1
        sources += [source] * len(one.kinds)
        kinds += one.kinds
        severities += one.severities.tolist()
        features.append(_features(one))
    taste, means, craft, low, tones = (
        torch.cat(columns) for columns in zip(*features, strict=True)
    )
    return Table(
        source=np.array(sources),
        photo=np.array(photos),
        kind=np.array(kinds),
        severity=torch.tensor(severities),
        original=torch.tensor(originals),
        role=torch.tensor([_role(s, k) for s, k in zip(sources, kinds, strict=True)]),
        taste=taste,
        means=means,
        craft=craft,
        low=low,
        tones=tones,
    )


def taste_blocks(table: Table, classifier: nn.Linear) -> dict[str, Tensor]:
    """Taste's features [N, width] in blocks; the last is the encoder's own class logits."""
    widths = [part_widths()[name] for name in TASTE_PARTS]
    blocks = dict(zip(TASTE_PARTS, torch.split(table.taste, widths, dim=1), strict=True))
    return blocks | {"classes": classifier(table.means)}


def _features(seen: Seen) -> tuple[Tensor, ...]:
    parts: Parts = {name: torch.from_numpy(seen.parts[name]).float() for name in part_widths()}
    makers = (taste_features, head_means, craft_features, low_features)
    return (*(maker(parts) for maker in makers), parts["tones"])


def _role(source: str, kind: str) -> int:
    if source == SYNTHETIC:
        return NOTHING
    return {CLEAN: ORIGINAL, HARMLESS: SAME}.get(kind, FLAWED)
