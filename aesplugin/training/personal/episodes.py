"""Episodes: k photos one rater rated, then photos of other themes to predict.

Real raters and made-up ones. The peculiarity of a photo, which all raters share, is replaced by a
random one in each episode: a network that could learn photos by heart would learn the few hundred
there are, and not how to read a context (it did, where photos kept theirs).

What the network is told is made by the code that tells it of a user. Raters are read with a prior
that others made (`Material` is one group of them): with a prior that knew them the network would
learn to trust it too much.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from aesplugin.models.personal.examples import (
    Examples,
    facts_of_examples,
    facts_of_queries,
    standardised,
)
from aesplugin.models.personal.prior import TastePrior

Floats = NDArray[np.float64]

SHOTS = (5, 10, 20, 40, 70, 100)
QUERIES = 48
_SUPPORT_SHARE = 0.72
_FEWEST = 3  # below that the personal model says nothing
_STRENGTHS, _NOISES = 0.5, 0.2  # log spreads: how much made-up raters differ in both
_FEW_AXES = 3  # of a made-up rater with a plain preference
_STEP = 2 / 3  # stars between two votes: the panel's seven stretched over five


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What episodes of one group of raters are drawn from.

    Attributes:
        views: [N, d] the photos.
        general: [N] what the panel lets expect, standardised; one of it is `expectation` standard
            deviations of a rating.
        strayed: [N] how far the raters' mean is from what was expected, in the same unit.
        ratings: [U, N] stars, 1..5; NaN where there is none.
        themes: [N].
        prior: learnt from raters who are not in `ratings`.
        similar: [N, N] lower triangle: photos alike stray alike.
        shown: [N, s] what the reader is shown of them: the views, or all of their embeddings.
    """

    views: Floats
    general: Floats
    expectation: float
    strayed: Floats
    ratings: Floats
    themes: NDArray[np.str_]
    prior: TastePrior
    similar: Floats
    shown: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """B padded episodes; `present` and `asked` are False where a row is padding."""

    shown: Tensor  # [B, K, s]
    said: Tensor  # [B, K, EXAMPLE_FACTS]
    present: Tensor  # [B, K]
    query_shown: Tensor  # [B, Q, s]
    query_facts: Tensor  # [B, Q, QUERY_FACTS]; the first is the prior's move
    query_expected: Tensor  # [B, Q]
    query_ratings: Tensor  # [B, Q]
    asked: Tensor  # [B, Q]

    def to(self, device: torch.device) -> "Batch":
        """The same, elsewhere."""
        return Batch(**{field.name: getattr(self, field.name).to(device) for field in fields(self)})


def draw_batch(
    materials: Sequence[Material],
    rng: np.random.Generator,
    *,
    size: int = 24,
    made_up: float = 0.25,
) -> Batch:
    """`size` episodes of one k (drawn from `SHOTS`, each rater up to half fewer)."""
    most = int(rng.choice(SHOTS))
    material = materials[int(rng.integers(len(materials)))]
    return _padded([_episode(material, rng, most, made_up) for _ in range(size)])


_Episode = tuple[Floats, Floats, Floats, Floats, Floats, Floats]


def _episode(material: Material, rng: np.random.Generator, most: int, made_up: float) -> _Episode:
    stars = material.ratings[int(rng.integers(len(material.ratings)))]
    rated = np.flatnonzero(~np.isnan(stars))
    names = rng.permutation(np.unique(material.themes[rated]))
    given = np.isin(material.themes[rated], names[: int(_SUPPORT_SHARE * len(names))])
    count = max(_FEWEST, most - int(rng.integers(0, most // 2 + 1)))
    support = rng.permutation(rated[given])[:count]
    query = rng.permutation(rated[~given])[:QUERIES]
    peculiar = _peculiarities(material, rng)
    if rng.random() < made_up:
        stars = _made_up(material, peculiar, rng)
    else:
        stars = stars + np.nanstd(stars) * (peculiar - material.strayed)
    expected = material.expectation * material.general
    regressors = np.concatenate([material.views, material.general[:, None]], axis=1)  # [N, d + 1]
    residuals = _standardised(stars[support], expected[support]) - expected[support]
    posterior = material.prior.posterior(regressors[support], residuals)
    surprises = material.prior.surprises(regressors[support], posterior.duals)
    general = material.general
    said = facts_of_examples(residuals, expected[support], general[support], surprises)
    moves = regressors[query] @ posterior.weights
    told = facts_of_queries(moves, general[query])
    shown = material.shown
    return (shown[support], said, shown[query], told, expected[query], stars[query])


def _standardised(stars: Floats, expected: Floats) -> Floats:
    nothing = np.zeros((len(stars), 0), dtype=np.float32)
    examples = Examples(
        embeddings=nothing,
        scores=np.zeros(len(stars), dtype=np.float32),
        ratings=stars.astype(np.float32),
        favorites=np.zeros(len(stars), dtype=np.bool_),
    )
    return standardised(examples, expected.astype(np.float32)).astype(np.float64)


def _peculiarities(material: Material, rng: np.random.Generator) -> Floats:
    """How far another set of photos would stray, which look like these: [N]."""
    alone, common = rng.standard_normal((2, len(material.strayed)))
    spread = float(material.strayed.std())
    peculiar: Floats = spread * (alone + material.similar @ common) / np.sqrt(2)
    return peculiar


def _made_up(material: Material, peculiar: Floats, rng: np.random.Generator) -> Floats:
    """Stars [N] of a rater drawn from the prior: steady or erratic, of strong taste or of none.

    Half of them have preferences along few axes alone, as strong together as usual ones.
    """
    regressors = np.concatenate([material.views, material.general[:, None]], axis=1)
    taste = np.linalg.cholesky(material.prior.covariance) @ rng.standard_normal(regressors.shape[1])
    if rng.random() < 0.5:
        axes = material.views.shape[1]
        few = rng.permutation(axes)[:_FEW_AXES]
        taste[np.setdiff1d(np.arange(axes), few)] = 0
        power = (material.views**2).mean(axis=0)
        taste[few] *= np.sqrt(power.sum() / power[few].sum())
    strength, steadiness = np.exp(rng.normal(0, (_STRENGTHS, _NOISES)))
    erratic = rng.standard_normal(len(regressors))
    noise = np.sqrt(max(0.1, material.prior.noise - material.strayed.var())) * steadiness
    said = material.expectation * material.general + strength * (regressors @ taste)
    stars: Floats = (
        np.clip(np.round((said + peculiar + noise * erratic) / _STEP) * _STEP, -2, 2) + 3
    )
    return stars


def _padded(episodes: Sequence[_Episode]) -> Batch:
    shown, said, query_shown, told, expected, ratings = zip(*episodes, strict=True)
    return Batch(
        shown=_stack(shown),
        said=_stack(said),
        present=_mask(shown),
        query_shown=_stack(query_shown),
        query_facts=_stack(told),
        query_expected=_stack(expected),
        query_ratings=_stack(ratings),
        asked=_mask(query_shown),
    )


def _stack(rows: Sequence[Floats]) -> Tensor:
    longest = max(len(row) for row in rows)
    padded = [np.pad(r, [(0, longest - len(r))] + [(0, 0)] * (r.ndim - 1)) for r in rows]
    return torch.from_numpy(np.stack(padded).astype(np.float32))


def _mask(rows: Sequence[Floats]) -> Tensor:
    longest = max(len(row) for row in rows)
    return torch.from_numpy(np.stack([np.arange(longest) < len(row) for row in rows]))
