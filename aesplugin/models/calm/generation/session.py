"""Photos in the language model's memory, and questions put to them."""

import copy
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from transformers import DynamicCache

from aesplugin.models.calm.language import causal_of


class Voice:
    """A causal language model of transformers, with or without an adapter by peft.

    It answers in the precision it was loaded in, float32. In bfloat16 it was a third faster and
    not the same judge any more: over 48 photos its level read-out ranked at SRCC .97 with its own
    in float32, apart by up to .24 points.
    """

    def __init__(self, language: Any) -> None:
        base = causal_of(language)
        self.config = base.config
        self._body = base.model  # adapter included: its layers stand inside
        self._embed: nn.Module = base.get_input_embeddings()
        self._head: nn.Linear = base.get_output_embeddings()
        self.device: torch.device = self._head.weight.device
        self.dtype: torch.dtype = self._head.weight.dtype

    def embed(self, ids: Tensor) -> Tensor:
        """[B, L] token ids -> [B, L, H]."""
        embedded: Tensor = self._embed(ids.to(self.device))
        return embedded

    def hear(
        self, inputs: Tensor, cache: DynamicCache, *, mask: Tensor | None = None
    ) -> Tensor:  # [B, L, H] -> [B, L, H]
        """Hidden states of `inputs`, which follow what `cache` holds and are added to it.

        `mask` [B, seen + L] is 0 where a row is padded; positions count what is not.
        """
        places = None if mask is None else (mask.cumsum(1) - 1).clamp_min(0)[:, -inputs.shape[1] :]
        out = self._body(
            inputs_embeds=inputs.to(self.device, self.dtype),
            attention_mask=mask,
            position_ids=places,
            past_key_values=cache,
            use_cache=True,
        )
        hidden: Tensor = out.last_hidden_state
        return hidden

    def words(self, hidden: Tensor, tokens: Tensor) -> Tensor:  # [B, H], [k] -> [B, k]
        """Logits of some tokens only: the whole vocabulary costs a fifth of a pass."""
        return hidden.float() @ self._head.weight[tokens.to(self.device)].float().T

    def vocabulary_logits(self, hidden: Tensor) -> Tensor:  # [..., H] -> [..., vocabulary]
        """Logits of all tokens."""
        logits: Tensor = self._head(hidden)
        return logits.float()


_LEAST = 2  # rows: the CPU's library multiplies fewer than 16 tokens by another kernel, whose last
# digits differ, and a photo alone should get the very score it gets among others


class Memory:
    """The visual tokens as a shared key-value prefix: they go through the model once."""

    def __init__(self, voice: Voice, tokens: Tensor) -> None:
        """`tokens` [B, V, H]; a photo alone is put in twice."""
        self.voice, self.count = voice, tokens.shape[0]
        spare = max(_LEAST - self.count, 0)
        self.tokens = torch.cat([tokens, tokens[-1:].expand(spare, -1, -1)])
        self.rows, self.seen = self.tokens.shape[:2]
        self._prefix: DynamicCache | None = None

    def filled(self, items: Sequence[Any]) -> list[Any]:
        """One item a row; the last one stands for the row that only fills."""
        return [*items, *[items[-1]] * (self.rows - len(items))]

    def prefix(self) -> DynamicCache:
        """A copy to continue from; heard when first asked for."""
        if self._prefix is None:
            self._prefix = DynamicCache(config=self.voice.config)
            self.voice.hear(self.tokens, self._prefix)
        return copy.deepcopy(self._prefix)


class Turn:
    """A question to photos, then what is said; `last` [B, H] speaks of the next token."""

    def __init__(
        self, memory: Memory, asked: Sequence[Sequence[int]], *, only: Sequence[int] | None = None
    ) -> None:
        """`asked` are the tokens of a rendered question a photo, or a photo in `only`.

        `only` names the rows asked and says that no other question follows: photo and question
        are then heard in one pass. A score would differ in its last digits from another turn's.
        """
        self._voice = memory.voice
        shared = only is None
        rows = list(range(memory.rows)) if only is None else list(only)
        self._cache = memory.prefix() if shared else DynamicCache(config=self._voice.config)
        self._mask = torch.ones(
            (len(rows), memory.seen), dtype=torch.long, device=self._voice.device
        )
        self.last = memory.tokens[rows, -1]
        self.feed_each(
            memory.filled(asked) if shared else asked,
            after=None if shared else memory.tokens[rows],
        )

    def feed(self, ids: Tensor) -> Tensor:  # [B, L] -> [B, L, H]
        """Adds tokens to every row; returns their hidden states."""
        return self._add(ids, torch.ones_like(ids))

    def feed_each(self, ids: Sequence[Sequence[int]], *, after: Tensor | None = None) -> None:
        """Adds to each row its own tokens, at least one, however many the others get.

        `after` [B, V, H] goes before them: embeddings that the mask counts already.
        """
        longest = max(map(len, ids))
        padded = [[0] * (longest - len(row)) + [*row] for row in ids]  # `last` stands at the end
        there = [[0] * (longest - len(row)) + [1] * len(row) for row in ids]
        self._add(torch.tensor(padded), torch.tensor(there), after)

    def keep(self, rows: Sequence[int]) -> None:
        """Goes on with these rows only."""
        if len(rows) == len(self._mask):
            return
        chosen = torch.tensor(rows, device=self._mask.device)
        self._cache.batch_select_indices(chosen)
        self._mask, self.last = self._mask[chosen], self.last[chosen]

    def _add(self, ids: Tensor, there: Tensor, after: Tensor | None = None) -> Tensor:
        self._mask = torch.cat([self._mask, there.to(self._mask.device)], dim=1)
        words = self._voice.embed(ids)
        inputs = words if after is None else torch.cat([after.to(words), words], dim=1)
        hidden = self._voice.hear(inputs, self._cache, mask=self._mask)
        self.last = hidden[:, -1]
        return hidden
