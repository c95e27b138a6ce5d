"""What the in-context network gets as input: the same in training and in use."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_Doubles = NDArray[np.float64]

EXAMPLE_FACTS, QUERY_FACTS = 5, 2  # numbers about each rated photo, and about each queried one


def facts_of_examples(
    residuals: _Doubles, expected: _Doubles, general: _Doubles, surprises: _Doubles
) -> _Doubles:
    """Of each of K rated photos: [K, 5].

    Args:
        residuals: [K] rating less expected, in standard deviations of rating.
        expected: [K] what the panel lets expect of a rating.
        general: [K] what the panel lets expect, standardised over photos.
        surprises: [K] how far the rating is from what all the others predict.
    """
    count = np.full(len(residuals), np.log(len(residuals)) / 4)
    return np.stack([residuals, residuals + expected, general, surprises, count], axis=1)


def facts_of_queries(moves: _Doubles, general: _Doubles) -> _Doubles:
    """Of each of Q photos asked about: [Q, 2].

    Not more: a few numbers that tell photos apart would let the network learn by heart what the
    panel's raters, all together, thought of each.

    Args:
        moves: [Q] the posterior's, in standard deviations of rating.
        general: [Q] what the panel lets expect, standardised.
    """
    return np.stack([moves, general], axis=1)


Floats = NDArray[np.float32]

FEWEST = 3  # with fewer ratings no taste can be distinguished from chance
_PRIOR_SPREAD = 1.0  # stars: how much a person's ratings spread before any is seen ...
_PRIOR_COUNT = 5.0  # ... and how many ratings that belief is worth
_BEYOND_CHANCE = 2.0  # standard errors; honest raters seldom stray so far (docs/personal.md)
_FEWEST_PAIRS = 10  # of photos most alike: the mean of fewer strays farther than its error tells
_MOST_COMPARED = 1000  # examples: what many say, the first thousand say as well
_FAVORITE = 1.2  # standard deviations above expectation that a favourite stands for


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """K photos one person rated.

    Attributes:
        embeddings: [K, D], the model's embeddings of the photos.
        scores: [K], their general scores, 1..10.
        ratings: [K], 1..5; NaN where the photo is a favourite without a rating.
        favorites: [K], True for favourites.
    """

    embeddings: Floats
    scores: Floats
    ratings: Floats
    favorites: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.scores)

    def take(self, rows: NDArray[np.int64]) -> "Examples":
        """Some of them, in the order of `rows`."""
        return Examples(
            embeddings=self.embeddings[rows],
            scores=self.scores[rows],
            ratings=self.ratings[rows],
            favorites=self.favorites[rows],
        )


def silent(examples: Examples) -> str | None:
    """Why these examples say nothing of a taste; None where they may."""
    count = len(examples)
    if count < FEWEST:
        photos = "1 rated photo" if count == 1 else f"{count or 'no'} rated photos"
        return f"{photos}: too few to learn a taste (at least {FEWEST} needed)"
    loved = examples.favorites
    if loved.all() == loved.any() and np.ptp(examples.ratings) == 0:  # some NaN: not 0
        return f"all {count} photos have the same rating: no preference to learn from"
    return None


def contradictory(views: Floats, ratings: Floats) -> bool:
    """Whether photos that look alike were rated more unlike than any two, beyond chance.

    `views` [K, d] of the photos, `ratings` [K] of them, in any unit. Each photo is paired with the
    one most like it; the pairs' mean squared difference is held against that of all pairs, in
    standard errors. A dozen ratings or more are needed before it can be told.
    """
    some = slice(0, _MOST_COMPARED)
    squares = (views[some] ** 2).sum(axis=1)
    distance = squares[:, None] + squares - 2 * views[some] @ views[some].T  # [K, K]
    np.fill_diagonal(distance, np.inf)
    nearest = {tuple(sorted(pair)) for pair in enumerate(distance.argmin(axis=1).tolist())}
    if len(nearest) < _FEWEST_PAIRS:
        return False
    one, other = np.array(sorted(nearest)).T
    alike = (ratings[one] - ratings[other]) ** 2
    first, second = np.triu_indices(len(distance), 1)
    any_two = (ratings[first] - ratings[second]) ** 2
    error = float(any_two.std()) / np.sqrt(len(alike))
    return bool(alike.mean() - any_two.mean() > _BEYOND_CHANCE * error)


def standardised(examples: Examples, expected: Floats) -> Floats:
    """Ratings in standard deviations around the person's mean: [K].

    `expected` [K] is what the general score lets expect, in the same unit. Mean and deviation of
    few ratings are drawn to what people usually do. A favourite without a rating stands above
    what was expected of it.
    """
    rated = ~np.isnan(examples.ratings)
    result = expected + np.float32(_FAVORITE)
    if rated.any():
        values = examples.ratings[rated].astype(np.float64)
        spread = float(((values - values.mean()) ** 2).sum())
        belief = _PRIOR_COUNT * _PRIOR_SPREAD**2
        deviation = np.sqrt((spread + belief) / (len(values) - 1 + _PRIOR_COUNT))
        result[rated] = (values - values.mean()) / deviation
        both = rated & examples.favorites
        result[both] += np.float32(_FAVORITE / 2)
    return result.astype(np.float32)


def most_informative(examples: Examples, views: Floats, limit: int) -> NDArray[np.int64]:
    """Rows of the `limit` examples that say most: far from each other, and clear in judgement.

    Farthest-point choice over `views` [K, d], weighted by how far the rating is from the
    person's mean.
    """
    if len(examples) <= limit:
        return np.arange(len(examples))
    stars = np.where(np.isnan(examples.ratings), 5.0, examples.ratings)
    clear = 1.0 + np.abs(stars - stars.mean())  # [K]
    first = int(clear.argmax())
    chosen = [first]
    distance = np.linalg.norm(views - views[first], axis=1)
    for _ in range(limit - 1):
        weighted = distance * clear
        weighted[chosen] = -1
        best = int(weighted.argmax())
        chosen.append(best)
        distance = np.minimum(distance, np.linalg.norm(views - views[best], axis=1))
    return np.array(sorted(chosen))
