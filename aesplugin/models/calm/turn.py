"""One group of photos in the language model's memory, and a question put to all of them."""

import copy
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from transformers import DynamicCache

from aesplugin.models.calm.voice import Voice


class Memory:
    """The visual tokens as a shared key-value prefix: they go through the model once."""

    def __init__(self, voice: Voice, tokens: Tensor) -> None:
        """`tokens` [B, V, H]; short of the voice's group, the last row is repeated to fill it."""
        self.voice, self.count = voice, tokens.shape[0]
        rows = voice.group or self.count
        filled = torch.cat([tokens, tokens[-1:].expand(rows - self.count, -1, -1)])
        self.rows, self.seen = filled.shape[:2]
        self._prefix = DynamicCache(config=voice.config)
        voice.hear(filled, self._prefix)

    def filled(self, items: Sequence[Any]) -> list[Any]:
        """One item a row; the last one stands for the rows that only fill the group."""
        return [*items, *[items[-1]] * (self.rows - len(items))]

    def prefix(self) -> DynamicCache:
        """A copy to continue from."""
        return copy.deepcopy(self._prefix)


class Turn:
    """A question to each photo, and what is said after it. `last` [B, H] speaks of the next token.

    Args:
        asked: a rendered question a photo.
        step: questions are padded to a multiple of it: the padding changes the last digits of an
            answer, and must not follow from what the neighbours are asked.
    """

    def __init__(
        self, memory: Memory, tokenizer: Any, asked: Sequence[str], *, step: int = 1
    ) -> None:
        self.memory, self._cache = memory, memory.prefix()
        tokenizer.padding_side = "left"
        found = tokenizer(
            memory.filled(asked),
            return_tensors="pt",
            padding=True,
            pad_to_multiple_of=step,
            add_special_tokens=False,
        )
        device = memory.voice.device
        seen = torch.ones((memory.rows, memory.seen), dtype=torch.long, device=device)
        self._mask = torch.cat([seen, found["attention_mask"].to(device)], dim=1)
        self.last = self._hear(found["input_ids"])[:, -1]

    def feed(self, ids: Tensor) -> Tensor:  # [B, L] -> [B, L, H]
        """Adds tokens to every row; returns their hidden states."""
        added = torch.ones(ids.shape, dtype=torch.long, device=self._mask.device)
        self._mask = torch.cat([self._mask, added], dim=1)
        hidden = self._hear(ids)
        self.last = hidden[:, -1]
        return hidden

    def _hear(self, ids: Tensor) -> Tensor:
        voice = self.memory.voice
        return voice.hear(voice.embed(ids), self._cache, mask=self._mask)
