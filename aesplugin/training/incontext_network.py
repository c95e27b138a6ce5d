"""The in-context network as it is trained; in use `aesplugin.models.personal.incontext` answers.

The person's rated photos are tokens, and the photo asked about attends to them.

The network corrects the posterior's answer (`prior.py`) and starts as exactly that answer: its
last layer is zero. So training spends nothing on finding out that photos alike are liked alike;
what is left to learn is how people depart from the prior.

Of photos the network sees nothing but how alike two of them are, and the person's words. It
cannot learn photos or directions by heart, of which a panel has only hundreds, and it works on any
basis of the taste view: what it learnt with a prior made for some raters holds for another prior.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from aesplugin.models.personal.facts import ASKED, SAID
from aesplugin.models.personal.incontext import HEADS, LAYERS, WIDTH, InContextReader

_NEARNESS = (0.5, 1.0, 2.0, 4.0)  # of each head: how much attention follows the look, at first


class Context(NamedTuple):
    """What is kept of one person's examples."""

    views: Tensor  # [B, K, dims], of length 1
    present: Tensor  # [B, K] False where a row is padding
    layers: tuple[tuple[Tensor, Tensor], ...]  # keys, values [B, heads, K, width / heads]


class InContextTaste(nn.Module):
    """A small transformer over one person's rated photos."""

    def __init__(self, *, dropout: float = 0.1) -> None:
        super().__init__()
        self.said = nn.Linear(SAID, WIDTH)
        self.asked = nn.Linear(ASKED, WIDTH)
        self.readers = nn.ModuleList([_Block(dropout) for _ in range(LAYERS)])
        self.askers = nn.ModuleList([_Block(dropout) for _ in range(LAYERS)])
        self.after = nn.LayerNorm(WIDTH)
        self.change = nn.Linear(WIDTH, 2)
        nn.init.zeros_(self.change.weight)
        nn.init.zeros_(self.change.bias)

    def reader(self) -> InContextReader:
        """The same without torch, for answering."""
        return InContextReader({name: value.numpy() for name, value in self.state_dict().items()})

    def read(self, views: Tensor, said: Tensor, present: Tensor) -> Context:
        """Encode the context once.

        Args:
            views: [B, K, dims] the rated photos, in any basis.
            said: [B, K, SAID] `facts.told_of_examples`.
            present: [B, K] False where a row is padding.
        """
        views = F.normalize(views, dim=-1)
        x = self.said(said)  # [B, K, W]
        near = views @ views.mT  # [B, K, K]
        for block in self.readers:
            x = block(x, near, present, *_context(block, x))
        return Context(views, present, tuple(_context(block, x) for block in self.askers))

    def ask(self, views: Tensor, asked: Tensor, context: Context) -> Tensor:
        """How the person's taste moves each photo: [B, Q], in standard deviations of rating.

        Args:
            views: [B, Q, dims] the photos asked about.
            asked: [B, Q, ASKED] `facts.told_of_queries`; the first is the posterior's move.
            context: from `read`; where it is empty, the answer is 0.
        """
        x = self.asked(asked)  # [B, Q, W]
        near = F.normalize(views, dim=-1) @ context.views.mT  # [B, Q, K]
        for block, (keys, values) in zip(self.askers, context.layers, strict=True):
            x = block(x, near, context.present, keys, values)
        shift, gain = self.change(self.after(x)).unbind(dim=-1)  # [B, Q] each
        moved: Tensor = asked[..., 0] * (1 + gain.tanh()) + shift
        return moved * context.present.any(dim=1, keepdim=True)


class _Block(nn.Module):
    """Attention to given keys and values by content and look, then a feed-forward; pre-norm."""

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.before = nn.LayerNorm(WIDTH)
        self.query = nn.Linear(WIDTH, WIDTH)
        self.both = nn.Linear(WIDTH, 2 * WIDTH)
        self.near = nn.Parameter(torch.tensor(_NEARNESS))  # [heads]
        self.out = nn.Linear(WIDTH, WIDTH)
        self.feed = nn.Sequential(
            nn.LayerNorm(WIDTH), nn.Linear(WIDTH, 2 * WIDTH), nn.GELU(), nn.Linear(2 * WIDTH, WIDTH)
        )
        self.dropout = nn.Dropout(dropout)

    def keys_values(self, context: Tensor) -> tuple[Tensor, Tensor]:
        keys, values = self.both(self.before(context)).chunk(2, dim=-1)
        return _heads(keys), _heads(values)

    def forward(
        self, x: Tensor, near: Tensor, present: Tensor, keys: Tensor, values: Tensor
    ) -> Tensor:
        query = _heads(self.query(self.before(x)))
        readable = present | ~present.any(dim=1, keepdim=True)  # [B, K], never nothing at all
        look = self.near[:, None, None] * near[:, None]  # [B, heads, N, K]
        look = look.masked_fill(~readable[:, None, None], -torch.inf)
        seen = F.scaled_dot_product_attention(query, keys, values, attn_mask=look)
        x = x + self.dropout(self.out(seen.transpose(1, 2).flatten(2)))
        result: Tensor = x + self.dropout(self.feed(x))
        return result


def _context(block: nn.Module, x: Tensor) -> tuple[Tensor, Tensor]:
    assert isinstance(block, _Block)
    return block.keys_values(x)


def _heads(x: Tensor) -> Tensor:
    """[B, N, W] -> [B, heads, N, W / heads]."""
    batch, count, width = x.shape
    return x.view(batch, count, HEADS, width // HEADS).transpose(1, 2)
