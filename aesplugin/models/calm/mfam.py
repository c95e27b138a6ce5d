"""MFAM, the multi-scale feature alignment module: three Q-Formers and a thematic branch.

Each Q-Former (after BLIP-2, arXiv 2301.12597) has learnable queries of one aesthetic level and
reads the encoder at one scale; the thematic branch is fully connected, as in the paper. What is
measured on the pixels joins the low and the middle level as tokens of its own: the paper does
not say what its low-level queries read, and a frozen classifier's early layers do not tell a
leaning horizon from a level one.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from aesplugin.models.calm.config import LEVELS, CalmConfig
from aesplugin.models.calm.encoder import FeatureShape, LevelFeatures

_HIDDEN = 0.6  # of a scale's tokens, at most, in one step of training


class Insight(NamedTuple):
    """What MFAM makes of a batch: `tokens` for the language model, `levels` for the heads."""

    tokens: Tensor  # [B, 3 Q + T, H]: <low><middle><high><thematic>, the score's token not yet
    levels: Tensor  # [B, 3, D]: the mean query of each level
    theme: Tensor  # [B, D]
    measured: Tensor  # [B, D]

    @property
    def pooled(self) -> Tensor:
        """[B, 5 D]."""
        return torch.cat([self.levels.flatten(1), self.theme, self.measured], dim=1)


class _Attention(nn.Module):
    """Multi-head attention of `x` over `memory`, both normalised by the caller."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(width, width)
        self.key_value = nn.Linear(width, 2 * width)
        self.out = nn.Linear(width, width)

    def forward(self, x: Tensor, memory: Tensor) -> Tensor:  # [B, Q, D], [B, N, D] -> [B, Q, D]
        query = self.query(x).unflatten(-1, (self.heads, -1)).transpose(1, 2)
        key, value = (
            part.unflatten(-1, (self.heads, -1)).transpose(1, 2)
            for part in self.key_value(memory).chunk(2, dim=-1)
        )
        mixed = F.scaled_dot_product_attention(query, key, value)
        out: Tensor = self.out(mixed.transpose(1, 2).flatten(2))
        return out


class _Block(nn.Module):
    """Queries look at each other, then at the photo, then think."""

    def __init__(self, config: CalmConfig) -> None:
        super().__init__()
        width = config.width
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(3))
        self.among = _Attention(width, config.heads)
        self.across = _Attention(width, config.heads)
        self.think = nn.Sequential(
            nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width)
        )
        self.drop = nn.Dropout(config.dropout)

    def forward(self, queries: Tensor, memory: Tensor) -> Tensor:
        near = self.norms[0](queries)
        queries = queries + self.drop(self.among(near, near))
        queries = queries + self.drop(self.across(self.norms[1](queries), memory))
        out: Tensor = queries + self.drop(self.think(self.norms[2](queries)))
        return out


class QFormer(nn.Module):
    """Learnable queries of one level, reading one scale of the encoder."""

    def __init__(self, config: CalmConfig, tokens: int, channels: int) -> None:
        super().__init__()
        width = config.width
        self.queries = nn.Parameter(torch.randn(config.queries, width) * 0.02)
        self.places = nn.Parameter(torch.randn(tokens, width) * 0.02)
        self.scale = Standardise(channels)
        self.drop = nn.Dropout1d(config.dropout)
        self.enter = nn.Linear(channels, width)
        self.memory_norm = nn.LayerNorm(width)
        self.blocks = nn.ModuleList(_Block(config) for _ in range(config.depth))
        self.leave = nn.LayerNorm(width)

    def forward(self, features: Tensor, more: Tensor | None = None) -> Tensor:
        """[B, N, C] -> [B, Q, D]; `more` [B, M, D] are tokens to be read beside the scale."""
        fewer = self.drop(self.scale(features).transpose(1, 2)).transpose(1, 2)  # whole channels
        memory = self._seen(self.enter(fewer) + self.places)
        if more is not None:
            memory = torch.cat([memory, more], dim=1)
        memory = self.memory_norm(memory)
        queries = self.queries.expand(features.shape[0], -1, -1)
        for block in self.blocks:
            queries = block(queries, memory)
        out: Tensor = self.leave(queries)
        return out

    def _seen(self, memory: Tensor) -> Tensor:  # [B, N, D] -> [B, at most N, D]
        """In training some places, others at every step: photos are soon learnt by heart else."""
        if not self.training:
            return memory
        places = memory.shape[1]
        count = max(1, round(places * (1 - _HIDDEN * float(torch.rand(())))))
        return memory[:, torch.randperm(places)[:count].to(memory.device)]


