"""Episodes: k photos one rater rated, then photos of other themes to foretell.

Real raters and made-up ones. The peculiarity of a photo, which all raters share, is replaced by
a random one in each episode: a network that could learn photos by heart would otherwise learn
the few hundred there are, and not how to read a context.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from aesplugin.models.personal.prior import TastePrior

Floats = NDArray[np.float64]

SHOTS = (3, 6, 12, 30, 60, 90)
QUERIES = 32
_SUPPORT_SHARE = 0.72
_PRIOR_COUNT = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What episodes are drawn from; units are standard deviations of one rater's ratings.

    Attributes:
        views: [N, d] the photos.
        general: [N] standardised general scores.
        expected: [N] what the general score lets expect of a rating.
        tastes: [U, N] ratings less the mean of all raters; NaN where there is none.
        themes: [N].
        prior: for made-up raters.
        peculiarity: how far photos stray from their general score, one standard deviation.
        similar: [N, N] lower triangle: photos alike stray alike.
    """

    views: Floats
    general: Floats
    expected: Floats
    tastes: Floats
    themes: NDArray[np.str_]
    prior: TastePrior
    peculiarity: float
    similar: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """B padded episodes; `present` and `asked` are False where a row is padding."""

    views: Tensor  # [B, K, d]
    facts: Tensor  # [B, K, 3]
    present: Tensor  # [B, K]
    query_views: Tensor  # [B, Q, d]
    query_general: Tensor  # [B, Q]
    query_expected: Tensor  # [B, Q]
    query_ratings: Tensor  # [B, Q]
    asked: Tensor  # [B, Q]


def draw_batch(
    material: Material, rng: np.random.Generator, *, size: int = 24, made_up: float = 0.3
) -> Batch:
    """`size` episodes of one k (drawn from `SHOTS`, each rater up to half fewer)."""
    most = int(rng.choice(SHOTS))
    return _padded([_episode(material, rng, most, made_up) for _ in range(size)])


_Episode = tuple[Floats, Floats, Floats, Floats, Floats, Floats]


def _episode(material: Material, rng: np.random.Generator, most: int, made_up: float) -> _Episode:
    user = int(rng.integers(len(material.tastes)))
    rated = np.flatnonzero(~np.isnan(material.tastes[user]))
    names = rng.permutation(np.unique(material.themes[rated]))
    given = np.isin(material.themes[rated], names[: int(_SUPPORT_SHARE * len(names))])
    count = max(1, most - int(rng.integers(0, most // 2 + 1)))
    support = rng.permutation(rated[given])[:count]
    query = rng.permutation(rated[~given])[:QUERIES]
    made = rng.random() < made_up
    ratings = _made_up(material, rng) if made else material.expected + material.tastes[user]
    ratings = ratings + _peculiarities(material, rng)
    known = ratings[support]
    spread = ((known - known.mean()) ** 2).sum()
    deviation = np.sqrt((spread + _PRIOR_COUNT) / (len(known) - 1 + _PRIOR_COUNT))
    said = (known - known.mean()) / deviation
    facts = np.stack([said - material.expected[support], said, material.general[support]], axis=1)
    return (
        material.views[support],
        facts,
        material.views[query],
        material.general[query],
        material.expected[query],
        ratings[query],
    )


def _made_up(material: Material, rng: np.random.Generator) -> Floats:
    """A rater whose preferences are drawn from the prior, somewhat stronger than usual."""
    regressors = np.concatenate([material.views, material.general[:, None]], axis=1)
    root = np.linalg.cholesky(material.prior.covariance)
    taste = root @ rng.standard_normal(len(root))
    noise = rng.normal(0, np.sqrt(material.prior.noise), len(regressors))
    made: Floats = material.expected + 1.3 * (regressors @ taste) + 0.9 * noise
    return made


def _peculiarities(material: Material, rng: np.random.Generator) -> Floats:
    alone = rng.normal(size=len(material.general))
    shared = material.similar @ rng.normal(size=len(material.general))
    both: Floats = material.peculiarity * 0.7 * (alone + shared)
    return both


def _padded(episodes: Sequence[_Episode]) -> Batch:
    views, facts, query_views, general, expected, ratings = zip(*episodes, strict=True)
    return Batch(
        views=_stack(views),
        facts=_stack(facts),
        present=_mask(views),
        query_views=_stack(query_views),
        query_general=_stack(general),
        query_expected=_stack(expected),
        query_ratings=_stack(ratings),
        asked=_mask(query_views),
    )


def _stack(rows: Sequence[Floats]) -> Tensor:
    longest = max(len(row) for row in rows)
    padded = [np.pad(r, [(0, longest - len(r))] + [(0, 0)] * (r.ndim - 1)) for r in rows]
    return torch.from_numpy(np.stack(padded).astype(np.float32))


def _mask(rows: Sequence[Floats]) -> Tensor:
    longest = max(len(row) for row in rows)
    return torch.from_numpy(np.stack([np.arange(longest) < len(row) for row in rows]))
