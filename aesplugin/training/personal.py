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

from aesplugin.models.personal.model import PersonalCard, PersonalModel
from aesplugin.models.personal.panel import Panel, Seen
from aesplugin.models.personal.prior import TastePrior
from aesplugin.training.episodes import Material
from aesplugin.training.incontext import Course, train_network
from aesplugin.training.lesson import Lesson, Part, read_lesson
from aesplugin.training.raters import Tastes, learn_tastes, strengthened

Floats = NDArray[np.float64]
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How to train; the values were chosen on the choosing raters (docs/training-log.md).

    Attributes:
        agreed: share of what the raters agree on, read from the embedding, in the expectation; the
            rest is the general score.
        agreed_penalty: of its regression.
        axes: width of the taste view.
        fall: how the embedding's coordinates lose weight (`natural_scale`).
        penalty: of each rater's own regression.
        strength: variance of taste, against that of one person's ratings.
        noise: variance of one rating, and of a photo's peculiarity.
        steps, dropout, seed: of the in-context network; 0 steps leave it untrained.
        blend: weights of the prior's and of the network's move.
    """

    agreed: float = 0.5
    agreed_penalty: float = 1.0
    axes: int = 64
    fall: float = 0.6
    penalty: float = 1.0
    strength: float = 0.25
    noise: float = 1.3
    steps: int = 400
    dropout: float = 0.2
    seed: int = 0
    blend: tuple[float, float] = (1.0, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """A personal model as `PersonalModel` takes it."""

    card: PersonalCard
    tensors: dict[str, Tensor]


def fit(
    panel: Panel, seen: Seen, part: Part, recipe: Recipe, *, say: Say = lambda _: None
) -> Fitted:
    """Learns from a part of a panel; `seen.scores` each by a head that never saw the theme."""
    torch.manual_seed(recipe.seed)
    lesson, tastes = _learn(panel, seen, part, recipe)
    course = Course(steps=recipe.steps, dropout=recipe.dropout, seed=recipe.seed)
    network = train_network(_material(lesson, tastes, recipe), course, say)
    expected = lesson.expected
    arrays = {
        "view.mean": lesson.centre,
        "view.scale": lesson.scale,
        "view.axes": lesson.scale[:, None] * tastes.axes,
        "crowd.weights": lesson.scale * lesson.agreed.weights * expected.read,
        "crowd.bias": np.array(expected.bias),
        "prior.covariance": tastes.covariance,
        "prior.noise": np.array(recipe.noise),
    }
    card = PersonalCard(
        space="embedded",
        made_for="",
        width=len(lesson.centre),
        score_mean=expected.mean,
        score_spread=expected.spread,
        lean=expected.lean,
        expectation=expected.expectation,
        blend=recipe.blend,
        figures={},
    )
    tensors = {name: torch.from_numpy(x.astype(np.float32)) for name, x in arrays.items()}
    state = {f"context.{name}": value for name, value in network.state_dict().items()}
    return Fitted(card=card, tensors=tensors | state)


def fold_fit(
    panel: Panel, seen: Seen, recipe: Recipe, *, say: Say = lambda _: None
) -> Callable[[NDArray[np.int64], NDArray[np.bool_]], PersonalModel]:
    """`fit` as the cross-validation asks for it: users and photos in, a model out."""

    def fitted(users: NDArray[np.int64], photos: NDArray[np.bool_]) -> PersonalModel:
        made = fit(panel, seen, Part(users=users, photos=photos), recipe, say=say)
        return PersonalModel(made.card, made.tensors)

    return fitted


def everybody(panel: Panel) -> Part:
    """All raters and photos: for the model that is shipped, once it was measured."""
    users = np.arange(len(panel.users))
    return Part(users=users, photos=np.ones(len(panel.paths), dtype=np.bool_))


def material_of(panel: Panel, seen: Seen, part: Part, recipe: Recipe) -> Material:
    """What the network's episodes are drawn from."""
    return _material(*_learn(panel, seen, part, recipe), recipe)


def _learn(panel: Panel, seen: Seen, part: Part, recipe: Recipe) -> tuple[Lesson, Tastes]:
    agreed = (recipe.agreed, recipe.agreed_penalty)
    lesson = read_lesson(panel, seen, part, fall=recipe.fall, agreed=agreed)
    weights = learn_tastes(
        lesson.photos,
        lesson.expected.general,
        lesson.tastes,
        axes=recipe.axes,
        penalty=recipe.penalty,
    )
    return lesson, strengthened(lesson.photos, weights, recipe.strength)


def _material(lesson: Lesson, tastes: Tastes, recipe: Recipe) -> Material:
    views = lesson.photos @ tastes.axes  # [N', d]
    return Material(
        views=views,
        general=lesson.expected.general,
        expected=lesson.expected.expectation * lesson.expected.general,
        tastes=lesson.tastes,
        themes=lesson.themes,
        prior=TastePrior(covariance=tastes.covariance, noise=recipe.noise),
        peculiarity=lesson.expected.strays,
        similar=_similar(views),
    )


def _similar(views: Floats) -> Floats:
    """Lower triangle of how photos stray alike: [N', N']."""
    squares = (views**2).sum(axis=1)
    distance = (squares[:, None] + squares - 2 * views @ views.T).clip(0)
    kernel = np.exp(-distance / np.median(distance))
    return np.linalg.cholesky(kernel + 1e-6 * np.eye(len(views)))
