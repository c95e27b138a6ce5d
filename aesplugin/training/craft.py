"""Craft: a small network learns that a flawed copy is worth less than its original.

Self-supervision in the manner of SAAN (Yi et al. 2023): order, not absolute values. The margin
grows with the severity; harmless copies keep their score; pictures of nothing go to the bottom;
clean photos keep the score that people's votes gave.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional as F

MARGIN: Final = (0.25, 1.0)  # on the scale of votes 1..7: at severity 0, and what 1 adds
BOTTOM: Final = 1.2  # where pictures of nothing belong


@dataclass(frozen=True, slots=True, kw_only=True)
class CraftData:
    """Rows of all versions of all photos.

    `embedding` [N, 384]; `taste` [N] what votes alone predict; `original` [N] the row of each
    row's photo; `severity` [N] of flawed rows; `role` [N], one of the constants below.
    """

    embedding: Tensor
    taste: Tensor
    original: Tensor
    severity: Tensor
    role: Tensor


ORIGINAL, SAME, FLAWED, NOTHING = range(4)


@dataclass(frozen=True, slots=True, kw_only=True)
class CraftOptions:
    """How the network is trained; the defaults are the shipped recipe."""

    steps: int = 1500
    batch: int = 1024
    learning_rate: float = 2e-3
    weight_decay: float = 0.05
    dropout: float = 0.2
    keep: float = 0.5  # weight of leaving clean photos alone
    seed: int = 0


def train_craft(
    network: nn.Module,
    data: CraftData,
    options: CraftOptions,
    progress: Callable[[int, float], None] = lambda step, loss: None,
) -> None:
    """Trains `network` (embedding [B, 384] → [B, 1]) in place; the same seed gives the same."""
    generator = torch.Generator().manual_seed(options.seed)
    parameters = list(network.parameters())
    for parameter in parameters:
        parameter.requires_grad_(requires_grad=True)
    optimiser = torch.optim.AdamW(
        parameters, lr=options.learning_rate, weight_decay=options.weight_decay
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, options.learning_rate, total_steps=options.steps
    )
    for step in range(options.steps):
        rows = torch.randint(len(data.role), (options.batch,), generator=generator)
        loss = _loss(network, data, rows, options, generator)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        schedule.step()
        progress(step, float(loss.detach()))
    for parameter in parameters:
        parameter.requires_grad_(requires_grad=False)


def _loss(
    network: nn.Module,
    data: CraftData,
    rows: Tensor,
    options: CraftOptions,
    generator: torch.Generator,
) -> Tensor:
    originals = data.original[rows]
    # the same numbers are dropped in both of a pair: its difference stays a difference of photos
    kept = torch.rand((len(rows), data.embedding.shape[1]), generator=generator) >= options.dropout
    mask = kept / (1 - options.dropout)
    craft = network(data.embedding[rows] * mask).squeeze(1)
    of_original = network(data.embedding[originals] * mask).squeeze(1)
    total, best = data.taste[rows] + craft, data.taste[originals] + of_original
    role = data.role[rows]
    margin = MARGIN[0] + MARGIN[1] * data.severity[rows]
    terms = (
        _mean(F.relu(total - best + margin).square(), role == FLAWED),
        _mean((total - best).square(), role == SAME),
        _mean(F.relu(total - BOTTOM).square(), role == NOTHING),
        options.keep * _mean(of_original.square(), role != NOTHING),
    )
    return torch.stack(terms).sum()


def _mean(values: Tensor, chosen: Tensor) -> Tensor:
    return (values * chosen).sum() / chosen.sum().clamp(min=1)
