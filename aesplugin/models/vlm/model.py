"""A vision-language model as a scoring model: score, comment and suggestions of one photo each.

Scored by level words (Q-Align, arXiv 2312.17090), asked the same questions as CALM.
"""

from collections.abc import Sequence

import torch
from PIL import Image

from aesplugin.models.base import Answer
from aesplugin.models.runtime import device_named, too_large, within_memory
from aesplugin.models.vlm.card import Source, card_of
from aesplugin.models.vlm.dialogue import (
    COMMENT,
    LEVEL_OPENING,
    LONGEST,
    RATE,
    SUGGEST,
    read_comment,
    read_suggestions,
)
from aesplugin.models.vlm.level_reader import LevelReader
from aesplugin.models.vlm.loading import load
from aesplugin.models.vlm.shape import shown
from aesplugin.models.vlm.showing import Showing
from aesplugin.models.wording.levels import level_expectation
from aesplugin.photo import Rendition


class VlmModel:
    """The network that `vlm:NAME_OR_PATH[+ADAPTER]` names.

    Scores are read of many photos in one pass; comments and suggestions are asked for one by one.
    """

    def __init__(
        self, given: str, device: str = "auto", threads: int = 0, *, comments: bool = True
    ) -> None:
        """`threads` of the CPU, 0 leaves torch's choice; without `comments` it only scores.

        Raises:
            UsageError: no network is named, or no such device.
            WeightsMissing, WeightsDamaged, OutOfMemory: see `load`.
        """
        source = Source.parse(given)
        self.card = card_of(given)
        if threads:
            torch.set_num_threads(threads)
        self._device, self._comments = device_named(device), comments
        self.loaded = load(source, self._device)
        self._levels = LevelReader(self.loaded, RATE, LEVEL_OPENING, source.name)

    def assess(self, renditions: Sequence[Rendition]) -> list[Answer]:
        """Expectation over five level words; comment and suggestions where they are asked for.

        Raises:
            DamagedPhoto, UnsupportedPhoto: the rendition cannot be decoded, or not be shown.
            OutOfMemory: they do not fit together.
        """
        with within_memory(too_large(len(renditions), self._device)):
            images = [shown(rendition) for rendition in renditions]
            scores = level_expectation(self._levels.read(images, renditions))
            return [
                self._answer(round(score, 2), image)
                for score, image in zip(scores.tolist(), images, strict=True)
            ]

    def _answer(self, score: float, image: Image.Image) -> Answer:
        if not self._comments:
            return Answer(score=score)
        photo = Showing(self.loaded, image)
        return Answer(
            score=score,
            comment=read_comment(photo.ask(COMMENT, longest=LONGEST).said),
            suggestions=read_suggestions(photo.ask(SUGGEST, longest=LONGEST).said),
        )
