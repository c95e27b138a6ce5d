"""Chooses every number of `JudgeConfig` on photos that the fit did not learn from.

Two views of each photo are at hand: by a fit without its fold, and by a fit without its whole
source. Users' photos are of yet another source, so what is shown must hold for both.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from aesplugin.evaluation.metrics import srcc
from aesplugin.models.judge.config import (
    BY_FOLD,
    FLAWS,
    KINDS,
    SCORE,
    STRENGTH_NAMES,
    TARGETS,
    UNTOUCHED,
    WORD_TARGETS,
    JudgeConfig,
    Logistic,
    flaw_target,
    kind_target,
    strength_target,
    word_target,
)
from aesplugin.models.judge.vocabulary import SUBJECTS

Floats = NDArray[np.float64]

CONFIRMED: Final = 0.8  # of first suggestions
CLAIM_CONFIRMED: Final = 0.95  # of flaws that a comment states
LEFT_ALONE: Final = 0.9  # of photos that need nothing
TAKEN_FOR_NONE: Final = 0.01  # of photos, as drawings or documents
WORD_PRECISION: Final = 0.9
_COST_OF_VOTES: Final = 0.015  # SRCC with labels that learning from votes may cost
DAMAGE_SHARE, DAMAGE_FLOOR = 1.0, 0.4  # order of made flaws against agreement: see the log
_LEAST_HITS: Final = 6  # of a word, to be trusted
_SHOWN: Final = 3
_RARE: Final = 0.95  # quantile of its effect from which something is given as a reason
_LEAST_EFFECT: Final = 0.12  # points
_MOST_EFFECT: Final = 3.0  # of anything: of what hardly varies, more would be extrapolated


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOut:
    """Targets [N, T] of labelled photos: true ones, and estimates by fold and by source.

    `nearness` [N] is that of the estimates by source. `votes` [N] are people's mean votes on 1..10,
    NaN where nobody voted, and `votes_by_fold` their estimates.
    """

    true: NDArray[np.float32]
    by_fold: NDArray[np.float32]
    by_source: NDArray[np.float32]
    nearness: NDArray[np.float32]
    votes: Floats
    votes_by_fold: Floats

    def column(self, name: str) -> tuple[Floats, Floats, Floats]:
        """True values [N] and both estimates of one target."""
        at = TARGETS.index(name)
        true, fold, source = (
            part[:, at].astype(float) for part in (self.true, self.by_fold, self.by_source)
        )
        return true, fold, source

    def columns(self, names: list[str]) -> tuple[Floats, Floats, Floats]:
        """The same for several targets: each [N, len(names)]."""
        parts = [self.column(name) for name in names]
        true, fold, source = (np.stack([part[i] for part in parts], axis=1) for i in range(3))
        return true, fold, source


def calibrate(seen: HeldOut, folds: int) -> JudgeConfig:
    """All numbers, from estimates of photos that were not learnt from."""
    share = votes_share(seen)
    flaws = {flaw.value: _logistic(seen, flaw_target(flaw)) for flaw in FLAWS}
    least, untouched = _advice(seen, flaws)
    centre, gain = _spread(seen, share)
    usual, effects, telling = _reasons(seen, flaws, gain * blended(seen, share)[0])
    return JudgeConfig(
        folds=folds,
        votes_share=share,
        damage_share=DAMAGE_SHARE,
        damage_floor=DAMAGE_FLOOR,
        centre=centre,
        gain=gain,
        uncertainty=_uncertainty(seen, share, (centre, gain)),
        flaws=flaws,
        least_flaw=least,
        most_untouched=untouched,
        least_claim=_claim_least(seen, flaws, (least, untouched)),
        kind_least=_kind_least(seen),
        photo_margin=_photo_margin(seen),
        subjects=_words(seen, [word_target(word) for word in SUBJECTS]),
        words=_words(seen, [word_target(word) for word in WORD_TARGETS]),
        strengths=_strengths(seen),
        effects=effects,
        usual=usual,
        telling=telling,
    )


def blended(seen: HeldOut, share: float) -> tuple[Floats, Floats]:
    """Scores [N] by fold and by source, of labels, votes and made flaws together."""
    parts = list(zip(*(seen.column(name)[1:] for name in BY_FOLD), strict=True))
    by_fold, by_source = (_blend(share, seen.votes_by_fold, *estimates) for estimates in parts)
    return by_fold, by_source


def _blend(share: float, votes: Floats, score: Floats, damage: Floats) -> Floats:
    return score + share * (votes - score) - _taken_off(damage)


def _taken_off(damage: Floats) -> Floats:
    return DAMAGE_SHARE * np.maximum(damage - DAMAGE_FLOOR, 0)


def front(seen: HeldOut) -> dict[float, tuple[float, float, float]]:
    """By share of votes: SRCC with labels by fold and by source, and with votes by fold."""
    labels, votes = seen.column(SCORE)[0], seen.votes
    scored, voted = ~np.isnan(labels), ~np.isnan(votes)
    found = {}
    for share in np.linspace(0, 0.6, 13).round(2).tolist():
        by_fold, by_source = blended(seen, share)
        found[share] = (
            srcc(by_fold[scored], labels[scored]),
            srcc(by_source[scored], labels[scored]),
            srcc(by_fold[voted], votes[voted]),
        )
    return found


def votes_share(seen: HeldOut) -> float:
    """The largest share of the votes that hardly costs agreement with the labels."""
    found = front(seen)
    first = found[0.0]
    return max(
        share
        for share, (by_fold, by_source, _) in found.items()
        if by_fold >= first[0] - _COST_OF_VOTES and by_source >= first[1] - _COST_OF_VOTES
    )


def _spread(seen: HeldOut, share: float) -> tuple[float, float]:
    labels = seen.column(SCORE)[0]
    scored = ~np.isnan(labels)
    estimates = blended(seen, share)[0][scored]
    return float(estimates.mean()), float(labels[scored].std() / estimates.std())


def _uncertainty(seen: HeldOut, share: float, spread: tuple[float, float]) -> tuple[float, float]:
    """A line through the standard errors of five groups of photos, by likeness."""
    labels = seen.column(SCORE)[0]
    centre, gain = spread
    misses = centre + gain * (blended(seen, share)[1] - centre) - labels
    known = np.flatnonzero(~np.isnan(misses))
    groups = np.array_split(known[np.argsort(seen.nearness[known])], 5)
    near = np.array([seen.nearness[group].mean() for group in groups])
    errors = np.array([np.sqrt((misses[group] ** 2).mean()) for group in groups])
    slope, offset = np.polyfit(near, errors, 1)
    return float(offset), float(min(slope, 0.0))


def _logistic(seen: HeldOut, target: str) -> Logistic:
    """Fitted on the estimates by source: as sure as one may be of photos like no others."""
    true, _, estimate = seen.column(target)
    known = ~np.isnan(true)
    x, y = estimate[known], (true[known] > 0).astype(float)
    slope, offset = 0.0, float(np.log((y.sum() + 0.5) / (len(y) - y.sum() + 0.5)))
    for _ in range(50):  # Newton's method, with a little shrinkage for flaws seen a few times
        p = 1 / (1 + np.exp(-(slope * x + offset)))
        weight = p * (1 - p) + 1e-9
        gradient = np.array([((p - y) * x).sum() + 0.05 * slope, (p - y).sum()])
        bend = np.array(
            [
                [(weight * x * x).sum() + 0.05, (weight * x).sum()],
                [(weight * x).sum(), weight.sum()],
            ]
        )
        step = np.linalg.solve(bend, gradient)
        slope, offset = slope - float(step[0]), offset - float(step[1])
        if np.abs(step).max() < 1e-6:
            break
    return Logistic(slope=max(slope, 0.0), offset=offset)


def probabilities(estimates: Floats, flaws: Mapping[str, Logistic]) -> Floats:
    """[N, 18] from estimates of the flaws' targets [N, 18]."""
    slope = np.array([flaws[flaw.value].slope for flaw in FLAWS])
    offset = np.array([flaws[flaw.value].offset for flaw in FLAWS])
    found: Floats = 1 / (1 + np.exp(-(slope * estimates + offset)))
    return found


