"""The personal model measured on people and themes that nothing was learnt from.

Themes fall into folds. For each fold a model is made from the learning raters' votes on the other
folds; then the measured raters' photos of the other folds are support and those of the fold are
queries.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aesplugin.errors import DataError
from aesplugin.evaluation.personal.figures import SHOTS, Shot, summaries
from aesplugin.evaluation.personal.ranking import (
    METHODS,
    Trial,
    blended,
    measure,
    measure_crowd,
    whole_trial,
)
from aesplugin.evaluation.personal.splits import fold_splits
from aesplugin.models.personal.model import PersonalModel
from aesplugin.models.personal.panel import Panel, Seen

FitFold = Callable[[NDArray[np.int64], NDArray[np.bool_]], PersonalModel]
Blend = tuple[float, float]
FEWEST_PEOPLE = 50  # to make a model anew from four fifths of them
_CHOOSING = (10, 100)
BLENDS: tuple[Blend, ...] = (
    (1.0, 0.0),
    (0.0, 1.0),
    (0.5, 0.5),
    (0.75, 0.25),
    (0.75, 0.5),
    (1.0, 0.5),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Raters:
    """Rows of the panel: who is learnt from, who chooses, who is measured."""

    learn: NDArray[np.int64]
    choose: NDArray[np.int64]
    test: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Validated:
    """`chosen` blend, how each did on the choosing raters, and all methods on the test raters."""

    chosen: Blend
    choosing: dict[Blend, list[Shot]]
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
    models = {fold: fit(raters.learn, folds != fold) for fold in range(int(folds.max()) + 1)}
    trained = any(model.reads_context for model in models.values())
    blends = {blend: blended(*blend) for blend in BLENDS if trained or not blend[1]}
    named = {str(blend): method for blend, method in blends.items()}
    choosing = measure(_trials(panel, folds, raters.choose, models), seen, named, shots=_CHOOSING)
    chosen_by = {blend: summaries(choosing[str(blend)]) for blend in blends}
    chosen = max(blends, key=lambda blend: _mean(chosen_by[blend]))
    methods = {**METHODS, "personal": blended(*chosen)}
    if not trained:
        del methods["in-context alone"]
    trials = _trials(panel, folds, raters.test, models)
    found = measure(trials, seen, methods, shots=SHOTS)
    test = {name: summaries(figures) for name, figures in found.items()}
    return Validated(
        chosen=chosen,
        choosing=chosen_by,
        test=test | {"crowd": summaries(measure_crowd(trials))},
    )


def unseen_trials(
    panel: Panel, folds: NDArray[np.int64], fit: FitFold, *, groups: int = 5, seed: int = 0
) -> list[Trial]:
    """Everybody and every theme, each with a model that learnt from neither.

    People fall into `groups`; a model is made for each group and fold of themes.

    Raises:
        DataError: nobody has ratings enough.
    """
    people = np.random.default_rng(seed).permutation(len(panel.users))
    trials = []
    for group in range(groups):
        asked = people[group::groups]
        others = np.setdiff1d(people, asked)
        models = {fold: fit(others, folds != fold) for fold in range(int(folds.max()) + 1)}
        trials += _trials(panel, folds, asked, models)
    if not any(trial.splits for trial in trials):
        raise DataError("nobody gave enough query photos different ratings: nothing to measure")
    return trials


def honest_trials(
    panel: Panel,
    seen: Seen,
    model: PersonalModel,
    *,
    folds: NDArray[np.int64] | None,
    fit: FitFold,
    own: str | None = None,
) -> tuple[list[Trial], str]:
    """How `model` is measured without praising it for what it learnt, and a note that says it.

    Where it learnt from photos that are asked about, people and themes are left out in turn and
    models made anew (`unseen_trials`); otherwise it is measured as it is. `folds` [N] of themes;
    None where there are too few themes for any. `own` names a model that is not the shipped one:
    who taught it is not known here, so it is measured as it is, and the note says so.

    Raises:
        DataError: nobody has ratings enough.
    """
    people = f"{len(panel.users)} people, {len(panel.paths)} photos"
    if own is not None:
        doubt = "optimistic if it was trained on these people or photos"
        return [whole_trial(panel, model)], f"{people}; personal model: the one in {own}; {doubt}"
    if model.card.space == "any":
        return [whole_trial(panel, model)], f"{people}; personal model: no trained prior"
    if not _learnt(panel, seen):
        return [whole_trial(panel, model)], f"{people}; personal model: the shipped one"
    if folds is None or len(panel.users) < FEWEST_PEOPLE:
        note = "the shipped one, trained on these photos: the figures are optimistic"
        return [whole_trial(panel, model)], f"{people}; personal model: {note}"
    note = "retrained without the people and themes measured, which the shipped one was trained on"
    if model.reads_context:
        note += "; its in-context network is the shipped one, trained on these people"
    return unseen_trials(panel, folds, fit), f"{people}; personal model: {note}"


def _learnt(panel: Panel, seen: Seen) -> bool:
    """Whether any photo that is asked about was learnt from."""
    if seen.learnt is None:
        return False
    asked = panel.rated if panel.asked is None else panel.asked
    return bool((asked.any(axis=0) & seen.learnt).any())


def _trials(
    panel: Panel,
    folds: NDArray[np.int64],
    users: NDArray[np.int64],
    models: Mapping[int, PersonalModel],
) -> list[Trial]:
    return [
        Trial(model=model, panel=panel, splits=fold_splits(panel, users, folds == fold, seed=fold))
        for fold, model in models.items()
    ]


def _mean(shots: Sequence[Shot]) -> float:
    return float(np.mean([shot.srcc for shot in shots])) if shots else 0.0
