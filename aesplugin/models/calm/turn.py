"""Photos in the language model's memory, and a question put to all of them."""

import copy
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from transformers import DynamicCache

from aesplugin.models.calm.voice import Voice

_LEAST = 2  # rows: the CPU's library multiplies fewer than 16 tokens by another kernel, whose last
# digits differ, and a photo alone should get the very score it gets among others


class Memory:
    """The visual tokens as a shared key-value prefix: they go through the model once."""

    def __init__(self, voice: Voice, tokens: Tensor) -> None:
        """`tokens` [B, V, H]; a photo alone is put in twice."""
        self.voice, self.count = voice, tokens.shape[0]
        spare = max(_LEAST - self.count, 0)
        filled = torch.cat([tokens, tokens[-1:].expand(spare, -1, -1)])
        self.rows, self.seen = filled.shape[:2]
        self._prefix = DynamicCache(config=voice.config)
        voice.hear(filled, self._prefix)

    def filled(self, items: Sequence[Any]) -> list[Any]:
        """One item a row; the last one stands for the row that only fills."""
        return [*items, *[items[-1]] * (self.rows - len(items))]

    def prefix(self) -> DynamicCache:
        """A copy to continue from."""
        return copy.deepcopy(self._prefix)


class Turn:
    """A question to each photo, then what is said; `last` [B, H] speaks of the next token."""

    def __init__(self, memory: Memory, tokenizer: Any, asked: Sequence[str]) -> None:
        """`asked` is a rendered question a photo."""
        self.memory, self._cache = memory, memory.prefix()
        tokenizer.padding_side = "left"
        found = tokenizer(
            memory.filled(asked), return_tensors="pt", padding=True, add_special_tokens=False
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

    def keep(self, rows: Sequence[int]) -> None:
        """Goes on with these rows only."""
        if len(rows) == len(self._mask):
            return
        chosen = torch.tensor(rows, device=self._mask.device)
        self._cache.batch_select_indices(chosen)
        self._mask, self.last = self._mask[chosen], self.last[chosen]

    def _hear(self, ids: Tensor) -> Tensor:
        voice = self.memory.voice
        return voice.hear(voice.embed(ids), self._cache, mask=self._mask)
