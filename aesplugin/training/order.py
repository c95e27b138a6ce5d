"""The scorer's fit: agree with people's votes, and put every flawed copy below its original.

One linear function of standardised features learns both at once. Order is self-supervision in
the manner of SAAN (Yi et al. 2023): margins that grow with severity, no absolute values. What
votes alone would say of unlabelled photos is kept (self-distillation), or the order would be
learnt from what a photo shows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor
from torch.nn import functional as F

from aesplugin.assessment import Flaw

ORIGINAL, SAME, FLAWED, NOTHING = range(4)  # roles of rows

# Votes alone like these copies as much as their originals or more: their order weighs more.
FLAW_WEIGHTS: Final[Mapping[Flaw, float]] = {
    Flaw.OVEREXPOSED: 8.0,
    Flaw.UNDEREXPOSED: 4.0,
    Flaw.OVERSATURATED: 2.0,
    Flaw.UNDERSATURATED: 2.0,
    Flaw.COLOR_CAST: 2.0,
    Flaw.VIGNETTING: 2.0,
    Flaw.JPEG_ARTIFACTS: 2.0,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderOptions:
    """Weights of the terms, each relative to the votes' squared error; the shipped recipe."""

    penalty: float = 0.3  # of the squared weights; features average to a kernel diagonal of 1
    order: float = 15.0
    keep: float = 3.0  # of what votes alone say of unlabelled photos, and of harmless copies
    nothing: float = 1.5
    margin: tuple[float, float] = (0.1, 0.2)  # on the votes' scale: at severity 0, what 1 adds
    bottom: float = 1.2  # where pictures of nothing belong, on the votes' scale
    iterations: int = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderData:
    """Rows of all versions of all photos; NaN where a row has no vote.

    `votes`, `taste` (what votes alone predict), `severity`, `weight` (of flawed rows): [N];
    `original`: row of each row's photo; `role`: one of the constants above.
    """

    votes: Tensor
    taste: Tensor
    original: Tensor
    severity: Tensor
    weight: Tensor
    role: Tensor


def fit_order(
    features: Tensor, data: OrderData, kept: Tensor, options: OrderOptions
) -> tuple[Tensor, float]:
    """Weights [D] and bias fitted to the rows `kept` [N] (bool) of `features` [N, D].

    Deterministic: a convex problem, solved by L-BFGS from zero.
    """
    rows = _Rows.of(data, kept)
    weights = torch.zeros(features.shape[1], requires_grad=True)
    bias = data.votes[rows.rated].mean().reshape(1).requires_grad_()
    optimiser = torch.optim.LBFGS(
        [weights, bias],
        max_iter=options.iterations,
        history_size=20,
        line_search_fn="strong_wolfe",
    )

    def closure() -> Tensor:
        optimiser.zero_grad()
        loss = _loss(features @ weights + bias, data, rows, options)
        loss = loss * len(rows.rated) + options.penalty * weights.square().sum()
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    optimiser.step(closure)  # type: ignore[no-untyped-call]
    return weights.detach(), float(bias.detach())


@dataclass(frozen=True, slots=True)
class _Rows:
    rated: Tensor
    unrated: Tensor
    same: Tensor
    flawed: Tensor
    nothing: Tensor

    @classmethod
    def of(cls, data: OrderData, kept: Tensor) -> "_Rows":
        rated = data.votes.isfinite()
        chosen = (
            rated,
            ~rated & (data.role == ORIGINAL),
            data.role == SAME,
            data.role == FLAWED,
            data.role == NOTHING,
        )
        return cls(*((some & kept).nonzero().squeeze(1) for some in chosen))


def _loss(said: Tensor, data: OrderData, rows: _Rows, options: OrderOptions) -> Tensor:
    """Mean errors of each kind of row; `said` [N] on the votes' scale."""
    mild, more = options.margin
    flawed = rows.flawed
    margin = mild + more * data.severity[flawed]
    short = F.relu(margin - (said[data.original[flawed]] - said[flawed]))
    kept = said[rows.unrated] - data.taste[rows.unrated]
    moved = said[rows.same] - said[data.original[rows.same]]
    return (
        _mean((said[rows.rated] - data.votes[rows.rated]).square())
        + options.order * _mean(data.weight[flawed] * short.square())
        + options.keep * (_mean(kept.square()) + _mean(moved.square()))
        + options.nothing * _mean(F.relu(said[rows.nothing] - options.bottom).square())
    )


def _mean(values: Tensor) -> Tensor:
    """Zero for no rows of a kind, rather than NaN."""
    return values.sum() / max(len(values), 1)
