"""One photo's answer while it grows: drawn by a seed of its own, held to what was found."""

import hashlib
from collections.abc import Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor

from aesplugin.models.prompts import CHATML_END

_BEST = 12  # tokens drawn from
_TEMPERATURE = 0.4
_AMONG_TRUE_ONES = 3.0  # where every choice is true, variety is worth more than the likeliest words


class Wording:
    """What is said of one photo, token by token.

    Args:
        tokenizer: the language model's.
        seed: of the draws.
        openings: the first sentence is one of these; any where there are none.
        complaint: what may follow "However", which ends the answer; nothing where it is empty,
            anything where it is None.
        closed: an opening is all that is said before the complaint.
    """

    def __init__(
        self,
        tokenizer: Any,
        seed: str,
        *,
        openings: Sequence[str] = (),
        complaint: str | None = None,
        closed: bool = False,
    ) -> None:
        self.going = True
        self.said: list[int] = []
        self._draws = torch.Generator().manual_seed(_number(seed))
        self._ids = partial(_ids, tokenizer)
        self._end = self._ids(CHATML_END)[0]
        self._but = self._ids(" However")[0]
        self._openings = [self._ids(one) for one in openings]
        self._complaint = self._ids(f" However, {complaint}.") if complaint else []
        self._free = complaint is None
        self._closed = closed
        self._temperature = _AMONG_TRUE_ONES if closed else _TEMPERATURE

    def choose(self, logits: Tensor) -> int:
        """The next token, from the logits [V] of all; ask no more once it is over."""
        token = self._drawn(*self._allowed(logits))
        if self._complaint and token in (self._but, self._end):
            self.said += self._complaint
            token = self._end
        if token == self._end:
            self.going = False
        else:
            self.said.append(token)
        return token

    def _allowed(self, logits: Tensor) -> tuple[Tensor, Tensor]:
        """The likeliest tokens that may follow, and their logits."""
        place = len(self.said)
        ways = [one for one in self._openings if one[:place] == self.said]
        following = sorted({one[place] for one in ways if place < len(one)})
        if following:
            tokens = torch.tensor(following)
            return logits[tokens], tokens
        if self._closed:
            end = torch.tensor([self._end])
            return logits[end], end
        found = logits.topk(_BEST + 1)  # one more than is drawn from: one may have to be left out
        values, tokens = found.values, found.indices
        if not self._free and not self._complaint:
            values = values.masked_fill(tokens == self._but, -torch.inf)
        return values, tokens

    def _drawn(self, values: Tensor, tokens: Tensor) -> int:
        best, order = values.topk(min(_BEST, len(values)))
        shares = (best / self._temperature).softmax(-1)
        return int(tokens[order[torch.multinomial(shares, 1, generator=self._draws)]])


def _ids(tokenizer: Any, text: str) -> list[int]:
    found: list[int] = tokenizer(text, add_special_tokens=False).input_ids
    return found


def _number(seed: str) -> int:
    return int.from_bytes(hashlib.sha256(seed.encode()).digest()[:7], "little")