class Standardise(nn.Module):
    """Brings each channel of the frozen encoder to zero mean and unit deviation."""

    mean: Tensor
    deviation: Tensor

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(channels))
        self.register_buffer("deviation", torch.ones(channels))

    def fit(self, features: Tensor) -> None:
        """Measures the statistics on `features` [..., C]; done once, before training."""
        flat = features.reshape(-1, features.shape[-1]).float()
        self.mean.copy_(flat.mean(0))
        self.deviation.copy_(flat.std(0).clamp_min(1e-3))

    def forward(self, features: Tensor) -> Tensor:
        return ((features - self.mean) / self.deviation).clamp(-8, 8)


class Measured(nn.Module):
    """Pixel measures [B, M] to a vector [B, D], and to tokens for each level that reads them."""

    LEVELS = ("low", "middle")

    def __init__(self, config: CalmConfig, measures: int) -> None:
        super().__init__()
        width, self.tokens = config.width, config.measure_tokens
        self.scale = Standardise(measures)
        self.enter = nn.Sequential(
            nn.Linear(measures, 2 * width), nn.GELU(), nn.Dropout(config.dropout)
        )
        self.vector = nn.Sequential(nn.Linear(2 * width, width), nn.GELU(), nn.LayerNorm(width))
        self.spread = nn.ModuleDict(
            {name: nn.Linear(2 * width, self.tokens * width) for name in self.LEVELS}
        )

    def forward(self, measures: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        hidden = self.enter(self.scale(measures))
        more = {
            name: layer(hidden).unflatten(1, (self.tokens, -1))
            for name, layer in self.spread.items()
        }
        return self.vector(hidden), more


class Mfam(nn.Module):
    """Encoder levels in, embeddings for the language model out. See `Insight` for shapes."""

    def __init__(self, config: CalmConfig, shape: FeatureShape) -> None:
        super().__init__()
        hidden, width = int(config.language["hidden_size"]), config.width
        self.formers = nn.ModuleDict(
            {
                name: QFormer(config, *size)
                for name, size in zip(LEVELS, (shape.low, shape.middle, shape.high), strict=True)
            }
        )
        self.to_language = nn.ModuleDict({name: nn.Linear(width, hidden) for name in LEVELS})
        self.measured = Measured(config, shape.measures)
        self.theme_scale = Standardise(shape.theme)
        self.theme = nn.Sequential(
            nn.Dropout(config.dropout), nn.Linear(shape.theme, width), nn.GELU()
        )
        self.theme_norm = nn.LayerNorm(width)
        self.theme_to_language = nn.Linear(width, config.theme_tokens * hidden)
        self.theme_tokens = config.theme_tokens

    def fit_scales(self, features: LevelFeatures) -> None:
        """Sets the input statistics from many photos' features."""
        for name, level in zip(LEVELS, features[:3], strict=True):
            self.formers[name].scale.fit(level)  # type: ignore[operator, union-attr]
        self.theme_scale.fit(features.theme)
        self.measured.scale.fit(features.measures)

    def forward(self, features: LevelFeatures) -> Insight:
        measured, more = self.measured(features.measures)
        queries = [
            self.formers[name](features[index], more.get(name)) for index, name in enumerate(LEVELS)
        ]
        theme = self.theme_norm(self.theme(self.theme_scale(features.theme)))
        parts = [self.to_language[name](query) for name, query in zip(LEVELS, queries, strict=True)]
        themed = self.theme_to_language(theme).unflatten(1, (self.theme_tokens, -1))
        tokens = torch.cat([*parts, themed], dim=1)
        levels = torch.stack([query.mean(dim=1) for query in queries], dim=1)
        return Insight(tokens, levels, theme, measured)
