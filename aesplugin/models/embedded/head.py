"""The trained part of the embedded scorer: from pooled features to a score and an embedding.

The score is linear in five groups of features: *taste* (middle and high stages), the means that
the encoder's own classifier reads, *craft* (all stages, deviations where pixels are judged),
*tones* (light and colour) and *waves*, random Fourier features (Rahimi & Recht 2007) that let
"too dark" and "too bright" both be worse than right. The embedding is a whitened PCA of craft.
Training: `aesplugin.training.head`.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file
from torch import Tensor, nn

from aesplugin.assessment import SCORE_MAX, SCORE_MIN
from aesplugin.errors import WeightsDamaged, WeightsMissing
from aesplugin.models.efficientnet import CHANNELS
from aesplugin.models.embedded.features import PATCH_STAGES, Parts, part_widths
from aesplugin.models.embedded.tones import TONES

EMBEDDING: Final = 384  # numbers
BROAD: Final = 128  # leading numbers of the embedding that make waves
LOW: Final = 48  # numbers that sum up early stages for waves
TONE: Final = 40  # numbers that sum up tones for waves
WAVES: Final = 2000  # of each of the three
MOS_MIN: Final = 1.0  # the votes' scale, mapped linearly onto the scores'
MOS_MAX: Final = 7.0
TASTE_PARTS: Final = ("whole3", "whole5", "whole6", "whole7", "grid5")
TASTE: Final = sum(part_widths()[name] for name in TASTE_PARTS)  # numbers
_LINEAR: Final = ("weight", "bias")
_LOW_PARTS: Final = ("whole0", "whole1", "whole2", "patch1", "patch2")


def taste_features(parts: Parts) -> Tensor:
    """[B, 7656]: square roots tame the few large responses."""
    return _root(torch.cat([parts[name] for name in TASTE_PARTS], dim=1))


def head_means_of_taste(taste: Tensor) -> Tensor:
    """[B, 1280]: what the encoder's own classifier reads, found again in `taste_features`."""
    before = sum(part_widths()[name] for name in TASTE_PARTS[: TASTE_PARTS.index("whole7")])
    rooted = taste[:, before : before + CHANNELS[-1]]
    return rooted.sign() * rooted**2


def head_means(parts: Parts) -> Tensor:
    """[B, 1280]: what the encoder's own classifier reads."""
    return parts["whole7"][:, : CHANNELS[-1]]


def craft_features(parts: Parts) -> Tensor:
    """[B, 2664]: means of every stage, deviations where pixels are judged."""
    names = [f"whole{index}" for index in range(len(CHANNELS))]
    names += [f"patch{index}" for index in range(PATCH_STAGES)]
    return _root(torch.cat([_means(parts, name) for name in names], dim=1))


def low_features(parts: Parts) -> Tensor:
    """[B, 320]: the part of craft that knows light, colour and texture but no content."""
    return _root(torch.cat([_means(parts, name) for name in _LOW_PARTS], dim=1))


def _means(parts: Parts, name: str) -> Tensor:
    """Means of a part; of its early stages the deviations too. Maxima are left out."""
    stage = int(name[-1])
    return parts[name][:, : (2 if stage < PATCH_STAGES else 1) * CHANNELS[stage]]


def _root(x: Tensor) -> Tensor:
    return x.sign() * x.abs().sqrt()


def _widths() -> tuple[int, int, int, int]:
    """Of taste, head means, craft, low."""
    nothing = {name: torch.empty(0, width) for name, width in part_widths().items()}
    makers = (taste_features, head_means, craft_features, low_features)
    taste, means, craft, low = (maker(nothing).shape[1] for maker in makers)
    return taste, means, craft, low


class Opinion(nn.Module):
    """One head: the shipped one, or that of a fold which never saw some themes."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.vote = nn.Linear(width, 1)
        self.register_buffer("centre", torch.zeros(1))
        self.register_buffer("gain", torch.ones(1))
        self.centre: Tensor
        self.gain: Tensor

    def forward(self, features: Tensor) -> Tensor:
        """Scores [B], 1..10, from `Head.features`."""
        return to_score(self.stretched(self.vote(features).squeeze(1)))

    def stretched(self, mos: Tensor) -> Tensor:
        """A regression hugs the mean; this gives the estimates the spread of people's votes."""
        return self.centre + self.gain * (mos - self.centre)


