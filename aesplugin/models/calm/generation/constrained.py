"""One photo's answer while it grows: drawn by a seed of its own, held to what was found."""

import hashlib
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from aesplugin.models.wording.prompts import CHATML_END

_BEST = 12  # tokens drawn from
_TEMPERATURE = 0.4
_AMONG_TRUE_ONES = 3.0  # where every choice is true, variety is worth more than the likeliest words


class Wording:
    """What is said of one photo, token by token.

    The language model is asked only where more than one token may follow: `choices` are those,
    None stands for all of its vocabulary. What can only be said one way is said without it.

    Args:
        tokenizer: the language model's.
        seed: of the draws.
        openings: the first sentence is one of these; any where there are none.
        complaint: what may follow "However", which ends the answer; nothing where it is empty,
            anything where it is None.
        closed: an opening is all that is said before the complaint.
        longest: tokens before the complaint, at most.
    """

    def __init__(
        self,
        tokenizer: Any,
        seed: str,
        *,
        openings: Sequence[str] = (),
        complaint: str | None = None,
        closed: bool = False,
        longest: int = 60,
    ) -> None:
        self.going = True
        self.said: list[int] = []
        self.choices: list[int] | None = None
        self._heard = 0  # tokens of `said` that the language model was given
        self._left = longest
        self._draws = torch.Generator().manual_seed(_number(seed))
        said = f" However, {complaint}." if complaint else ""
        written = [CHATML_END, " However", said, *openings]
        ids = tokenizer(written, add_special_tokens=False).input_ids
        self._end, self._but = ids[0][0], ids[1][0]
        self._complaint, self._ways = ids[2], ids[3:]
        self._free = complaint is None
        self._closed = closed
        self._temperature = _AMONG_TRUE_ONES if closed else _TEMPERATURE
        self._say_what_must_follow()

    def choose(self, logits: Tensor) -> None:
        """Says the next token, by the logits of `choices`; ask no more once it is over."""
        if self.choices is None:
            values, tokens = self._likeliest(logits)
        else:
            values, tokens = logits, torch.tensor(self.choices)
        self._say(self._drawn(values, tokens))
        self._say_what_must_follow()

    def unheard(self) -> list[int]:
        """The tokens said since this was last asked: what the language model must hear next."""
        new = self.said[self._heard :]
        self._heard = len(self.said)
        return new

    def _say_what_must_follow(self) -> None:
        while self.going:
            self.choices = self._following()
            if self.choices is None or len(self.choices) > 1:
                return
            # a draw all the same: the next choice does not depend on how many others there were
            torch.multinomial(torch.ones(1), 1, generator=self._draws)
            self._say(self.choices[0])

    def _following(self) -> list[int] | None:
        place = len(self.said)
        following = sorted({one[place] for one in self._ways if place < len(one)})
        return following or ([self._end] if self._closed else None)

    def _say(self, token: int) -> None:
        self._left -= 1
        self._ways = [one for one in self._ways if one[len(self.said) :][:1] == [token]]
        if self._complaint and token in (self._but, self._end):
            self.said += self._complaint
            token = self._end
        elif token != self._end:
            self.said.append(token)
        self.going = token != self._end and self._left > 0

    def _likeliest(self, logits: Tensor) -> tuple[Tensor, Tensor]:
        found = logits.topk(_BEST + 1)  # one more than is drawn from: one may have to be left out
        values, tokens = found.values, found.indices
        if not self._free and not self._complaint:
            values = values.masked_fill(tokens == self._but, -torch.inf)
        return values, tokens

    def _drawn(self, values: Tensor, tokens: Tensor) -> int:
        best, order = values.topk(min(_BEST, len(values)))
        shares = (best / self._temperature).softmax(-1)
        return int(tokens[order[torch.multinomial(shares, 1, generator=self._draws)]])


def _number(seed: str) -> int:
    return int.from_bytes(hashlib.sha256(seed.encode()).digest()[:7], "little")
