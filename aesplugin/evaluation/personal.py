"""How well personal scores foretell one person's ratings, by how many of theirs are known.

Per person: the support photos and the query photos are of different themes; the first k support
photos (in a drawn order, the same for every method) are given, all queries are ranked, and the
rank correlation with the person's own ratings is averaged over people.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aesplugin.errors import DataError
from aesplugin.evaluation.metrics import srcc
from aesplugin.models.personal.examples import Examples
from aesplugin.models.personal.model import Known, PersonalModel
from aesplugin.models.personal.panel import Panel, Seen
from aesplugin.models.personal.plain import fitting_model

Floats = NDArray[np.float32]
Method = Callable[[Examples, Floats, Floats], Floats]  # support, embeddings, scores → scores

Figures = dict[int, list[tuple[float, float]]]  # k → (SRCC, lift) of each person

SHOTS = (0, 1, 5, 10, 30, 100)
FEWEST_QUERIES = 10
_SUPPORT_SHARE = 0.72  # of a person's ratings, where the table does not say which are which
_NEARLY_ENOUGH = 0.9  # of k: a person with fewer support photos is left out of that shot
_TOP = 0.1
_RESAMPLES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One method at one k: mean over people, 95 % bootstrap interval over people, lift.

    `lift10` is how many times more often than by chance a photo that the person places in their
    own best tenth stands in ours.
    """

    k: int
    users: int
    srcc: float
    low: float
    high: float
    lift10: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """One person's photos, as columns of the panel: `support` in the order they are given."""

    user: int
    support: NDArray[np.int64]
    query: NDArray[np.int64]


def splits(panel: Panel, *, seed: int = 0) -> list[Split]:
    """Everybody with ratings enough and not all of the same value in the query.

    Raises:
        DataError: nobody has.
    """
    made = [_split(panel, user, np.random.default_rng([seed, user])) for user in _people(panel)]
    usable = [
        split
        for split in made
        if len(split.query) >= FEWEST_QUERIES and np.ptp(panel.ratings[split.user, split.query]) > 0
    ]
    if not usable:
        raise DataError(
            f"nobody rated {FEWEST_QUERIES} query photos differently: nothing to measure"
        )
    return usable


def measure_method(
    panel: Panel,
    seen: Seen,
    method: Method,
    parts: Sequence[Split],
    *,
    shots: Sequence[int] = SHOTS,
) -> list[Shot]:
    """One `Shot` per k for which somebody has support photos enough."""
    return summaries(figures(panel, seen, method, parts, shots=shots))


def figures(
    panel: Panel, seen: Seen, method: Method, parts: Sequence[Split], *, shots: Sequence[int]
) -> Figures:
    """SRCC and lift of everybody with support photos enough, by k."""
    return {
        k: [_one(panel, seen, method, split, k) for split in parts if has_enough(split, k)]
        for k in shots
    }


def summaries(found: Figures) -> list[Shot]:
    """Means and intervals; a k nobody has photos enough for is left out."""
    return [_summary(k, np.array(pairs)) for k, pairs in found.items() if pairs]


def measure_methods(
    panel: Panel,
    seen: Seen,
    methods: Mapping[str, Method],
    *,
    shots: Sequence[int] = SHOTS,
    seed: int = 0,
) -> dict[str, list[Shot]]:
    """All methods on the same people, the same support and the same queries."""
    parts = splits(panel, seed=seed)
    return {
        name: measure_method(panel, seen, method, parts, shots=shots)
        for name, method in methods.items()
    }


def general(support: Examples, embeddings: Floats, scores: Floats) -> Floats:
    """Baseline: the general score, whoever asks."""
    return scores


def ridge(support: Examples, embeddings: Floats, scores: Floats) -> Floats:
    """Baseline: ridge regression of the person's ratings on embeddings, beside the score.

    The regression is on what the general score leaves over, so that it starts from the same
    place as every other method.
    """
    if len(support) < 2 or np.ptp(support.ratings) == 0:
        return scores
    centre = embeddings.mean(axis=0)
    x, query = support.embeddings - centre, embeddings - centre
    size = float((query**2).sum(axis=1).mean())
    rating = (support.ratings - support.ratings.mean()) / support.ratings.std()
    residual = rating - 0.45 * _standard(support.scores, scores)
    dual = np.linalg.solve(x @ x.T / size + 5.0 * np.eye(len(x)), residual - residual.mean())
    moved: Floats = 0.45 * _standard(scores, scores) + query @ x.T @ dual / size
    return moved