@dataclass(frozen=True, slots=True)
class Advice:
    """Shares 0..1 of what is shown: see `evaluate real`."""

    confirmed: float
    given_on_clear: float
    found: float
    left_alone: float


def advice(
    true: Floats, shares: Floats, untouched: tuple[Floats, Floats], limits: tuple[float, float]
) -> Advice:
    """What showing flaws [N, 18] of probabilities `shares` would give.

    `untouched` are true values and estimates [N]; `limits` the least probability and the most
    untouched.
    """
    best = np.argsort(-shares, axis=1)[:, :_SHOWN]
    shown = np.zeros(shares.shape, bool)
    np.put_along_axis(shown, best, values=True, axis=1)
    shown &= (shares >= limits[0]) & (untouched[1] <= limits[1])[:, None]
    given: Any = shown.any(1)
    first: Any = np.greater(true[np.arange(len(true)), best[:, 0]], 0)
    clear: Any = np.equal(true, 1)
    return Advice(
        confirmed=float(first[given].mean()) if given.any() else 0.0,
        given_on_clear=float(given[clear.any(1)].mean()),
        found=float(shown[clear].mean()),
        left_alone=float(1 - given[untouched[0] == 1].mean()),
    )


def _advice(seen: HeldOut, flaws: Mapping[str, Logistic]) -> tuple[float, float]:
    """The limits that find most clear flaws among those that are right often enough.

    Confirmed on the mean of both views, left alone in both.
    """
    true, fold, source = seen.columns([flaw_target(flaw) for flaw in FLAWS])
    meant, untouched_fold, untouched_source = seen.column(UNTOUCHED)
    known = ~np.isnan(true).any(1) & ~np.isnan(meant)
    views = [
        (probabilities(estimates[known], flaws), (meant[known], needed[known]))
        for estimates, needed in ((fold, untouched_fold), (source, untouched_source))
    ]
    best, chosen = -1.0, (0.7, 0.2)
    for limits in product(np.arange(0.3, 0.8, 0.025), np.arange(0.1, 0.6, 0.025)):
        found = [advice(true[known], shares, needed, limits) for shares, needed in views]
        right = sum(one.confirmed for one in found) / 2 >= CONFIRMED
        alone = min(one.left_alone for one in found) >= LEFT_ALONE
        value = sum(one.found + one.given_on_clear for one in found)
        if right and alone and value > best:
            best, chosen = value, (float(limits[0]), float(limits[1]))
    return round(chosen[0], 3), round(chosen[1], 3)


