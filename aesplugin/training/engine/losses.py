"""The losses of self-supervision and of the score stage; each a scalar tensor."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from aesplugin.models.calm.heads import CLEAN, Reading


def flaw_loss(reading: Reading, flaw: Tensor) -> Tensor:
    """Which flaw: cross-entropy over 14 flaws and clean. `flaw` [B], `CLEAN` for none."""
    return F.cross_entropy(reading.flaw, flaw, label_smoothing=0.02)


def severity_loss(reading: Reading, flaw: Tensor, severity: Tensor) -> Tensor:
    """How strong: the value of the true flaw against `severity` [B] 0..1; clean rows are out."""
    rows = flaw != CLEAN
    predicted = reading.severity[rows, flaw[rows]]
    return F.smooth_l1_loss(predicted, severity[rows], beta=0.2)


def way_loss(reading: Reading, way: Tensor, allowed: Tensor, flaw: Tensor) -> Tensor:
    """Which way out, among those of the true flaw. `way` [B], -1 where there is only one."""
    rows = way >= 0
    logits = reading.way[rows].masked_fill(~allowed[flaw[rows]], -1e4)
    if not bool(rows.any()):
        return reading.way.sum() * 0
    return F.cross_entropy(logits, way[rows])


def order_loss(better: Tensor, worse: Tensor, margin: Tensor | float) -> Tensor:
    """Severity order: `better` [P] should exceed `worse` [P] by `margin`, softly."""
    return F.softplus(4 * (margin - (better - worse))).mean() / 4


def triplet_loss(anchor: Tensor, near: Tensor, far: Tensor) -> Tensor:
    """Clean is nearer to mild than to strong; L2-normalised, as in SAAN (Yi et al. 2023).

    Margin .2 where SAAN has 1: clean and mild are meant to differ here.
    """
    first, second, third = (F.normalize(value, dim=-1) for value in (anchor, near, far))
    gap: Tensor = (first - second).pow(2).sum(-1) - (first - third).pow(2).sum(-1)
    loss: Tensor = F.relu(gap + 0.2).mean()
    return loss


class Alignment(nn.Module):
    """Text-query alignment: each level's mean query beside the sentence that describes it.

    Sentences are frozen language-model embeddings; both sides are projected to one space and
    compared by cosine, as in CLIP. Lives in training only.
    """

    def __init__(self, width: int, text: int, space: int = 128) -> None:
        super().__init__()
        self.queries = nn.ModuleList(nn.Linear(width, space) for _ in range(4))
        self.text = nn.Linear(text, space)
        self.scale = nn.Parameter(torch.tensor(2.5))

    def forward(self, query: Tensor, texts: Tensor, wanted: Tensor, level: int) -> Tensor:
        """`query` [B, D], one sentence a class `texts` [K, H], right class `wanted` [B]."""
        one = F.normalize(self.queries[level](query), dim=-1)
        two = F.normalize(self.text(texts), dim=-1)
        logits = one @ two.T * self.scale.exp()
        return F.cross_entropy(logits, wanted)
