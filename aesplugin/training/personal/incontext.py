"""The in-context network, trained on episodes: k rated photos of one rater, then queries."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from aesplugin.models.personal.examples import EXAMPLE_FACTS, QUERY_FACTS
from aesplugin.models.personal.incontext import HEADS, LAYERS, WIDTH, InContextReader
from aesplugin.models.personal.prompt import PromptTaste
from aesplugin.models.runtime import device_named, one_thread
from aesplugin.training.personal.episodes import Batch, Material, draw_batch

_NEARNESS = (0.5, 1.0, 2.0, 4.0)  # of each head: how much attention follows the look, at first


class Context(NamedTuple):
    """What is kept of one person's examples."""

    views: Tensor  # [B, K, dims], of length 1
    present: Tensor  # [B, K] False where a row is padding
    layers: tuple[tuple[Tensor, Tensor], ...]  # keys, values [B, heads, K, width / heads]


class InContextTaste(nn.Module):
    """A small transformer over one person's rated photos."""

    def __init__(self, *, dropout: float = 0.1) -> None:
        super().__init__()
        self.said = nn.Linear(EXAMPLE_FACTS, WIDTH)
        self.asked = nn.Linear(QUERY_FACTS, WIDTH)
        self.readers = nn.ModuleList([_Block(dropout) for _ in range(LAYERS)])
        self.askers = nn.ModuleList([_Block(dropout) for _ in range(LAYERS)])
        self.after = nn.LayerNorm(WIDTH)
        self.change = nn.Linear(WIDTH, 2)
        nn.init.zeros_(self.change.weight)
        nn.init.zeros_(self.change.bias)

    def reader(self) -> InContextReader:
        """The same without torch, for answering."""
        return InContextReader({name: value.numpy() for name, value in self.state_dict().items()})

    def read(self, views: Tensor, said: Tensor, present: Tensor) -> Context:
        """Encode the context once.

        Args:
            views: [B, K, dims] the rated photos, in any basis.
            said: [B, K, EXAMPLE_FACTS] `facts_of_examples`.
            present: [B, K] False where a row is padding.
        """
        views = F.normalize(views, dim=-1)
        x = self.said(said)  # [B, K, W]
        near = views @ views.mT  # [B, K, K]
        for block in self.readers:
            x = block(x, near, present, *_context(block, x))
        return Context(views, present, tuple(_context(block, x) for block in self.askers))

    def ask(self, views: Tensor, asked: Tensor, context: Context) -> Tensor:
        """How the person's taste moves each photo: [B, Q], in standard deviations of rating.

        Args:
            views: [B, Q, dims] the photos asked about.
            asked: [B, Q, QUERY_FACTS] `facts_of_queries`; the first is the posterior's move.
            context: from `read`; where it is empty, the answer is 0.
        """
        x = self.asked(asked)  # [B, Q, W]
        near = F.normalize(views, dim=-1) @ context.views.mT  # [B, Q, K]
        for block, (keys, values) in zip(self.askers, context.layers, strict=True):
            x = block(x, near, context.present, keys, values)
        shift, gain = self.change(self.after(x)).unbind(dim=-1)  # [B, Q] each
        moved: Tensor = asked[..., 0] * (1 + gain.tanh()) + shift
        return moved * context.present.any(dim=1, keepdim=True)


class _Block(nn.Module):
    """Attention to given keys and values by content and look, then a feed-forward; pre-norm."""

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.before = nn.LayerNorm(WIDTH)
        self.query = nn.Linear(WIDTH, WIDTH)
        self.both = nn.Linear(WIDTH, 2 * WIDTH)
        self.near = nn.Parameter(torch.tensor(_NEARNESS))  # [heads]
        self.out = nn.Linear(WIDTH, WIDTH)
        self.feed = nn.Sequential(
            nn.LayerNorm(WIDTH), nn.Linear(WIDTH, 2 * WIDTH), nn.GELU(), nn.Linear(2 * WIDTH, WIDTH)
        )
        self.dropout = nn.Dropout(dropout)

    def keys_values(self, context: Tensor) -> tuple[Tensor, Tensor]:
        keys, values = self.both(self.before(context)).chunk(2, dim=-1)
        return _heads(keys), _heads(values)

    def forward(
        self, x: Tensor, near: Tensor, present: Tensor, keys: Tensor, values: Tensor
    ) -> Tensor:
        query = _heads(self.query(self.before(x)))
        readable = present | ~present.any(dim=1, keepdim=True)  # [B, K], never nothing at all
        look = self.near[:, None, None] * near[:, None]  # [B, heads, N, K]
        look = look.masked_fill(~readable[:, None, None], -torch.inf)
        seen = F.scaled_dot_product_attention(query, keys, values, attn_mask=look)
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


Say = Callable[[str], None]
_LINES = 10  # printed for a training
_CPU = torch.device("cpu")


class Trained(Protocol):
    """A network that reads B people's rated photos at once: in use, a reader asks it for one."""

    def train(self, mode: bool = True) -> Any:  # noqa: FBT001, FBT002 - as torch names it
        """Turns dropout on."""
        ...

    def read(self, photos: Tensor, said: Tensor, present: Tensor) -> Any:
        """Encode the context: [B, K, D or d], [B, K, EXAMPLE_FACTS], [B, K] (padding: False)."""
        ...

    def ask(self, photos: Tensor, asked: Tensor, context: Any) -> Tensor:
        """Moves [B, Q], in deviations of rating, of [B, Q, D or d], [B, Q, QUERY_FACTS]."""
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
            predicted = predict(reader, batch).float()
        loss = loss_of(predicted, batch)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(parts, 1.0)
        optimiser.step()
        schedule.step()
        ours += float(agreement(predicted.detach(), batch).mean())
        priors += float(agreement(_priors(batch), batch).mean())
        if step % every == 0:
            say(_progress(step, course.steps, ours / every, priors / every))
            ours = priors = 0.0


def predict(reader: Trained, batch: Batch) -> Tensor:
    """What the reader says of the queries: [B, Q], in standard deviations of rating."""
    context = reader.read(batch.shown, batch.said, batch.present)
    return batch.query_expected + reader.ask(batch.query_shown, batch.query_facts, context)


def loss_of(predicted: Tensor, batch: Batch) -> Tensor:
    """1 - correlation with the rater's own order, and a little squared error, mean over raters."""
    error = _centred(predicted - batch.query_ratings, batch.asked)
    squares = (error**2).sum() / batch.asked.sum()
    loss: Tensor = (1 - agreement(predicted, batch)).mean() + 0.1 * squares
    return loss


def agreement(predicted: Tensor, batch: Batch) -> Tensor:
    """Correlation of what is predicted [B, Q] with each rater's ratings: [B]."""
    one, other = (_centred(x, batch.asked) for x in (predicted, batch.query_ratings))
    found: Tensor = (one * other).sum(dim=1) / (one.norm(dim=1) * other.norm(dim=1) + 1e-6)
    return found


def _priors(batch: Batch) -> Tensor:
    return batch.query_expected + batch.query_facts[..., 0]


def _progress(step: int, steps: int, ours: float, priors: float) -> str:
    return (
        f"step {step} of {steps}: correlation with training raters {ours:.4f}, prior alone"
        f" {priors:.4f} ({ours - priors:+.4f})"
    )


def _centred(values: Tensor, asked: Tensor) -> Tensor:
    """[B, Q] less the mean over the rows that are asked; 0 elsewhere."""
    mean = (values * asked).sum(dim=1, keepdim=True) / asked.sum(dim=1, keepdim=True)
    return (values - mean) * asked
