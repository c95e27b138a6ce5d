"""Train the in-context network on episodes: k rated photos of one rater, then queries."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from aesplugin.models.one_thread import one_thread
from aesplugin.models.personal.incontext import InContextTaste
from aesplugin.training.episodes import Batch, Material, draw_batch

Say = Callable[[str], None]
_TOLD = 250  # steps between two lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How the network is trained."""

    steps: int
    rate: float = 1e-3
    decay: float = 0.05
    dropout: float = 0.1
    seed: int = 0


@one_thread()
def train_network(materials: Sequence[Material], course: Course, say: Say) -> InContextTaste:
    """A network that read `course.steps` batches of episodes; it begins as the prior's answer."""
    rng = np.random.default_rng(course.seed)
    network = InContextTaste(dropout=course.dropout)
    optimiser = torch.optim.AdamW(network.parameters(), lr=course.rate, weight_decay=course.decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, course.rate, total_steps=max(2, course.steps), pct_start=0.1
    )
    ours = priors = 0.0
    network.train()
    for step in range(1, course.steps + 1):
        batch = draw_batch(materials, rng)
        foretold = foretell(network, batch)
        loss = loss_of(foretold, batch)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        ours += float(agreement(foretold.detach(), batch).mean())
        priors += float(agreement(_priors(batch), batch).mean())
        if step % _TOLD == 0:
            say(_told(step, course.steps, ours / _TOLD, priors / _TOLD))
            ours = priors = 0.0
    return network.eval()


def foretell(network: InContextTaste, batch: Batch) -> Tensor:
    """What the network says of the queries: [B, Q], in standard deviations of rating."""
    context = network.read(batch.views, batch.said, batch.present)
    return batch.query_expected + network.ask(batch.query_views, batch.query_facts, context)


def loss_of(foretold: Tensor, batch: Batch) -> Tensor:
    """1 - correlation with the rater's own order, and a little squared error, mean over raters."""
    error = _centred(foretold - batch.query_ratings, batch.asked)
    squares = (error**2).sum() / batch.asked.sum()
    loss: Tensor = (1 - agreement(foretold, batch)).mean() + 0.1 * squares
    return loss


def agreement(foretold: Tensor, batch: Batch) -> Tensor:
    """Correlation of what is foretold [B, Q] with each rater's ratings: [B]."""
    one, other = (_centred(x, batch.asked) for x in (foretold, batch.query_ratings))
    found: Tensor = (one * other).sum(dim=1) / (one.norm(dim=1) * other.norm(dim=1) + 1e-6)
    return found


def _priors(batch: Batch) -> Tensor:
    return batch.query_expected + batch.query_facts[..., 0]


def _told(step: int, steps: int, ours: float, priors: float) -> str:
    return (
        f"step {step} of {steps}: correlation with learning raters {ours:.4f}, of the prior alone"
        f" {priors:.4f} ({ours - priors:+.4f})"
    )


def _centred(values: Tensor, asked: Tensor) -> Tensor:
    """[B, Q] less the mean over the rows that are asked; 0 elsewhere."""
    mean = (values * asked).sum(dim=1, keepdim=True) / asked.sum(dim=1, keepdim=True)
    return (values - mean) * asked
