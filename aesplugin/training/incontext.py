"""Train the in-context network on episodes: k rated photos of one rater, then queries."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from aesplugin.models.personal.incontext import InContextTaste
from aesplugin.training.episodes import Batch, Material, draw_batch

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How the network is trained."""

    steps: int
    rate: float = 2e-3
    decay: float = 0.05
    dropout: float = 0.2
    seed: int = 0


def train_network(material: Material, course: Course, say: Say) -> InContextTaste:
    """A network that read `course.steps` batches of episodes; untrained for 0 steps."""
    rng = np.random.default_rng(course.seed)
    network = InContextTaste(material.views.shape[1], dropout=course.dropout)
    if not course.steps:
        return network.eval()
    optimiser = torch.optim.AdamW(network.parameters(), lr=course.rate, weight_decay=course.decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, course.rate, total_steps=max(2, course.steps), pct_start=0.1
    )
    total = 0.0
    network.train()
    for step in range(1, course.steps + 1):
        loss = loss_of(network, draw_batch(material, rng))
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        total += float(loss.detach())
        if step % 100 == 0:
            say(f"step {step} of {course.steps}: loss {total / 100:.4f}")
            total = 0.0
    network.steps.fill_(course.steps)
    return network.eval()


def loss_of(network: InContextTaste, batch: Batch) -> Tensor:
    """1 - correlation with the rater's own order, and a little squared error, mean over raters."""
    cache = network.read(batch.views, batch.facts, batch.present)
    moved = network.ask(batch.query_views, batch.query_general, cache, batch.present)  # [B, Q]
    foretold = _centred(batch.query_expected + moved, batch.asked)
    actual = _centred(batch.query_ratings, batch.asked)
    together = (foretold * actual).sum(dim=1)
    correlation = together / (foretold.norm(dim=1) * actual.norm(dim=1) + 1e-6)
    error = ((foretold - actual) ** 2).sum() / batch.asked.sum()
    loss: Tensor = (1 - correlation).mean() + 0.1 * error
    return loss


def _centred(values: Tensor, asked: Tensor) -> Tensor:
    """[B, Q] less the mean over the rows that are asked; 0 elsewhere."""
    mean = (values * asked).sum(dim=1, keepdim=True) / asked.sum(dim=1, keepdim=True)
    return (values - mean) * asked
