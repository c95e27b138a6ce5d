"""Train the personal model: a prior over tastes, and the in-context network, from a panel's votes.

Raters are split (learn, choose, test), themes too: what is measured are raters and themes that
nothing was learnt from. The blend of the two readings is chosen on the raters set aside for it.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from aesplugin.models.personal.incontext import InContextTaste
from aesplugin.models.personal.model import PersonalCard
from aesplugin.models.personal.panel import Panel, Seen
from aesplugin.models.personal.prior import learn_prior
from aesplugin.training.episodes import Batch, Material, draw_batch

Floats = NDArray[np.float64]
Say = Callable[[str], None]

_LEAST_SPREAD = 0.33  # stars: raters who hardly differ are not blown up
_NOISE_BESIDE = 1.2  # the noise of new photos against that of the photos learnt from


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How to train. `axes` is the width of the taste view."""

    axes: int = 24
    steps: int = 600
    rate: float = 2e-3
    decay: float = 0.05
    dropout: float = 0.2
    seed: int = 0
    blend: tuple[float, float] = (0.6, 0.6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """A personal model as `PersonalModel` takes it."""

    card: PersonalCard
    tensors: dict[str, Tensor]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What may be learnt from: `users` (rows of the panel), `photos` [N] (True: yes)."""

    users: NDArray[np.int64]
    photos: NDArray[np.bool_]


def fit(
    panel: Panel, seen: Seen, part: Part, recipe: Recipe, *, say: Say = lambda _: None
) -> Fitted:
    """Learns from a part of a panel; `seen.scores` each by a head that never saw the theme."""
    torch.manual_seed(recipe.seed)
    embeddings = seen.embeddings.astype(np.float64)
    mean, axes = view_axes(embeddings[part.photos], recipe.axes)
    material, facts = _material(panel, seen.scores, (embeddings - mean) @ axes, part)
    network = _train(material, recipe, say)
    tensors = {
        "view.mean": torch.from_numpy(mean.astype(np.float32)),
        "view.axes": torch.from_numpy(axes.astype(np.float32)),
        "prior.covariance": torch.from_numpy(material.prior.covariance.astype(np.float32)),
        "prior.noise": torch.tensor(material.prior.noise * _NOISE_BESIDE + facts.strays**2),
    }
    tensors |= {f"context.{name}": value for name, value in network.state_dict().items()}
    card = PersonalCard(
        space="embedded",
        width=embeddings.shape[1],
        score_mean=facts.mean,
        score_spread=facts.spread,
        expectation=facts.expectation,
        blend=recipe.blend,
        figures={},
    )
    return Fitted(card=card, tensors=tensors)


def everybody(panel: Panel) -> Part:
    """All raters and photos: for the model that is shipped, once it was measured."""
    users = np.arange(len(panel.users))
    return Part(users=users, photos=np.ones(len(panel.paths), dtype=np.bool_))


def view_axes(embeddings: Floats, count: int) -> tuple[Floats, Floats]:
    """Mean [D] and axes [D, count] of the taste view: the first coordinates, of unit total power.

    An embedding's coordinates are principal components, the largest first: in them photos differ
    most, and more of them only let the prior mistake single photos for tastes (docs/personal.md).
    """
    mean = embeddings.mean(axis=0)
    axes = np.eye(embeddings.shape[1])[:, :count]
    power = (((embeddings - mean) @ axes) ** 2).sum(axis=1).mean()
    return mean, axes / np.sqrt(power)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    """How general scores relate to ratings, over the photos learnt from."""

    mean: float
    spread: float
    expectation: float
    strays: float


def _material(
    panel: Panel, scores: NDArray[np.float32], views: Floats, part: Part
) -> tuple[Material, _Facts]:
    photos = part.photos
    said = standard_ratings(panel, photos)[part.users][:, photos]  # [U, N']
    crowd = np.nanmean(said, axis=0)  # [N']
    known = scores[photos].astype(np.float64)
    mean, spread = float(known.mean()), float(known.std())
    general = (known - mean) / spread
    expectation = float(general @ (crowd - crowd.mean()) / (general @ general))
    strays = float((crowd - crowd.mean() - expectation * general).std())
    tastes = said - crowd
    regressors = np.concatenate([views[photos], general[:, None]], axis=1)
    prior = learn_prior(regressors, np.nan_to_num(tastes), ~np.isnan(tastes))
    material = Material(
        views=views[photos],
        general=general,
        expected=expectation * general,
        tastes=tastes,
        themes=np.array(panel.themes)[photos],
        prior=prior,
        peculiarity=strays,
        similar=_similar(views[photos]),
    )
    return material, _Facts(mean=mean, spread=spread, expectation=expectation, strays=strays)


def standard_ratings(panel: Panel, photos: NDArray[np.bool_]) -> Floats:
    """[U, N] ratings in each rater's own standard deviations, over `photos` alone."""
    ratings = panel.ratings.astype(np.float64)
    known = np.where(photos, ratings, np.nan)
    mean = np.nanmean(known, axis=1, keepdims=True)
    spread = np.maximum(np.nanstd(known, axis=1, keepdims=True), _LEAST_SPREAD)
    standard: Floats = (ratings - mean) / spread
    return standard


def _similar(views: Floats) -> Floats:
    squares = (views**2).sum(axis=1)
    distance = (squares[:, None] + squares - 2 * views @ views.T).clip(0)
    kernel = np.exp(-distance / np.median(distance))
    return np.linalg.cholesky(kernel + 1e-6 * np.eye(len(views)))


def _train(material: Material, recipe: Recipe, say: Say) -> InContextTaste:
    rng = np.random.default_rng(recipe.seed)
    network = InContextTaste(material.views.shape[1], dropout=recipe.dropout)
    optimiser = torch.optim.AdamW(network.parameters(), lr=recipe.rate, weight_decay=recipe.decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, recipe.rate, total_steps=max(2, recipe.steps), pct_start=0.1
    )
    total = 0.0
    network.train()
    for step in range(1, recipe.steps + 1):
        loss = loss_of(network, draw_batch(material, rng))
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        total += float(loss.detach())
        if step % 100 == 0:
            say(f"step {step} of {recipe.steps}: loss {total / 100:.4f}")
            total = 0.0
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
