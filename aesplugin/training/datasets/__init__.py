"""Public data sets in their official layouts: one small file a set, one line in `table`.

`load_rated`, `load_captioned` and `load_personal` are what the stages call (docs/datasets.md).
"""

from aesplugin.training.datasets.base import (
    SPLITS,
    CaptionedPhoto,
    PersonalRating,
    RatedPhoto,
    Split,
)
from aesplugin.training.datasets.load import load_captioned, load_personal, load_rated
from aesplugin.training.datasets.named import NamedSet, read_sets

__all__ = [
    "SPLITS",
    "CaptionedPhoto",
    "NamedSet",
    "PersonalRating",
    "RatedPhoto",
    "Split",
    "load_captioned",
    "load_personal",
    "load_rated",
    "read_sets",
]