def _claim_least(
    seen: HeldOut, flaws: Mapping[str, Logistic], limits: tuple[float, float]
) -> float:
    """The probability from which first suggestions are hardly ever contradicted, in both views."""
    true, *views = seen.columns([flaw_target(flaw) for flaw in FLAWS])
    _, *untouched = seen.column(UNTOUCHED)
    known = ~np.isnan(true).any(1)
    firsts, confirmed = [], []
    for estimates, needed in zip(views, untouched, strict=True):
        shares = probabilities(estimates[known], flaws)
        best = shares.argmax(1)
        given = (shares.max(1) >= limits[0]) & (needed[known] <= limits[1])
        firsts.append(shares.max(1)[given])
        confirmed.append(true[known][np.arange(len(best)), best][given] > 0)
    shares, right = np.concatenate(firsts), np.concatenate(confirmed)
    return min(round(_least(shares, right, CLAIM_CONFIRMED), 4), 1.0) if len(shares) else 1.0


def _kind_least(seen: HeldOut) -> float:
    """From which the likeliest kind is right in four of five photos of unknown sources."""
    true, _, source = seen.columns([kind_target(kind) for kind in KINDS])
    right = np.asarray(true.argmax(1) == source.argmax(1))
    return _least(source.max(1), right, 0.8)


