"""A real small model with embeddings: coarse colours of the photo."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from aesplugin.models.base import Answer, ModelBackend, ModelCard
from aesplugin.photo import Rendition
from tests.evaluation.judges import pixels_of


class Looker:
    """Scores by brightness; the embedding [48] is the mean colour of 4 x 4 fields."""

    card = ModelCard(name="looker", revision="1", summary="for tests", license="Apache-2.0")

    def assess(self, renditions: Sequence[Rendition]) -> list[Answer]:
        return [_answer(pixels_of(one)) for one in renditions]


class LookerBackend(ModelBackend):
    """As a package would register it."""

    card = Looker.card

    def load(self, *, device: str, threads: int, cache: Path, comments: bool) -> Looker:
        return Looker()


def _answer(pixels: np.ndarray) -> Answer:
    rows = [part for band in np.array_split(pixels, 4) for part in np.array_split(band, 4, axis=1)]
    colours = np.concatenate([part.mean(axis=(0, 1)) for part in rows]) / 128 - 1  # [48]
    return Answer(score=1 + float(pixels.mean()) / 30, embedding=colours.astype("<f2").tobytes())
