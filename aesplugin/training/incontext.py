"""Train the in-context network on episodes: k rated photos of one rater, then queries."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor, nn

from aesplugin.models.devices import device_named
from aesplugin.models.one_thread import one_thread
from aesplugin.models.personal.prompt import PromptTaste
from aesplugin.training.episodes import Batch, Material, draw_batch
from aesplugin.training.incontext_network import InContextTaste

Say = Callable[[str], None]
_LINES = 10  # told of a training
_CPU = torch.device("cpu")


class Trained(Protocol):
    """A network that reads B people's rated photos at once: in use, a reader asks it for one."""

    def train(self, mode: bool = True) -> Any:  # noqa: FBT001, FBT002 - as torch names it
        """Turns dropout on."""
        ...

    def read(self, photos: Tensor, said: Tensor, present: Tensor) -> Any:
        """Encode the context: [B, K, D or d], [B, K, SAID], [B, K] (False: padding, last)."""
        ...

    def ask(self, photos: Tensor, asked: Tensor, context: Any) -> Tensor:
        """Moves [B, Q], in standard deviations of rating, of [B, Q, D or d], [B, Q, ASKED]."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How a reader is trained: `size` episodes a step; `half`: its products in bfloat16."""

    steps: int
    rate: float = 1e-3
    decay: float = 0.05
    dropout: float = 0.1
    seed: int = 0
    size: int = 24
    half: bool = False


@one_thread()
def train_network(materials: Sequence[Material], course: Course, say: Say) -> InContextTaste:
    """A network that read `course.steps` batches of episodes; it begins as the prior's answer."""
    network = InContextTaste(dropout=course.dropout)
    _train(network, list(network.parameters()), materials, course, say)
    return network.eval()


def train_prompt(
    reader: PromptTaste, materials: Sequence[Material], course: Course, say: Say
) -> PromptTaste:
    """Teaches a language model to read photos and ratings in its prompt; gives it back.

    On the GPU where there is one; what comes back is on the CPU.
    """
    device = device_named("auto")
    reader.to(device)
    _train(reader, reader.trained_parts(), materials, course, say, device=device)
    return reader.cpu().eval().requires_grad_(requires_grad=False)


def _train(
    reader: Trained,
    parts: Sequence[nn.Parameter],
    materials: Sequence[Material],
    course: Course,
    say: Say,
    *,
    device: torch.device = _CPU,
) -> None:
    rng = np.random.default_rng(course.seed)
    optimiser = torch.optim.AdamW(parts, lr=course.rate, weight_decay=course.decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, course.rate, total_steps=max(2, course.steps), pct_start=0.1
    )
    ours, priors, every = 0.0, 0.0, max(1, course.steps // _LINES)
    reader.train()
    for step in range(1, course.steps + 1):
        batch = draw_batch(materials, rng, size=course.size).to(device)
        with torch.autocast(device.type, torch.bfloat16, enabled=course.half):
            foretold = foretell(reader, batch).float()
        loss = loss_of(foretold, batch)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(parts, 1.0)
        optimiser.step()
        schedule.step()
        ours += float(agreement(foretold.detach(), batch).mean())
        priors += float(agreement(_priors(batch), batch).mean())
        if step % every == 0:
            say(_told(step, course.steps, ours / every, priors / every))
            ours = priors = 0.0


def foretell(reader: Trained, batch: Batch) -> Tensor:
    """What the reader says of the queries: [B, Q], in standard deviations of rating."""
    context = reader.read(batch.shown, batch.said, batch.present)
    return batch.query_expected + reader.ask(batch.query_shown, batch.query_facts, context)


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
