"""Q-ReAlign as a scoring model: one pass of the network for many photos, nothing generated.

As its authors read it: one question, the stem of the answer, and the softmax over five level words
at the next place (q-future/Q-ReAlign, September 2026; the method is Q-Align's, arXiv 2312.17090).
The stem chooses the task: with "quality" in place of "aesthetics" it rates technical quality.
"""

from collections.abc import Sequence

import torch

from aesplugin.models.base import Answer, ModelCard
from aesplugin.models.runtime import device_named, too_large, within_memory
from aesplugin.models.vlm.card import Source
from aesplugin.models.vlm.level_reader import LevelReader
from aesplugin.models.vlm.loading import load
from aesplugin.models.vlm.shape import shown
from aesplugin.models.wording.level_questions import Q_REALIGN
from aesplugin.models.wording.level_words import expected_score
from aesplugin.photo import Rendition


class QRealignModel:
    """The network in a folder or in the hub's cache."""

    def __init__(self, card: ModelCard, source: str, device: str, threads: int) -> None:
        """`threads` of the CPU, 0 leaves torch's choice.

        Raises:
            UsageError: no such device.
            WeightsMissing, WeightsDamaged, OutOfMemory: see `load`.
        """
        self.card = card
        if threads:
            torch.set_num_threads(threads)
        self._device = device_named(device)
        self._levels = LevelReader(load(Source(source), self._device), *Q_REALIGN, source)

    def assess(self, renditions: Sequence[Rendition]) -> list[Answer]:
        """Scores, and the spread of the five shares as their uncertainty.

        Raises:
            DamagedPhoto, UnsupportedPhoto: a rendition cannot be decoded, or not be shown.
            OutOfMemory: they do not fit together.
        """
        with within_memory(too_large(len(renditions), self._device)):
            images = [shown(rendition) for rendition in renditions]
            shares = self._levels.read(images, renditions).softmax(-1)  # [N, 5]
        return [_answer(row) for row in shares.tolist()]


def _answer(shares: Sequence[float]) -> Answer:
    score, spread = expected_score(shares)
    return Answer(score=score, uncertainty=spread)