def to_score(mos: Tensor) -> Tensor:
    """Mean opinion 1..7 → score 1..10, clamped."""
    share = (mos - MOS_MIN) / (MOS_MAX - MOS_MIN)
    return (SCORE_MIN + (SCORE_MAX - SCORE_MIN) * share).clamp(SCORE_MIN, SCORE_MAX)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """`score` [B] 1..10 of the shipped head; `folds` [B, K] of the others; `embedding` [B, 384]."""

    score: Tensor
    folds: Tensor
    embedding: Tensor


class Head(nn.Module):
    """The shipped opinion, the folds' opinions for honest evaluation, and the embedding."""

    def __init__(self, folds: int) -> None:
        super().__init__()
        taste, means, craft, low = _widths()
        self.reduce = nn.Linear(craft, EMBEDDING)
        self.reduce_low = nn.Linear(low, LOW)
        self.reduce_tones = nn.Linear(TONES, TONE)
        self.waves = nn.Linear(BROAD, WAVES)
        self.waves_low = nn.Linear(LOW, WAVES)
        self.waves_tones = nn.Linear(TONE, WAVES)
        width = taste + means + craft + TONES + 3 * WAVES
        self.shipped = Opinion(width)
        self.folds = nn.ModuleList(Opinion(width) for _ in range(folds))
        self.requires_grad_(requires_grad=False).eval()

    def embed(self, parts: Parts) -> Tensor:
        """The photos' compact views [B, 384], about unit variance in each number."""
        embedding: Tensor = self.reduce(craft_features(parts))
        return embedding

    def wave_features(self, embedding: Tensor, low: Tensor, tones: Tensor) -> Tensor:
        """[B, 6000] from embeddings [B, 384], `low_features` [B, 320] and tones [B, 96]."""
        broad = self.waves(embedding[:, :BROAD])
        early = self.waves_low(self.reduce_low(low))
        light = self.waves_tones(self.reduce_tones(tones))
        return torch.cat([broad, early, light], dim=1).cos()

    @torch.inference_mode()
    def forward(self, parts: Parts) -> Judged:
        """Scores and embeddings of photos by their features."""
        embedding = self.embed(parts)
        tones = parts["tones"]
        waves = self.wave_features(embedding, low_features(parts), tones)
        groups = [taste_features(parts), head_means(parts), craft_features(parts), tones, waves]
        features = torch.cat(groups, dim=1)
        folds = [opinion(features) for opinion in self.folds]
        return Judged(
            score=self.shipped(features),
            folds=torch.stack(folds, dim=1) if folds else features.new_empty(len(features), 0),
            embedding=embedding,
        )


def load_reduction(path: Path) -> nn.Linear:
    """The embedding alone, for another model of the same encoder: `craft_features` -> [B, 384].

    Raises:
        WeightsMissing, WeightsDamaged: as `load_head`.
    """
    _require(path)
    reduce = nn.Linear(_widths()[2], EMBEDDING)
    try:
        with safe_open(path, framework="pt") as stored:
            state = {name: stored.get_tensor(f"reduce.{name}").float() for name in _LINEAR}
        reduce.load_state_dict(state)
    except (SafetensorError, RuntimeError, OSError) as error:
        raise _damaged(path, error) from None
    return reduce.requires_grad_(requires_grad=False)


def load_head(path: Path) -> Head:
    """The head as trained; its large matrices are kept in half precision, used in single.

    Raises:
        WeightsMissing: no such file.
        WeightsDamaged: not a head of ours, or cut off.
    """
    _require(path)
    try:
        state = {name: tensor.float() for name, tensor in load_file(path).items()}
        folds = {name.split(".")[1] for name in state if name.startswith("folds.")}
        head = Head(len(folds))
        head.load_state_dict(state)
    except (SafetensorError, RuntimeError, OSError) as error:
        raise _damaged(path, error) from None
    return head


def _require(path: Path) -> None:
    if not path.is_file():
        raise WeightsMissing(f"{path} is absent: install aesplugin again, or train a head")


def _damaged(path: Path, error: Exception) -> WeightsDamaged:
    reason = (str(error).splitlines() or ["unreadable"])[0]
    return WeightsDamaged(f"{path} is not a head of this release ({reason})")
