"""Taste read in the language model's own prompt: a photo is a token, and so is what was said of it.

The paper's way of personal assessment, trained for: the person's rated photos stand before the
photo asked about, each as one token made from its stored embedding and one made from the rating.
What is read at the photo asked about corrects the posterior's answer (`prior.py`), and starts as
exactly that answer: the last layer is zero.

The prompt's keys and values are computed once per person. Photos asked about stand side by side
behind it and do not see each other, so that a photo costs one token whatever k is.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from transformers import DynamicCache

from aesplugin.models.calm.card import MINI
from aesplugin.models.calm.language import body_of, is_foreign
from aesplugin.models.calm.model import CalmForConditionalGeneration
from aesplugin.models.calm.processor import CalmProcessor
from aesplugin.models.personal.examples import EXAMPLE_FACTS, QUERY_FACTS

Floats = NDArray[np.float32]

OPENING = "A person gave these photos the ratings beside them."


class Prompt(NamedTuple):
    """What is kept of one person's examples."""

    present: Tensor  # [B, T] False where a token is padding
    layers: tuple[tuple[Tensor, Tensor], ...]  # keys, values [B, heads, T, width / heads]


class PromptTaste(nn.Module):
    """A causal language model of transformers that reads one person's rated photos.

    Args:
        language: the model, frozen but for its adapter by peft.
        opening: [P] token ids that begin every prompt.
        width: of the embeddings.
    """

    def __init__(self, language: Any, opening: Tensor, *, width: int) -> None:
        super().__init__()
        self.language = language
        words = language.get_input_embeddings()
        hidden = words.weight.shape[1]
        self.register_buffer("opening", opening, persistent=False)
        self.opening: Tensor
        self.photo = nn.Linear(width, hidden)
        self.said = nn.Linear(EXAMPLE_FACTS, hidden)
        self.asked = nn.Linear(QUERY_FACTS, hidden)
        self.change = nn.Linear(hidden, 2)
        size = float(words.weight.detach().float().pow(2).mean().sqrt())  # tokens as large as words
        nn.init.normal_(self.photo.weight, std=size)  # embeddings are scaled to length 1
        for layer in (self.said, self.asked):
            nn.init.normal_(layer.weight, std=size / 2)
        for layer in (self.photo, self.said, self.asked, self.change):
            nn.init.zeros_(layer.bias)
        nn.init.zeros_(self.change.weight)

    def read(self, looks: Tensor, said: Tensor, present: Tensor) -> Prompt:
        """Put the rated photos into the prompt, once.

        Args:
            looks: [B, K, width] the rated photos' embeddings, of about length 1.
            said: [B, K, EXAMPLE_FACTS] `facts_of_examples`.
            present: [B, K] False where a row is padding, which stands last.
        """
        rows = len(present)
        pairs = torch.stack([self.photo(looks), self.said(said)], dim=2)  # [B, K, 2, H]
        words = self.language.get_input_embeddings()(self.opening).expand(rows, -1, -1)
        tokens = torch.cat([words.to(pairs.dtype), pairs.flatten(1, 2)], dim=1)  # [B, P + 2K, H]
        there = torch.cat(
            [present.new_ones(rows, len(self.opening)), present.repeat_interleave(2, dim=1)], dim=1
        )
        cache = DynamicCache()
        body_of(self.language)(
            inputs_embeds=tokens,
            attention_mask=there.long(),
            past_key_values=cache,
            use_cache=True,
        )
        layers: Any = cache.layers
        return Prompt(there, tuple((layer.keys, layer.values) for layer in layers))

    def ask(self, looks: Tensor, asked: Tensor, prompt: Prompt) -> Tensor:
        """How the person's taste moves each photo: [B, Q], in standard deviations of rating.

        Args:
            looks: [B, Q, width] the photos asked about.
            asked: [B, Q, QUERY_FACTS] `facts_of_queries`; the first is the posterior's move.
            prompt: from `read`; where no photo stands in it, the answer is 0.
        """
        rows, count = looks.shape[:2]
        cache = DynamicCache(prompt.layers)  # extended, while what is kept stays as it is
        alone = torch.eye(count, dtype=torch.bool, device=looks.device).expand(rows, -1, -1)
        before = prompt.present[:, None].expand(-1, count, -1)  # [B, Q, T]
        places = prompt.present.sum(dim=1, keepdim=True).expand(-1, count)
        hidden = body_of(self.language)(
            inputs_embeds=self.photo(looks) + self.asked(asked),
            attention_mask=torch.cat([before, alone], dim=2)[:, None],
            position_ids=places,
            past_key_values=cache,
            use_cache=True,
        ).last_hidden_state
        with torch.autocast(hidden.device.type, enabled=False):  # moves are small: single precision
            shift, gain = self.change(hidden.float()).unbind(dim=-1)  # [B, Q] each
        moved: Tensor = asked[..., 0] * (1 + gain.tanh()) + shift
        return moved * (prompt.present.sum(dim=1, keepdim=True) > len(self.opening))

    def own_state(self) -> dict[str, Tensor]:
        """What training made, in half precision: the adapter and what stands around the model."""
        return {
            name: value.half().contiguous()
            for name, value in self.state_dict().items()
            if not is_foreign(name)
        }

    def trained_parts(self) -> list[nn.Parameter]:
        """The adapter's weights and those around the language model; all others stay frozen."""
        for name, value in self.named_parameters():
            value.requires_grad_(not is_foreign(name))
        return [value for value in self.parameters() if value.requires_grad]