def crowd(panel: Panel) -> Callable[[Split], Floats]:
    """What the mean of all *others'* ratings would say of one person's queries: the ceiling."""

    def mean_of_others(split: Split) -> Floats:
        others = np.delete(panel.ratings[:, split.query], split.user, axis=0)
        mean: Floats = np.nanmean(others, axis=0)
        return np.nan_to_num(mean, nan=float(np.nanmean(mean)))

    return mean_of_others


def measure_crowd(panel: Panel, parts: Sequence[Split]) -> Shot:
    """The crowd's own mean, as if it were a method; k stands for nothing."""
    mean_of_others = crowd(panel)
    pairs = [
        agreement(mean_of_others(split), panel.ratings[split.user, split.query]) for split in parts
    ]
    return _summary(0, np.array(pairs))


def _people(panel: Panel) -> Iterator[int]:
    yield from range(len(panel.users))


def _split(panel: Panel, user: int, rng: np.random.Generator) -> Split:
    rated = np.flatnonzero(panel.rated[user])
    if panel.asked is not None:
        asked = panel.asked[user, rated]
        return Split(user=user, support=rng.permutation(rated[~asked]), query=rated[asked])
    themes = np.array(panel.themes)[rated]
    support: list[int] = []
    for theme in rng.permutation(np.unique(themes)):
        if len(support) >= _SUPPORT_SHARE * len(rated):
            break
        support += rated[themes == theme].tolist()
    given = np.array(support, dtype=np.int64)
    return Split(user=user, support=rng.permutation(given), query=np.setdiff1d(rated, given))


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


def _one(panel: Panel, seen: Seen, method: Method, split: Split, k: int) -> tuple[float, float]:
    support = support_of(panel, seen, split, k)
    scores = method(support, seen.embeddings[split.query], seen.scores[split.query])
    return agreement(scores, panel.ratings[split.user, split.query])


def agreement(scores: Floats, ratings: Floats) -> tuple[float, float]:
    """SRCC (0 where the scores are all equal) and lift."""
    value = srcc(scores, ratings)
    return (0.0 if np.isnan(value) else value, _lift(scores, ratings))


def _lift(scores: Floats, ratings: Floats) -> float:
    count = max(1, round(_TOP * len(scores)))
    liked = ratings >= np.sort(ratings)[-count]
    best = np.argsort(-scores, kind="stable")[:count]
    return float(liked[best].mean() / liked.mean())


def _summary(k: int, pairs: NDArray[np.float64]) -> Shot:
    values = pairs[:, 0]
    rng = np.random.default_rng(0)
    means = values[rng.integers(0, len(values), (_RESAMPLES, len(values)))].mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return Shot(
        k=k,
        users=len(values),
        srcc=float(values.mean()),
        low=float(low),
        high=float(high),
        lift10=float(pairs[:, 1].mean()),
    )


def _standard(values: Floats, against: Floats) -> Floats:
    spread = float(against.std())
    result: Floats = (values - against.mean()) / (spread or 1.0)
    return result


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalReport:
    """The personal model beside its baselines; `note` says what the figures are."""

    users: int
    shots: list[Shot]
    baselines: dict[str, list[Shot]]
    note: str


def measure_personal(
    panel: Panel, seen: Seen, *, model: PersonalModel | None = None
) -> PersonalReport:
    """The shipped personal model (or a plain one, for other models' embeddings) on a panel.

    Raises:
        DataError: nobody has ratings enough.
    """
    chosen = model or fitting_model(seen.embeddings, seen.scores)
    parts = splits(panel)
    methods: dict[str, Method] = {
        "personal": personal_method(chosen),
        "general": general,
        "ridge": ridge,
        "population prior": _reading(chosen, chosen.prior_moves),
        "in-context alone": _reading(chosen, chosen.context_moves),
    }
    found = {name: measure_method(panel, seen, method, parts) for name, method in methods.items()}
    shots = found.pop("personal")
    found["crowd"] = [measure_crowd(panel, parts)]
    prior = "shipped prior" if chosen.card.space != "any" else "no learnt prior"
    note = f"{len(parts)} people, {len(panel.paths)} photos; personal model: {prior}"
    return PersonalReport(users=len(parts), shots=shots, baselines=found, note=note)


def personal_method(model: PersonalModel) -> Method:
    """The product's personal score as a method; falls back where the product would."""
    return _reading(model, model.moves)


def _reading(model: PersonalModel, moves: Callable[[Known, Floats, Floats], Floats]) -> Method:
    return lambda support, embeddings, scores: (
        scores + moves(model.know(support), embeddings, scores)
    )