def _photo_margin(seen: HeldOut) -> float:
    """Of the summed targets of what is no photo; hardly any photo lies above."""
    names = [kind_target(kind) for kind in KINDS if not kind.is_photo]
    true, fold, source = seen.columns(names)
    photos = np.asarray(true.sum(1) == 0)
    most = [np.quantile(part[photos].sum(1), 1 - TAKEN_FOR_NONE) for part in (fold, source)]
    return float(max(most))


def _words(seen: HeldOut, targets: list[str]) -> dict[str, float]:
    """By word, the value from which it is right nine times in ten, whatever the source."""
    found = {}
    for target in targets:
        true, fold, source = seen.column(target)
        known = ~np.isnan(true)
        values = np.concatenate([fold[known], source[known]])
        right = np.tile(true[known] > 0, 2)
        least = _least(values, right, WORD_PRECISION)
        if (values >= least).sum() >= 2 * _LEAST_HITS:
            found[target.removeprefix("word ")] = round(least, 4)
    return found


def _least(values: Floats, right: NDArray[np.bool_], precision: float) -> float:
    """The least value from which on so many are right; infinite values would not be stored."""
    order = np.argsort(-values)
    shares = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(shares >= precision)
    enough = enough[enough >= _LEAST_HITS - 1]
    return float(values[order[enough[-1]]]) if len(enough) else float(values.max() + 1)


def _strengths(seen: HeldOut) -> dict[str, float]:
    """By strength, the value from which a photo is one of the eighth that has most of it."""
    found = {}
    for name in STRENGTH_NAMES:
        _, fold, source = seen.column(strength_target(name))
        found[name] = float(np.quantile(np.concatenate([fold, source]), 0.88))
    return found


def _reasons(
    seen: HeldOut, flaws: Mapping[str, Logistic], scores: Floats
) -> tuple[dict[str, float], dict[str, float], dict[str, float]]:
    """Usual values, points of score, and what is worth telling, by flaw and strength.

    The score as a sum of flaws, none of which may raise it, and strengths, none of which may lower
    it: least squares with signs, by coordinate descent.
    """
    _, fold, _ = seen.columns([flaw_target(flaw) for flaw in FLAWS])
    _, strengths, _ = seen.columns([strength_target(name) for name in STRENGTH_NAMES])
    values = np.concatenate([probabilities(fold, flaws), strengths], axis=1)
    names = [*(flaw.value for flaw in FLAWS), *STRENGTH_NAMES]
    known = ~np.isnan(seen.column(SCORE)[0])
    usual = values[known].mean(0)
    x, y = values[known] - usual, scores[known] - scores[known].mean()
    signs = np.array([-1.0] * len(FLAWS) + [1.0] * len(STRENGTH_NAMES))
    effects = np.clip(_signed(x, y, signs), -_MOST_EFFECT, _MOST_EFFECT)
    moved = np.abs(x * effects)
    telling = np.maximum(np.quantile(moved, _RARE, axis=0), _LEAST_EFFECT)
    tables = (usual, effects, telling)
    found = [
        {name: round(float(one), 4) for name, one in zip(names, table, strict=True)}
        for table in tables
    ]
    return found[0], found[1], found[2]


def _signed(x: Floats, y: Floats, signs: Floats) -> Floats:
    effects = np.zeros(x.shape[1])
    squares = (x * x).sum(0) + 0.02 * len(x) * x.var(0) + 1e-9
    left = y.copy()
    for _ in range(200):
        for at in range(x.shape[1]):
            wish = effects[at] + float(x[:, at] @ left) / squares[at]
            new = wish if wish * signs[at] > 0 else 0.0
            left -= (new - effects[at]) * x[:, at]
            effects[at] = new
    return effects
