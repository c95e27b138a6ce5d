"""How well personal scores predict one person's ratings, by how many of theirs are known.

Per person: the support photos and the query photos are of different themes; the first k support
photos (in a drawn order, the same for every method) are given, all queries are ranked, and the
rank correlation with the person's own ratings is averaged over people.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from aesplugin.evaluation.personal.figures import (
    SHOTS,
    Figures,
    Floats,
    Pair,
    Shot,
    Truth,
    summaries,
)
from aesplugin.evaluation.personal.splits import Split, has_enough, splits, support_of
from aesplugin.models.personal.examples import Examples
from aesplugin.models.personal.model import Known, PersonalModel
from aesplugin.models.personal.panel import Panel, Seen
from aesplugin.models.runtime import one_thread

Method = Callable[[PersonalModel, Known, Floats, Floats], Floats]  # → scores of the queries
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """People on whom one model is measured; `panel` says which photos they are asked about."""

    model: PersonalModel
    panel: Panel
    splits: Sequence[Split]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalReport:
    """The personal model beside its baselines; `note` says what the figures are."""

    users: int
    shots: list[Shot]
    baselines: dict[str, list[Shot]]
    note: str


def measure_personal(
    trials: Sequence[Trial],
    seen: Seen,
    *,
    note: str,
    shots: Sequence[int] = SHOTS,
    progress: Progress = lambda done, of: None,
) -> PersonalReport:
    """The product's personal score, every baseline, and the crowd, on the same photos."""
    found = measure(trials, seen, METHODS, shots=shots, progress=progress)
    if not any(trial.model.reads_context for trial in trials):
        del found["in-context alone"]
    summary = {name: summaries(figures) for name, figures in found.items()}
    summary["crowd"] = summaries(measure_crowd(trials))
    users = {split.user for trial in trials for split in trial.splits}
    return PersonalReport(
        users=len(users), shots=summary.pop("personal"), baselines=summary, note=note
    )


def whole_trial(panel: Panel, model: PersonalModel) -> Trial:
    """Everybody, with one model.

    Raises:
        DataError: nobody has ratings enough.
    """
    return Trial(model=model, panel=panel, splits=splits(panel))


@one_thread()
def measure(
    trials: Sequence[Trial],
    seen: Seen,
    methods: Mapping[str, Method],
    *,
    shots: Sequence[int] = SHOTS,
    progress: Progress = lambda done, of: None,
) -> dict[str, Figures]:
    """Pairs of every method, by k and person; with k = 0 all of them are the general score."""
    found: dict[str, Figures] = {name: {k: {} for k in shots} for name in methods}
    everyone = [(trial, split) for trial in trials for split in trial.splits]
    for done, (trial, split) in enumerate(everyone):
        for k, name, pair in _pairs(trial, split, seen, methods, shots):
            found[name][k].setdefault(split.user, []).append(pair)
        progress(done + 1, len(everyone))
    return found


def _pairs(
    trial: Trial,
    split: Split,
    seen: Seen,
    methods: Mapping[str, Method],
    shots: Sequence[int],
) -> Iterable[tuple[int, str, Pair]]:
    embeddings, scores = seen.embeddings[split.query], seen.scores[split.query]
    truth = Truth(trial.panel.ratings[split.user, split.query])
    unmoved = truth.agreement(scores)
    for k in (k for k in shots if has_enough(split, k)):
        known = trial.model.know(support_of(trial.panel, seen, split, k))
        for name, method in methods.items():
            same = k == 0 or method is general
            predicted = None if same else method(trial.model, known, embeddings, scores)
            yield k, name, unmoved if predicted is None else truth.agreement(predicted)


def measure_crowd(trials: Sequence[Trial]) -> Figures:
    """What the mean of all *others'* ratings would say: the ceiling; k stands for nothing."""
    people: dict[int, list[Pair]] = {}
    for trial in trials:
        ratings = trial.panel.ratings
        total, count = np.nansum(ratings, axis=0), (~np.isnan(ratings)).sum(axis=0)
        for split in trial.splits:
            own = ratings[split.user, split.query]
            others = count[split.query] - 1
            mean = (total[split.query] - own) / np.maximum(others, 1)
            usual = float(mean[others > 0].mean()) if (others > 0).any() else 0.0
            predicted = np.where(others > 0, mean, usual).astype(np.float32)
            people.setdefault(split.user, []).append(Truth(own).agreement(predicted))
    return {0: people}


def general(model: PersonalModel, known: Known, embeddings: Floats, scores: Floats) -> Floats:
    """Baseline: the general score, whoever asks."""
    return scores


def ridge(model: PersonalModel, known: Known, embeddings: Floats, scores: Floats) -> Floats:
    """Baseline: ridge regression, on embeddings, of what the general score leaves over.

    It starts from the same place as every other method, and knows nothing of other people.
    """
    support: Examples = known.examples
    if len(support) < 2 or np.ptp(support.ratings) == 0:
        return scores
    centre = embeddings.mean(axis=0)
    x, query = model.scaled(support.embeddings - centre), model.scaled(embeddings - centre)
    size = float((query**2).sum(axis=1).mean())
    rating = (support.ratings - support.ratings.mean()) / support.ratings.std()
    residual = rating - _FOLLOWED * _standard(support.scores, scores)
    dual = np.linalg.solve(x @ x.T / size + _RIDGE * np.eye(len(x)), residual - residual.mean())
    moved: Floats = _FOLLOWED * _standard(scores, scores) + query @ x.T @ dual / size
    return moved


_FOLLOWED = 0.45  # standard deviations of rating that one of general score stands for
_RIDGE = 1.3  # the penalty: noise of one rating, as the prior has it


def _standard(values: Floats, against: Floats) -> Floats:
    spread = float(against.std())
    result: Floats = (values - against.mean()) / (spread or 1.0)
    return result


def _personal(model: PersonalModel, known: Known, embeddings: Floats, scores: Floats) -> Floats:
    return scores + model.moves(known, embeddings, scores)


def panel_mean(model: PersonalModel, known: Known, embeddings: Floats, scores: Floats) -> Floats:
    """Baseline: what the panel agreed on beyond the score; of the person nothing but a start."""
    return scores + model.crowd_moves(known, embeddings, scores)


def blended(prior: float, context: float) -> Method:
    """The two readings of a person, weighted, beside what the panel agreed on."""

    def method(model: PersonalModel, known: Known, embeddings: Floats, scores: Floats) -> Floats:
        predicted = panel_mean(model, known, embeddings, scores)
        if prior:
            predicted = predicted + np.float32(prior) * model.prior_moves(known, embeddings, scores)
        if context:
            predicted = predicted + np.float32(context) * model.context_moves(
                known, embeddings, scores
            )
        return predicted

    return method


METHODS: Mapping[str, Method] = {
    "personal": _personal,
    "general": general,
    "panel mean": panel_mean,
    "ridge": ridge,
    "population prior": blended(1.0, 0.0),
    "in-context alone": blended(0.0, 1.0),
}
