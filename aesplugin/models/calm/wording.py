"""One photo's answer while it grows: drawn by a seed of its own, held to what was found."""

import hashlib
from typing import Any

import torch
from torch import Tensor

from aesplugin.models.prompts import CHATML_END

BEST = 12  # tokens drawn from
_TEMPERATURE = 0.4


class Wording:
    """What is said of one photo, token by token.

    Args:
        tokenizer: the language model's.
        seed: of the draws.
        complaint: what may follow "However", which ends the answer; nothing where it is empty,
            anything where it is None.
    """

    def __init__(self, tokenizer: Any, seed: str, complaint: str | None) -> None:
        self.going = True
        self.said: list[int] = []
        self._draws = torch.Generator().manual_seed(_number(seed))
        self._end = int(tokenizer(CHATML_END, add_special_tokens=False).input_ids[0])
        self._but = int(tokenizer(" However", add_special_tokens=False).input_ids[0])
        text = f" However, {complaint}." if complaint else ""
        self._complaint: list[int] = tokenizer(text, add_special_tokens=False).input_ids
        self._free = complaint is None

    def choose(self, values: Tensor, tokens: Tensor) -> int:
        """The next token, from the likeliest [k] and their logits; ask no more once it is over."""
        if not self._free and not self._complaint:
            values = values.masked_fill(tokens == self._but, -torch.inf)
        token = self._drawn(values, tokens)
        if self._complaint and token in (self._but, self._end):
            self.said += self._complaint
            token = self._end
        if token == self._end:
            self.going = False
        else:
            self.said.append(token)
        return token

    def _drawn(self, values: Tensor, tokens: Tensor) -> int:
        best, order = values.topk(BEST)
        shares = (best / _TEMPERATURE).softmax(-1)
        return int(tokens[order[torch.multinomial(shares, 1, generator=self._draws)]])


def _number(seed: str) -> int:
    return int.from_bytes(hashlib.sha256(seed.encode()).digest()[:7], "little")
