"""The score as one more token: what the regression made of all scales, told to the language model.

A dozen tokens taught flaws and themes hold little of what thousands of pooled features say of
beauty: a number said in words, read from them alone, hardly ranks photos (docs/evaluation.md,
read-outs). So the regression's value closes the thematic branch, which is fully connected as
well, and words and numbers agree.
"""

import torch
from torch import Tensor, nn

from aesplugin.models.calm.heads import to_score

_PLACES = 19  # along 1..10, half a point apart


class Verdict(nn.Module):
    """A score [B] in the head's units to an embedding [B, 1, H]; nothing until it is taught."""

    places: Tensor

    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.register_buffer("places", torch.linspace(1, 10, _PLACES), persistent=False)
        self.say = nn.Linear(_PLACES, hidden, bias=False)
        nn.init.zeros_(self.say.weight)

    def forward(self, score: Tensor) -> Tensor:
        gap = self.places[1] - self.places[0]
        near = torch.exp(-(((to_score(score)[:, None] - self.places) / gap) ** 2))  # [B, 19]
        out: Tensor = self.say(near)[:, None]
        return out
