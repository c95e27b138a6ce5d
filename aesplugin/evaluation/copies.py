"""Good photos and their flawed copies, drawn alike by every benchmark of known flaws."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from aesplugin.assessment import SYNTHETIC_FLAWS, Flaw
from aesplugin.errors import DataError
from aesplugin.evaluation.photos import Pixels, load_pixels
from aesplugin.evaluation.transforms import Strength, flawed

SMALLEST: Final = 32  # px a side, of a photo that can be given a flaw


def originals(photos: Sequence[Path]) -> list[Pixels]:
    """The pixels of each photo.

    Raises:
        DataError: no photos, or one that cannot be decoded or is too small.
    """
    if not photos:
        raise DataError("no photos to make flawed copies of")
    return [load_pixels(path, least=SMALLEST) for path in photos]


def looks(photos: int, strengths: Sequence[Strength]) -> int:
    """How many pictures are looked at: each photo, and a copy with each flaw at each strength."""
    return photos * (1 + len(SYNTHETIC_FLAWS) * len(strengths))


def copies(
    photos: Sequence[Pixels], flaw: Flaw, strength: Strength, *, seed: int
) -> Iterator[tuple[Pixels, str]]:
    """A copy of each photo with the flaw, made when it is asked for, and its way out."""
    number = list(SYNTHETIC_FLAWS).index(flaw)
    for index, photo in enumerate(photos):
        rng = np.random.default_rng([seed, number, index])
        yield flawed(photo, flaw, strength=strength, rng=rng)
