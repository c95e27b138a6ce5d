"""Agreement of several judges with one person, and whether one agrees better than another.

All judges are measured on the same photos, and on the same resamples of them: so the interval of
a difference is narrower than those of the figures. Whole groups of alike photos are resampled.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from aesplugin.counting import counted
from aesplugin.decision import Choice
from aesplugin.evaluation.judges.candidates import Alike, Judge, Opinion
from aesplugin.evaluation.metrics import Measured, Vector, auc, cluster_draws, interval, srcc
from aesplugin.evaluation.plots import Bars, Panel

Progress = Callable[[int, int], None]
_Statistic = Callable[[NDArray[np.int64]], Sequence[float]]  # positions of photos → [J]

STARS, PICKS, BURSTS = "stars", "picks", "bursts"
_WHAT: Final = {
    STARS: "stars, rank correlation",
    PICKS: "pick outscores reject",
    BURSTS: "the better one within a group",
}
_LEAST_UNLIKE: Final = 10  # photos or groups; resamples of fewer differ too little
_LEAST_CHOICES: Final = 5  # picks, and as many rejects
_REPORTED_EVERY: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """By how much `one` agrees better than `other` (worse where negative), by the measure."""

    one: str
    other: str
    by: Measured


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One way to compare judges: `count` are the photos, or pairs of a group, that it rests on.

    `judges` and `differences` are empty where these are too few: `lacks` then says what is needed.
    """

    name: str
    count: int
    judges: Mapping[str, Measured]
    differences: tuple[Difference, ...]
    lacks: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgesReport:
    """How well each judge agrees with `user` on `photos` photos that all of them scored."""

    user: str
    photos: int
    questions: tuple[Question, ...]

    @property
    def says_something(self) -> bool:
        """Whether there are ratings enough for one of the questions."""
        return any(question.judges for question in self.questions)

    def table(self) -> str:
        """One block a question: the judges, then their differences, each with 95 % interval."""
        return "\n\n".join(_block(question, self.user) for question in self.questions)

    def data(self) -> Mapping[str, Any]:
        """For JSON."""
        return {
            "user": self.user,
            "photos": self.photos,
            "questions": {
                question.name: {
                    "count": question.count,
                    "judges": question.judges,
                    "differences": question.differences,
                    "lacks": question.lacks,
                }
                for question in self.questions
            },
        }

    def panels(self) -> Sequence[Panel]:
        """Bars a judge."""
        shown = [question for question in self.questions if question.judges]
        names = list(shown[0].judges) if shown else []
        return [
            Bars(
                title=f"agreement with {self.user}",
                labels=[_WHAT[question.name] for question in shown],
                series={name: [one.judges[name].value for one in shown] for name in names},
                marks={"chance of pairs": 0.5},
            )
        ]


def measure_judges(
    judges: Sequence[Judge],
    user: str,
    opinions: Mapping[str, Opinion],
    alike: Alike,
    *,
    progress: Progress = lambda done, of: None,
) -> JudgesReport:
    """Compares two judges or more with what `user` said; of an exposure one file counts.

    Photos that a judge has no score of are left out for all of them.
    """
    photos = [key for files in alike.exposures if (key := _spoken_of(files, opinions, judges))]
    sample = _Sample(
        scores=np.array([[judge.scores[key] for key in photos] for judge in judges]),
        stars=np.array([opinions[key].stars or np.nan for key in photos], np.float64),
        picked=np.array([_PICKED[opinions[key].choice] for key in photos], np.float64),
        groups=np.array([alike.group_of[key] for key in photos], np.int64),
    )
    names = [judge.name for judge in judges]
    asked = (_by_stars, _by_picks, _by_groups)

    def told(number: int) -> Progress:
        return lambda done, of: progress(number * of + done, len(asked) * of)

    questions = tuple(ask(names, sample, told(number)) for number, ask in enumerate(asked))
    return JudgesReport(user=user, photos=len(photos), questions=questions)


_PICKED: Final = {Choice.PICK: 1.0, Choice.REJECT: 0.0, Choice.NONE: np.nan}


@dataclass(frozen=True, slots=True)
class _Sample:
    """J judges, N photos: scores [J, N]; stars, picked (1, 0), NaN where not said; groups [N]."""

    scores: Vector
    stars: Vector
    picked: Vector
    groups: NDArray[np.int64]


def _spoken_of(
    files: Sequence[str], opinions: Mapping[str, Opinion], judges: Sequence[Judge]
) -> str | None:
    """The file of an exposure that stands for it: spoken of by the person and all judges."""
    for key in files:
        if key in opinions and all(key in judge.scores for judge in judges):
            return key
    return None


def _by_stars(names: Sequence[str], sample: _Sample, progress: Progress) -> Question:
    at = np.flatnonzero(np.isfinite(sample.stars))
    scores, stars = sample.scores[:, at], sample.stars[at]
    if _is_too_alike(sample.groups[at]) or len(np.unique(stars)) < 2:
        needed = f"{_LEAST_UNLIKE} unlike photos with stars, not all with as many"
        return _lacking(STARS, len(at), needed)

    def agree(drawn: NDArray[np.int64]) -> list[float]:
        return [srcc(row[drawn], stars[drawn]) for row in scores]

    return _answer(STARS, names, sample.groups[at], agree, len(at), progress)


