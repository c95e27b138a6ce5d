"""A vision-language model as a scoring model: score, comment and suggestions of one photo each.

Scored by level words (Q-Align, arXiv 2312.17090), asked the same questions as CALM.
"""

from collections.abc import Sequence
from typing import Any, ClassVar

import torch
from PIL import Image

from aesplugin.errors import UnsupportedPhoto, WeightsDamaged
from aesplugin.models.base import Answer, ModelCard
from aesplugin.models.devices import device_named
from aesplugin.models.fetching import Progress
from aesplugin.models.levels import LEVEL_WORDS, level_expectation
from aesplugin.models.memory import within_memory
from aesplugin.models.views import picture
from aesplugin.models.vlm.answers import read_comment, read_suggestions
from aesplugin.models.vlm.card import card_of, read_card
from aesplugin.models.vlm.loading import load
from aesplugin.models.vlm.questions import COMMENT, LEVEL_OPENING, RATE, SUGGEST
from aesplugin.models.vlm.showing import Showing
from aesplugin.models.vlm.source import Source, fetch
from aesplugin.photo import Rendition

_LONGEST = 128  # tokens of a comment, or of all suggestions
_THINNEST, _SMALLEST = 16, 32  # long side over short side; pixels of a side


class VlmModel:
    """The network that `vlm:NAME_OR_PATH[+ADAPTER]` names; the registry binds it by `of`.

    Photos are asked about one by one: the answer to one cannot depend on its neighbours.
    """

    card: ModelCard = read_card()
    given: ClassVar[str] = ""

    @classmethod
    def of(cls, given: str) -> "type[VlmModel]":
        """This class bound to one network; nothing is read yet."""
        return type(cls.__name__, (cls,), {"given": given})

    @classmethod
    def pull(cls, *, cache: object, progress: Progress) -> None:
        """Fetches network and adapter into the hub's own cache.

        Raises:
            WeightsMissing: not on the hub, or the hub does not answer.
        """
        del cache
        fetch(Source.parse(cls.given), progress)

    def __init__(self, device: str = "auto", threads: int = 0, *, comments: bool = True) -> None:
        """`threads` of the CPU, 0 leaves torch's choice; without `comments` it only scores.

        Raises:
            UsageError: no network is named, or no such device.
            WeightsMissing, WeightsDamaged, OutOfMemory: see `load`.
        """
        source = Source.parse(self.given)
        self.card = card_of(self.given)
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
        with within_memory(f"{too_large} beside the network: take a smaller one"):
            images = [_shown(rendition) for rendition in renditions]
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
            comment=read_comment(photo.ask(COMMENT, longest=_LONGEST).said),
            suggestions=read_suggestions(photo.ask(SUGGEST, longest=_LONGEST).said),
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
            raise WeightsDamaged(f"the tokenizer of {name} belongs to another network")
        if len(set(found)) == len(found):
            return found
    raise WeightsDamaged(f"the tokenizer of {name} does not tell the level words apart")


def _shown(rendition: Rendition) -> Image.Image:
    """The photo; thinner than 16 : 1 it is widened, since processors refuse such shapes."""
    image = picture(rendition)
    least = max(_SMALLEST, -(-max(image.size) // _THINNEST))
    size = (max(image.width, least), max(image.height, least))
    return image if size == image.size else image.resize(size, Image.Resampling.BICUBIC)
