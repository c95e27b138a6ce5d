"""Train the personal model: a prior over tastes, and the in-context network, from a panel's votes.

Raters are split (learn, choose, test), themes too: what is measured are raters and themes that
nothing was learnt from. The blend of the two readings is chosen on the raters set aside for it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from aesplugin.errors import DataError
from aesplugin.models.personal.model import PersonalCard, PersonalModel
from aesplugin.models.personal.panel import Panel, Seen
from aesplugin.models.personal.prior import TastePrior
from aesplugin.models.personal.prompt import PromptReader, fresh_prompt
from aesplugin.models.personal.reader import Reader, TasteReader
from aesplugin.training.personal.episodes import Material
from aesplugin.training.personal.incontext import Course, train_network, train_prompt
from aesplugin.training.personal.lesson import Lesson, Part, read_lesson
from aesplugin.training.personal.raters import Tastes, learn_tastes, strengthened

Floats = NDArray[np.float64]
Say = Callable[[str], None]
_PROMPT_RATE, _PROMPT_SIZE = 4e-4, 8  # learning rate, and episodes a step
_GROUPS = 3  # of learning raters: the network reads each with a prior made from the others


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
        reader: what reads in context: a network of its own, or CALM's language model, in whose
            prompt the rated photos stand.
        steps, seed: of the reader's training; 0 steps make none.
        rate, dropout: of the network's training; the prompt's has its own.
        blend: weights of the prior's and of the reader's move.
        cache: folder of pulled weights, where the reader is a language model.
    """

    agreed: float = 0.5
    agreed_penalty: float = 1.0
    axes: int = 64
    fall: float = 0.6
    penalty: float = 1.0
    strength: float = 0.25
    noise: float = 1.3
    reader: Reader = Reader.NETWORK
    steps: int = 2000
    rate: float = 1e-3
    dropout: float = 0.1
    seed: int = 0
    blend: tuple[float, float] = (1.0, 0.0)
    cache: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """A personal model as `PersonalModel` takes it."""

    card: PersonalCard
    arrays: dict[str, NDArray[np.float32]]
    reader: TasteReader | None = None

    def model(self) -> PersonalModel:
        """Ready for use."""
        return PersonalModel(self.card, self.arrays, self.reader)


def fit(
    panel: Panel,
    seen: Seen,
    part: Part,
    recipe: Recipe,
    *,
    reader: TasteReader | None = None,
    say: Say = lambda _: None,
) -> Fitted:
    """Learns from a part of a panel; `seen.scores` each by a head that never saw the theme.

    `reader` is taken as it is where the recipe trains none.
    """
    torch.manual_seed(recipe.seed)
    lesson = _lesson(panel, seen, part, recipe)
    tastes = _tastes(lesson, np.arange(len(part.users)), recipe)
    if recipe.steps:
        reader = _trained(materials_of(panel, seen, part, recipe), recipe, say)
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
        reader=recipe.reader,
    )
    stored = {name: x.astype(np.float32) for name, x in arrays.items()}
    return Fitted(card=card, arrays=stored, reader=reader)


def fold_fit(
    panel: Panel,
    seen: Seen,
    recipe: Recipe,
    *,
    reader: TasteReader | None = None,
    say: Say = lambda _: None,
) -> Callable[[NDArray[np.int64], NDArray[np.bool_]], PersonalModel]:
    """`fit` as the cross-validation asks for it: users and photos in, a model out."""

    def fitted(users: NDArray[np.int64], photos: NDArray[np.bool_]) -> PersonalModel:
        part = Part(users=users, photos=photos)
        return fit(panel, seen, part, recipe, reader=reader, say=say).model()

    return fitted


def everybody(panel: Panel) -> Part:
    """All raters and photos: for the model that is shipped, once it was measured."""
    users = np.arange(len(panel.users))
    return Part(users=users, photos=np.ones(len(panel.paths), dtype=np.bool_))


def materials_of(panel: Panel, seen: Seen, part: Part, recipe: Recipe) -> list[Material]:
    """What the network's episodes are drawn from: raters by group, each with the others' prior.

    Raters of one theme or none are left out: an episode asks about another theme than it tells.

    Raises:
        DataError: nobody is left.
    """
    lesson = _lesson(panel, seen, part, recipe)
    stars = panel.ratings[part.users][:, part.photos].astype(np.float64)
    expected = lesson.expected
    order = np.random.default_rng(recipe.seed).permutation(len(part.users))
    materials = []
    for group in (order[number::_GROUPS] for number in range(_GROUPS)):
        ratings = _of_several_themes(stars[group], lesson.themes)
        if not len(ratings):
            continue
        tastes = _tastes(lesson, np.setdiff1d(order, group), recipe)
        views = lesson.photos @ tastes.axes  # [N', d]
        material = Material(
            views=views,
            general=expected.general,
            expectation=expected.expectation,
            strayed=expected.strayed,
            ratings=ratings,
            themes=lesson.themes,
            prior=TastePrior(covariance=tastes.covariance, noise=recipe.noise),
            similar=_similar(views),
            shown=lesson.photos if recipe.reader is Reader.PROMPT else views,
        )
        materials.append(material)
    if not materials:
        raise DataError(
            "nobody here rated photos of two themes, of which the in-context reader learns: "
            "leave it out by --steps 0"
        )
    return materials


def _trained(materials: list[Material], recipe: Recipe, say: Say) -> TasteReader:
    if recipe.reader is Reader.PROMPT:
        course = Course(
            steps=recipe.steps, rate=_PROMPT_RATE, seed=recipe.seed, size=_PROMPT_SIZE, half=True
        )
        prompt = fresh_prompt(materials[0].shown.shape[1], cache=recipe.cache)
        return PromptReader(train_prompt(prompt, materials, course, say))
    course = Course(steps=recipe.steps, rate=recipe.rate, dropout=recipe.dropout, seed=recipe.seed)
    return train_network(materials, course, say).reader()


def _of_several_themes(stars: Floats, themes: NDArray[np.str_]) -> Floats:
    """The rows of `stars` [U, N] that rate photos of two themes or more."""
    several = [len(set(themes[~np.isnan(row)])) > 1 for row in stars]
    return stars[np.array(several, dtype=np.bool_)]


def _lesson(panel: Panel, seen: Seen, part: Part, recipe: Recipe) -> Lesson:
    agreed = (recipe.agreed, recipe.agreed_penalty)
    return read_lesson(panel, seen, part, fall=recipe.fall, agreed=agreed)


def _tastes(lesson: Lesson, raters: NDArray[np.int64], recipe: Recipe) -> Tastes:
    weights = learn_tastes(
        lesson.photos,
        lesson.expected.general,
        lesson.tastes[raters],
        axes=recipe.axes,
        penalty=recipe.penalty,
    )
    return strengthened(lesson.photos, weights, recipe.strength)


def _similar(views: Floats) -> Floats:
    """Lower triangle of how photos stray alike: [N', N']."""
    squares = (views**2).sum(axis=1)
    distance = (squares[:, None] + squares - 2 * views @ views.T).clip(0)
    kernel = np.exp(-distance / np.median(distance))
    return np.linalg.cholesky(kernel + 1e-6 * np.eye(len(views)))