def _by_picks(names: Sequence[str], sample: _Sample, progress: Progress) -> Question:
    at = np.flatnonzero(np.isfinite(sample.picked))
    scores, picked = sample.scores[:, at], sample.picked[at]
    fewest = min(np.sum(picked == 1), np.sum(picked == 0))
    if _is_too_alike(sample.groups[at]) or fewest < _LEAST_CHOICES:
        needed = f"{_LEAST_UNLIKE} unlike photos, {_LEAST_CHOICES} picks and as many rejects"
        return _lacking(PICKS, len(at), needed)

    def agree(drawn: NDArray[np.int64]) -> list[float]:
        return [auc(row[drawn], picked[drawn]) for row in scores]

    return _answer(PICKS, names, sample.groups[at], agree, len(at), progress)


def _by_groups(names: Sequence[str], sample: _Sample, progress: Progress) -> Question:
    won, pairs = _pairs_won(sample)  # [J, G], [G]
    if len(pairs) < _LEAST_UNLIKE:
        needed = f"{_LEAST_UNLIKE} groups with a better and a worse photo"
        return _lacking(BURSTS, int(pairs.sum()), needed)

    def agree(drawn: NDArray[np.int64]) -> list[float]:
        whole = pairs[drawn].sum()
        return [float(row[drawn].sum() / whole) for row in won]

    groups = np.arange(len(pairs))
    return _answer(BURSTS, names, groups, agree, int(pairs.sum()), progress)


def _is_too_alike(groups: NDArray[np.int64]) -> bool:
    return len(np.unique(groups)) < _LEAST_UNLIKE


def _pairs_won(sample: _Sample) -> tuple[Vector, Vector]:
    """Of each group with such pairs: how many each judge orders as the person does, of how many.

    A pick is better than a reject, else the one with more stars; equal scores count half.
    """
    won, pairs = [], []
    order = np.argsort(sample.groups, kind="stable")
    starts = np.flatnonzero(np.diff(sample.groups[order], prepend=-1))
    for members in np.split(order, starts[1:]):
        better = _better(sample.picked[members], sample.stars[members])
        if not better.any():
            continue
        scores = sample.scores[:, members]
        ahead = np.sign(scores[:, :, None] - scores[:, None, :])
        won.append(((ahead + 1) / 2 * better).sum(axis=(1, 2)))
        pairs.append(better.sum())
    return np.array(won).T.reshape(len(sample.scores), -1), np.array(pairs, np.float64)


def _better(picked: Vector, stars: Vector) -> NDArray[np.bool_]:
    """[M, M], true where the person prefers the row's photo to the column's."""
    chosen = picked[:, None] - picked[None, :]  # NaN where one was neither picked nor rejected
    starred = stars[:, None] - stars[None, :]
    decided = np.isfinite(chosen) & (chosen != 0)
    return np.where(decided, chosen > 0, starred > 0)


def _answer(
    name: str,
    judges: Sequence[str],
    groups: NDArray[np.int64],
    agree: _Statistic,
    count: int,
    progress: Progress,
) -> Question:
    values = agree(np.arange(len(groups)))
    drawn = []
    for number, positions in enumerate(cluster_draws(list(groups)), start=1):
        drawn.append(agree(positions))
        if number % _REPORTED_EVERY == 0:
            progress(number, 1000)
    by_judge = np.array(drawn).T  # [J, 1000]
    return Question(
        name=name,
        count=count,
        judges={
            judge: interval(value, row, count)
            for judge, value, row in zip(judges, values, by_judge, strict=True)
        },
        differences=tuple(
            Difference(
                one=judges[one],
                other=judges[other],
                by=interval(values[one] - values[other], by_judge[one] - by_judge[other], count),
            )
            for one, other in combinations(range(len(judges)), 2)
        ),
    )


def _lacking(name: str, count: int, needed: str) -> Question:
    return Question(name=name, count=count, judges={}, differences=(), lacks=f"needs {needed}")


def _block(question: Question, user: str) -> str:
    unit = "pair" if question.name == BURSTS else "photo"
    lines = [f"{_WHAT[question.name]} ({counted(question.count, unit)})"]
    if question.lacks:
        return f"{lines[0]}: {question.lacks}"
    names = [*question.judges, *(f"{one.one} - {one.other}" for one in question.differences)]
    width = max(map(len, names))
    for name, found in question.judges.items():
        lines.append(f"  {name:{width}}   {_figures(found, '.3f')}")
    for one in question.differences:
        shown = f"{one.one} - {one.other}"
        lines.append(f"  {shown:{width}}  {_figures(one.by, '+.3f')}  {_verdict(one, user)}")
    return "\n".join(lines)


def _figures(found: Measured, form: str) -> str:
    if np.isnan(found.value):
        return "n/a: all its scores are equal"
    return f"{found.value:{form}} ({found.low:{form}} to {found.high:{form}})"


def _verdict(difference: Difference, user: str) -> str:
    if difference.by.low > 0:
        return f"{difference.one} agrees better with {user}"
    if difference.by.high < 0:
        return f"{difference.other} agrees better with {user}"
    return "" if np.isnan(difference.by.value) else "may be chance: more ratings would tell"
