"""A vision-language model as a scoring model: score, comment and suggestions of one photo each.

Scored by level words (Q-Align, arXiv 2312.17090), asked the same questions as CALM.
"""

from collections.abc import Sequence
from typing import Any

import torch
from PIL import Image

from aesplugin.errors import UnsupportedPhoto, WeightsDamaged
from aesplugin.models.base import Answer
from aesplugin.models.runtime import device_named, within_memory
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
from aesplugin.models.vlm.loading import load
from aesplugin.models.vlm.shape import shown
from aesplugin.models.vlm.showing import Showing
from aesplugin.models.wording.level_words import LEVEL_WORDS
from aesplugin.models.wording.levels import level_expectation
from aesplugin.photo import Rendition


class VlmModel:
    """The network that `vlm:NAME_OR_PATH[+ADAPTER]` names.

    Photos are asked about one by one: the answer to one cannot depend on its neighbours.
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
        most = self.loaded.network.config.get_text_config().vocab_size
        self._words = _level_tokens(self.loaded.processor.tokenizer, most, source.name)

    def assess(self, renditions: Sequence[Rendition]) -> list[Answer]:
        """Expectation over five level words; comment and suggestions where they are asked for.

        Raises:
            DamagedPhoto, UnsupportedPhoto: the rendition cannot be decoded, or not be shown.
            OutOfMemory: a single photo does not fit.
        """
        too_large = f"one photo does not fit into the memory of {self._device}"
        with within_memory(f"{too_large} beside the model: choose a smaller one"):
            images = [shown(rendition) for rendition in renditions]
            return [
                self._answer(image, rendition.content_hash)
                for image, rendition in zip(images, renditions, strict=True)
            ]

    def _answer(self, image: Image.Image, content_hash: str) -> Answer:
        photo = Showing(self.loaded, image)
        try:
            rated = photo.ask(RATE, opening=LEVEL_OPENING, longest=1)
        except ValueError as error:  # the processor's word for a picture it cannot take
            reason = str(error).splitlines()[0]
            raise UnsupportedPhoto(
                f"photo {content_hash} cannot be shown to the model: {reason}"
            ) from None
        score = round(float(level_expectation(rated.logits[self._words])), 2)
        if not self._comments:
            return Answer(score=score)
        return Answer(
            score=score,
            comment=read_comment(photo.ask(COMMENT, longest=LONGEST).said),
            suggestions=read_suggestions(photo.ask(SUGGEST, longest=LONGEST).said),
        )


def _level_tokens(tokenizer: Any, most: int, name: str) -> list[int]:
    """The first token of each level word, as it stands after a space; the network knows `most`.

    Raises:
        WeightsDamaged: two words begin with the same token, so that logits cannot tell them apart,
            or the network has no such token.
    """
    for lead in (" ", ""):  # some tokenizers split the space off
        found = [
            tokenizer(f"{lead}{word}", add_special_tokens=False).input_ids[0]
            for word in LEVEL_WORDS
        ]
        if max(found) >= most:
            raise WeightsDamaged(f"the tokenizer of {name} belongs to another model")
        if len(set(found)) == len(found):
            return found
    raise WeightsDamaged(f"the tokenizer of {name} does not distinguish the level words")
