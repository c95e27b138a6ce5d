"""Scores read from the logits of level words, of many photos in one pass of the network."""

import inspect
from collections.abc import Sequence
from typing import Any, Final

import torch
from PIL import Image
from torch import Tensor

from aesplugin.errors import UnsupportedPhoto, WeightsDamaged
from aesplugin.models.vlm.loading import Loaded
from aesplugin.models.vlm.showing import inputs_of
from aesplugin.models.wording.level_words import LEVEL_WORDS
from aesplugin.photo import Rendition

_LAST_ONLY: Final = "logits_to_keep"  # of a network's `forward`: spares a row a token of the photo


class LevelReader:
    """Asks a loaded network one question, with the beginning of its answer, about each photo.

    Photos that take equally many tokens share a pass, so nothing is padded: recurrent layers, for
    instance, would remember the padding.
    """

    def __init__(self, loaded: Loaded, question: str, opening: str, name: str) -> None:
        """`name` is what an error calls the network.

        Raises:
            WeightsDamaged: its tokenizer does not distinguish the level words.
        """
        self._loaded, self._question, self._opening = loaded, question, opening
        most = loaded.network.config.get_text_config().vocab_size
        self.words = level_tokens(loaded.processor.tokenizer, most, name)
        self._options = {_LAST_ONLY: 1} if _LAST_ONLY in _arguments(loaded.network) else {}

    @torch.inference_mode()
    def read(self, images: Sequence[Image.Image], renditions: Sequence[Rendition]) -> Tensor:
        """Logits of the five words as the next one [N, 5], float32, CPU, in the order asked.

        Raises:
            UnsupportedPhoto: the processor cannot take one of the pictures.
        """
        inputs = [
            self._inputs(image, rendition)
            for image, rendition in zip(images, renditions, strict=True)
        ]
        found = torch.empty(len(inputs), len(self.words))
        for group in _alike(inputs):
            together = {
                name: torch.cat([inputs[index][name] for index in group])
                for name in inputs[group[0]]
            }
            answer = self._loaded.network(**together, **self._options)
            found[group] = answer.logits[:, -1, self.words].float().cpu()  # [B, 5]
        return found

    def _inputs(self, image: Image.Image, rendition: Rendition) -> dict[str, Tensor]:
        try:
            return dict(inputs_of(self._loaded, image, self._question, self._opening))
        except ValueError as error:  # the processor's word for a picture it cannot take
            reason = str(error).splitlines()[0]
            raise UnsupportedPhoto(
                f"photo {rendition.content_hash} cannot be shown to the model: {reason}"
            ) from None


def level_tokens(tokenizer: Any, most: int, name: str) -> list[int]:
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


def _alike(inputs: Sequence[dict[str, Tensor]]) -> list[list[int]]:
    """Indices of those whose tensors can be joined along the first axis."""
    groups: dict[tuple[tuple[str, torch.Size], ...], list[int]] = {}
    for index, one in enumerate(inputs):
        shapes = tuple((name, tensor.shape[1:]) for name, tensor in sorted(one.items()))
        groups.setdefault(shapes, []).append(index)
    return list(groups.values())


def _arguments(network: Any) -> set[str]:
    inner = network.get_base_model() if hasattr(network, "peft_config") else network
    return set(inspect.signature(inner.forward).parameters)