class PromptReader:
    """One person's taste, answered by a trained `PromptTaste`."""

    sees_photos: ClassVar[bool] = True
    together: ClassVar[int] = 128

    def __init__(self, network: PromptTaste) -> None:
        self._network = network

    def own_state(self) -> dict[str, NDArray[np.floating[Any]]]:
        """What training made, in half precision."""
        return {name: value.numpy() for name, value in self._network.own_state().items()}

    @torch.inference_mode()
    def read(self, photos: Floats, said: Floats) -> Prompt:
        """Put the rated photos into the prompt, once: [K, width], [K, EXAMPLE_FACTS]."""
        present = torch.ones(1, len(photos), dtype=torch.bool)
        return self._network.read(_batch(photos), _batch(said), present)

    @torch.inference_mode()
    def ask(self, photos: Floats, asked: Floats, context: Prompt) -> Floats:
        """Moves [Q], in standard deviations of rating, of [Q, width], [Q, QUERY_FACTS]."""
        moved: Floats = self._network.ask(_batch(photos), _batch(asked), context)[0].numpy()
        return moved


def _batch(values: Floats) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(values))[None]


def fresh_prompt(width: int, calm: Path = MINI, *, cache: Path | None = None) -> PromptTaste:
    """An untrained reader of embeddings so wide, around the language model of a CALM.

    The adapter starts as CALM's own, which was taught to read visual tokens. `cache` holds pulled
    weights, as in `CalmForConditionalGeneration`.

    Raises:
        WeightsMissing, WeightsDamaged: CALM or its language model cannot be had.
    """
    network = CalmForConditionalGeneration.from_pretrained(calm, cache=cache)
    tokenizer = CalmProcessor.from_pretrained(calm, cache=cache).tokenizer
    opening = torch.tensor(tokenizer(OPENING)["input_ids"])
    return PromptTaste(network.language, opening, width=width)


def open_prompt(
    width: int,
    state: Mapping[str, NDArray[np.floating[Any]]],
    calm: Path = MINI,
    *,
    cache: Path | None = None,
) -> PromptTaste:
    """A trained reader, from its `own_state`; `cache` as in `fresh_prompt`.

    Raises:
        WeightsMissing, WeightsDamaged: as `fresh_prompt`.
        RuntimeError: the state does not fit.
    """
    reader = fresh_prompt(width, calm, cache=cache)
    odd = reader.own_state().keys() ^ state.keys()
    if odd:
        raise RuntimeError(f"{min(odd)} is missing or too many")
    tensors = {name: torch.from_numpy(one.astype(np.float32)) for name, one in state.items()}
    reader.load_state_dict(tensors, strict=False)
    return reader.eval().requires_grad_(requires_grad=False)
