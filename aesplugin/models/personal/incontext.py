"""Taste read from context: the person's rated photos are tokens, the photo asked about attends.

Beside softmax attention there is one head of linear attention, whose values are the ratings'
surprises: as it starts, it is one step of gradient descent on the examples (von Oswald et al.
2023, "Transformers learn in-context by gradient descent"), so that the network need not discover
in training that photos alike are liked alike.

The context is encoded once per person; what a query needs of it (keys and values) is kept, so
that a photo costs the same few thousand multiplications whether k is 1 or 100. With no context
the answer is exactly 0: the general score stands.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

WIDTH, HEADS, LAYERS = 48, 4, 2
_RATING_FACTS = 3  # residual, rating, general score


class InContextTaste(nn.Module):
    """A small transformer over one person's rated photos.

    `dims` is the width of the taste view of a photo (`view.axes` of the personal model).
    """

    def __init__(self, dims: int, *, dropout: float = 0.1) -> None:
        super().__init__()
        self.look = nn.Linear(dims, WIDTH)
        self.rated = nn.Linear(_RATING_FACTS, WIDTH)
        self.asked = nn.Linear(1, WIDTH)
        self.readers = nn.ModuleList([_Block(dropout) for _ in range(LAYERS)])
        self.askers = nn.ModuleList([_Block(dropout) for _ in range(LAYERS)])
        self.shift = nn.Linear(WIDTH, 1, bias=False)
        nn.init.zeros_(self.shift.weight)
        self.match = nn.Linear(dims, dims, bias=False)
        nn.init.eye_(self.match.weight)
        self.gain = nn.Parameter(torch.zeros(2))  # logs: of the step, and how it shrinks with k
        self.register_buffer("steps", torch.zeros(()))  # of training
        self.steps: Tensor

    @property
    def trained(self) -> bool:
        """Whether there was any training; without it the network moves nothing."""
        return bool(self.steps > 0)

    def read(self, views: Tensor, facts: Tensor, present: Tensor) -> list[tuple[Tensor, Tensor]]:
        """Encode the context once.

        Args:
            views: [B, K, dims] the rated photos.
            facts: [B, K, 3] residual, rating and general score, standardised.
            present: [B, K] False where a row is padding.

        Returns:
            The cache: keys and values of each asking layer, [B, heads, K, width / heads]; last
            what linear attention needs, [B, dims] and the step's size [B, 1].
        """
        x = self.look(views) + self.rated(facts)  # [B, K, W]
        for block in self.readers:
            x = block(x, *_context(block, x), present)
        surprise = facts[..., :1] * present[..., None]  # [B, K, 1]
        summed = (self.match(views) * surprise).sum(dim=1)  # [B, dims]
        size, shrink = self.gain.exp()
        step = size / (1 + 0.1 * shrink * present.sum(dim=1, keepdim=True))  # [B, 1]
        return [*(_context(block, x) for block in self.askers), (summed, step)]

    def ask(
        self, views: Tensor, general: Tensor, cache: list[tuple[Tensor, Tensor]], present: Tensor
    ) -> Tensor:
        """How the person's taste moves each photo: [B, Q], in standard deviations of rating.

        Args:
            views: [B, Q, dims] the photos asked about.
            general: [B, Q] their standardised general score.
            cache: from `read`.
            present: [B, K].
        """
        x = self.look(views) + self.asked(general[..., None])  # [B, Q, W]
        *layers, (summed, step) = cache
        for block, (keys, values) in zip(self.askers, layers, strict=True):
            x = block(x, keys, values, present)
        alike = (self.match(views) @ summed[..., None])[..., 0]  # [B, Q]
        shift: Tensor = self.shift(x)[..., 0] + step * alike
        return shift * present.any(dim=1, keepdim=True)


class _Block(nn.Module):
    """Attention to given keys and values, then a feed-forward; pre-norm residual."""

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.before = nn.LayerNorm(WIDTH)
        self.query = nn.Linear(WIDTH, WIDTH)
        self.both = nn.Linear(WIDTH, 2 * WIDTH)
        self.out = nn.Linear(WIDTH, WIDTH)
        self.feed = nn.Sequential(
            nn.LayerNorm(WIDTH), nn.Linear(WIDTH, 2 * WIDTH), nn.GELU(), nn.Linear(2 * WIDTH, WIDTH)
        )
        self.dropout = nn.Dropout(dropout)

    def keys_values(self, context: Tensor) -> tuple[Tensor, Tensor]:
        keys, values = self.both(self.before(context)).chunk(2, dim=-1)
        return _heads(keys), _heads(values)

    def forward(self, x: Tensor, keys: Tensor, values: Tensor, present: Tensor) -> Tensor:
        query = _heads(self.query(self.before(x)))
        mask = present[:, None, None, :] | ~present.any(dim=1)[:, None, None, None]  # never empty
        seen = F.scaled_dot_product_attention(query, keys, values, attn_mask=mask)
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


def empty_context(dims: int) -> tuple[Tensor, Tensor, Tensor]:
    """views, facts and present of a person nobody knows: one padded row."""
    return torch.zeros(1, 1, dims), torch.zeros(1, 1, _RATING_FACTS), torch.zeros(1, 1).bool()
