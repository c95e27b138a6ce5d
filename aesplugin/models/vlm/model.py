"""A vision-language model as a scoring model: score, comment and suggestions of one photo each.

Scored by level words (Q-Align, arXiv 2312.17090), asked the same questions as CALM.
"""

from collections.abc import Sequence
from io import BytesIO
from typing import Any, ClassVar

import torch
from PIL import Image, UnidentifiedImageError

from aesplugin.errors import DamagedPhoto, UnsupportedPhoto, WeightsDamaged
from aesplugin.models.base import Answer, ModelCard
from aesplugin.models.devices import device_named
from aesplugin.models.fetching import Progress
from aesplugin.models.levels import LEVEL_WORDS, level_expectation
from aesplugin.models.memory import within_memory
from aesplugin.models.vlm.answers import read_comment, read_suggestions
from aesplugin.models.vlm.card import card_of, read_card
from aesplugin.models.vlm.loading import load
from aesplugin.models.vlm.questions import COMMENT, LEVEL_OPENING, RATE, SUGGEST
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
        self.processor, self.network = load(source, self._device)
        most = self.network.config.get_text_config().vocab_size
        self._words = _level_tokens(self.processor.tokenizer, most, source.name)

    def assess(self, renditions: Sequence[Rendition]) -> list[Answer]:
        """Expectation over five level words; comment and suggestions where they are asked for.

        Raises:
            DamagedPhoto, UnsupportedPhoto: the rendition cannot be decoded, or not be shown.
            OutOfMemory: a single photo does not fit.
        """
        images = [_decode(rendition) for rendition in renditions]
        too_large = f"one photo does not fit into the memory of {self._device}"
        with within_memory(f"{too_large} beside the network: take a smaller one"):
            return [
                self._answer(image, rendition.content_hash)
                for image, rendition in zip(images, renditions, strict=True)
            ]

    def _answer(self, image: Image.Image, content_hash: str) -> Answer:
        try:
            score = self._score(image)
        except ValueError as error:  # the processor's word for a picture it cannot take
            reason = str(error).splitlines()[0]
            raise UnsupportedPhoto(
                f"photo {content_hash} cannot be shown to the model: {reason}"
            ) from None
        if not self._comments:
            return Answer(score=score)
        return Answer(
            score=score,
            comment=read_comment(self._said(image, COMMENT)),
            suggestions=read_suggestions(self._said(image, SUGGEST)),
        )

    def _score(self, image: Image.Image) -> float:
        """1..10 from the logits of the word that would follow the opening."""
        found = self._generate(self._inputs(image, RATE, LEVEL_OPENING), longest=1)
        levels = found.logits[0][0, self._words].float().cpu()
        return round(float(level_expectation(levels)), 2)

    def _said(self, image: Image.Image, question: str) -> str:
        inputs = self._inputs(image, question)
        found = self._generate(inputs, longest=_LONGEST)
        fresh = found.sequences[0, inputs["input_ids"].shape[1] :]
        return str(self.processor.tokenizer.decode(fresh, skip_special_tokens=True))

    @torch.inference_mode()
    def _generate(self, inputs: Any, *, longest: int) -> Any:
        """The likeliest words, by the network's own end marks."""
        from transformers import GenerationConfig

        own = self.network.generation_config
        end = own.eos_token_id if own.eos_token_id is not None else self._end
        plain = GenerationConfig(  # type: ignore[no-untyped-call]
            max_new_tokens=longest,
            do_sample=False,
            eos_token_id=end,
            pad_token_id=end[0] if isinstance(end, list) else end,
            output_logits=True,
            return_dict_in_generate=True,
        )
        return self.network.generate(**inputs, generation_config=plain)

    @property
    def _end(self) -> int | None:
        end: int | None = self.processor.tokenizer.eos_token_id
        return end

    def _inputs(self, image: Image.Image, question: str, opening: str = "") -> Any:
        content = [{"type": "image"}, {"type": "text", "text": question}]
        asked = self.processor.apply_chat_template(
            [{"role": "user", "content": content}], add_generation_prompt=True
        )
        gap = " " if opening and not asked[-1:].isspace() else ""
        text = [f"{asked}{gap}{opening}"]
        inputs = self.processor(text=text, images=[image], return_tensors="pt")
        return inputs.to(self._device)


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


def _decode(rendition: Rendition) -> Image.Image:
    """The photo; thinner than 16 : 1 it is widened, since processors refuse such shapes."""
    try:
        image = Image.open(BytesIO(rendition.jpeg)).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError):
        raise DamagedPhoto(
            f"the small copy of photo {rendition.content_hash} cannot be decoded: "
            "ingest the photo again"
        ) from None
    least = max(_SMALLEST, -(-max(image.size) // _THINNEST))
    size = (max(image.width, least), max(image.height, least))
    return image if size == image.size else image.resize(size, Image.Resampling.BICUBIC)
