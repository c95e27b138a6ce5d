"""Which of a person's photos are given and which are asked about; never of one theme."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aesplugin.errors import DataError
from aesplugin.models.personal.examples import Examples
from aesplugin.models.personal.panel import Panel, Seen

FEWEST_QUERIES = 10  # where we draw the queries ...
FEWEST_GIVEN_QUERIES = 3  # ... and where the table says which they are
_SUPPORT_SHARE = 0.72  # of a person's ratings, where the table does not say which are which
_NEARLY_ENOUGH = 0.9  # of k: a person with fewer support photos is left out of that shot


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """One person's photos, as columns of the panel: `support` in the order they are given."""

    user: int
    support: NDArray[np.int64]
    query: NDArray[np.int64]


def splits(panel: Panel, *, seed: int = 0) -> list[Split]:
    """Everybody with queries enough, not all rated the same.

    Raises:
        DataError: nobody has.
    """
    themes = np.array(panel.themes)
    made = (_split(panel, user, themes, seed) for user in range(len(panel.users)))
    usable = [split for split in made if _usable(panel, split)]
    if not usable:
        fewest = FEWEST_QUERIES if panel.asked is None else FEWEST_GIVEN_QUERIES
        raise DataError(f"nobody gave {fewest} query photos different ratings: nothing to measure")
    return usable


def fold_splits(
    panel: Panel, users: Iterable[int], photos: NDArray[np.bool_], *, seed: int
) -> list[Split]:
    """Those of `users` who can be asked about `photos` [N], given some of the others."""
    made = (_fold_split(panel, int(user), photos, seed) for user in users)
    return [split for split in made if _usable(panel, split)]


def has_enough(split: Split, k: int) -> bool:
    """Whether this person counts at k: at least nine tenths of k support photos."""
    return len(split.support) >= _NEARLY_ENOUGH * k


def support_of(panel: Panel, seen: Seen, split: Split, k: int) -> Examples:
    """The first k support photos as examples."""
    rows = split.support[:k]
    return Examples(
        embeddings=seen.embeddings[rows],
        scores=seen.scores[rows],
        ratings=panel.ratings[split.user, rows],
        favorites=np.zeros(len(rows), dtype=np.bool_),
    )


def _usable(panel: Panel, split: Split) -> bool:
    fewest = FEWEST_QUERIES if panel.asked is None else FEWEST_GIVEN_QUERIES
    answers = panel.ratings[split.user, split.query]
    return len(answers) >= fewest and bool(np.ptp(answers) > 0)


def _split(panel: Panel, user: int, themes: NDArray[np.str_], seed: int) -> Split:
    rng = np.random.default_rng([seed, user])
    rated = np.flatnonzero(panel.rated[user])
    if panel.asked is not None:
        asked = panel.asked[user, rated]
        return Split(user=user, support=rng.permutation(rated[~asked]), query=rated[asked])
    support: list[int] = []
    for theme in rng.permutation(np.unique(themes[rated])):
        if len(support) >= _SUPPORT_SHARE * len(rated):
            break
        support += rated[themes[rated] == theme].tolist()
    given = np.array(support, dtype=np.int64)
    return Split(user=user, support=rng.permutation(given), query=np.setdiff1d(rated, given))


def _fold_split(panel: Panel, user: int, photos: NDArray[np.bool_], seed: int) -> Split:
    rng = np.random.default_rng([seed, user])
    rated = np.flatnonzero(panel.rated[user])
    given, asked = rated[~photos[rated]], rated[photos[rated]]
    if panel.asked is not None:
        given = given[~panel.asked[user, given]]
        asked = asked[panel.asked[user, asked]]
    return Split(user=user, support=rng.permutation(given), query=asked)
