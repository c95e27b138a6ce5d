"""Fits what people would vote: ridge regression on late features, each block of the same weight."""

from collections.abc import Mapping
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from aesplugin.models.judge.features import block_widths
from aesplugin.models.judge.votes import VOTE_BLOCKS, VoteHead

_PENALTY: Final = 0.4  # chosen on fold assignments of seeds 1 to 3; seed 0 reports
_LEAST_DEVIATION: Final = 1e-3


def fit_votes(
    blocks: Mapping[str, NDArray[np.float16]],
    votes: NDArray[np.float64],
    fold: NDArray[np.int64],
    folds: int,
) -> VoteHead:
    """From blocks [N, W] of voted photos, their mean votes [N] on 1..10, and their folds [N]."""
    values = torch.cat([torch.from_numpy(blocks[name]).double() for name in VOTE_BLOCKS], dim=1)
    wanted = torch.from_numpy(votes)
    solved = []
    for row in range(1 + folds):
        rows = torch.from_numpy(np.flatnonzero(fold != row - 1))
        solved.append(_ridge(values[rows], wanted[rows]))
    weights, biases = zip(*solved, strict=True)
    return VoteHead(torch.stack(weights).numpy(), torch.stack(biases).numpy())


def _ridge(values: Tensor, votes: Tensor) -> tuple[Tensor, Tensor]:
    """Weights [W] and bias on the features as they are."""
    widths = [block_widths()[name] for name in VOTE_BLOCKS]
    share = torch.cat([torch.full((w,), (w * len(widths)) ** -0.5) for w in widths])
    mean, deviation = values.mean(0), values.std(0) + _LEAST_DEVIATION
    scale = share / deviation
    standard = (values - mean) * scale  # [N, W]
    gram = standard @ standard.T
    gram.diagonal().add_(_PENALTY)
    duals = torch.linalg.solve(gram, votes - votes.mean())
    weight = (standard.T @ duals) * scale
    return weight.float(), (votes.mean() - mean @ weight).float()
