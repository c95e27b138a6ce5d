"""The personal model measured on raters and themes that nothing was learnt from.

Themes fall into folds, raters into learn / choose / test. For each fold a model is made from the
learning raters' votes on the other folds; then the test raters' photos of the other folds are
support and those of the fold are queries.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from aesplugin.evaluation.personal import (
    SHOTS,
    Figures,
    Floats,
    Method,
    Shot,
    agreement,
    figures,
    has_enough,
    measure_crowd,
    ridge,
    splits,
    summaries,
    support_of,
)
from aesplugin.models.personal.model import PersonalModel
from aesplugin.models.personal.panel import Panel, Seen

FitFold = Callable[[NDArray[np.int64], NDArray[np.bool_]], PersonalModel]
_CHOOSING = (10, 100)
BLENDS = ((1.0, 0.0), (0.0, 1.0), (0.5, 0.5), (0.75, 0.5), (0.6, 0.6), (1.0, 0.5))


@dataclass(frozen=True, slots=True, kw_only=True)
class Raters:
    """Rows of the panel: who is learnt from, who chooses, who is measured."""

    learn: NDArray[np.int64]
    choose: NDArray[np.int64]
    test: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Validated:
    """`chosen` blend, how each did on the choosing raters, and all methods on the test raters."""

    chosen: tuple[float, float]
    choosing: dict[tuple[float, float], list[Shot]]
    test: dict[str, list[Shot]]


def divide_raters(count: int, *, seed: int = 0) -> Raters:
    """64 % learn, 16 % choose, 20 % test."""
    order = np.random.default_rng(seed).permutation(count)
    test, choose = round(0.2 * count), round(0.36 * count)
    return Raters(learn=order[choose:], choose=order[test:choose], test=order[:test])


def cross_validate(
    panel: Panel, seen: Seen, folds: NDArray[np.int64], raters: Raters, fit: FitFold
) -> Validated:
    """Fits one model per fold of themes; the blend is chosen by the mean SRCC at k = 10 and 100."""
    models = {f: fit(raters.learn, folds != f) for f in range(int(folds.max()) + 1)}
    choosing = _readings(panel, seen, folds, raters.choose, models, _CHOOSING)
    chosen_by = {blend: _blend(choosing, blend) for blend in BLENDS}
    chosen = max(BLENDS, key=lambda blend: np.mean([shot.srcc for shot in chosen_by[blend]]))
    testing = _readings(panel, seen, folds, raters.test, models, SHOTS)
    test = {
        "personal": _blend(testing, chosen),
        "prior alone": _blend(testing, (1.0, 0.0)),
        "in-context alone": _blend(testing, (0.0, 1.0)),
        "general": _blend(testing, (0.0, 0.0)),
        "ridge": _over_folds(panel, seen, folds, raters.test, ridge),
        "crowd": [_crowd(panel, folds, raters.test)],
    }
    return Validated(chosen=chosen, choosing=chosen_by, test=test)


@dataclass(frozen=True, slots=True)
class _Reading:
    """One person at one k: what each reading says of their queries, and what they said."""

    scores: Floats
    prior: Floats
    context: Floats
    ratings: Floats


def _readings(
    panel: Panel,
    seen: Seen,
    folds: NDArray[np.int64],
    users: NDArray[np.int64],
    models: dict[int, PersonalModel],
    shots: Sequence[int],
) -> dict[int, list[_Reading]]:
    found: dict[int, list[_Reading]] = {k: [] for k in shots}
    for fold, model in models.items():
        asked = _asked(panel, folds == fold, users)
        for split in splits(asked, seed=fold):
            embeddings, scores = seen.embeddings[split.query], seen.scores[split.query]
            for k in (k for k in shots if has_enough(split, k)):
                known = model.know(support_of(asked, seen, split, k))
                found[k].append(
                    _Reading(
                        scores,
                        model.prior_moves(known, embeddings, scores),
                        model.context_moves(known, embeddings, scores),
                        asked.ratings[split.user, split.query],
                    )
                )
    return found


def _blend(readings: dict[int, list[_Reading]], blend: tuple[float, float]) -> list[Shot]:
    return summaries(
        {
            k: [
                agreement(r.scores + blend[0] * r.prior + blend[1] * r.context, r.ratings)
                for r in some
            ]
            for k, some in readings.items()
        }
    )


def _over_folds(
    panel: Panel,
    seen: Seen,
    folds: NDArray[np.int64],
    users: NDArray[np.int64],
    method: Method,
) -> list[Shot]:
    together: Figures = {k: [] for k in SHOTS}
    for fold in range(int(folds.max()) + 1):
        asked = _asked(panel, folds == fold, users)
        found = figures(asked, seen, method, splits(asked, seed=fold), shots=SHOTS)
        for k, pairs in found.items():
            together[k] += pairs
    return summaries(together)


def _crowd(panel: Panel, folds: NDArray[np.int64], users: NDArray[np.int64]) -> Shot:
    shots = []
    for fold in range(int(folds.max()) + 1):
        asked = replace(panel, asked=np.tile(folds == fold, (len(panel.users), 1)))
        parts = [split for split in splits(asked) if split.user in set(users.tolist())]
        shots.append(measure_crowd(asked, parts))
    return replace(
        shots[0],
        users=sum(shot.users for shot in shots),
        srcc=float(np.average([s.srcc for s in shots], weights=[s.users for s in shots])),
        low=float(np.mean([shot.low for shot in shots])),
        high=float(np.mean([shot.high for shot in shots])),
        lift10=float(np.mean([shot.lift10 for shot in shots])),
    )


def _asked(panel: Panel, photos: NDArray[np.bool_], users: NDArray[np.int64]) -> Panel:
    return replace(
        panel,
        users=tuple(panel.users[user] for user in users),
        ratings=panel.ratings[users],
        asked=np.tile(photos, (len(users), 1)),
    )
