"""The answer about one photo: suggestions, content and reasons, from what the judge found in it.

Nothing here is more certain than the numbers say: each is given from a limit on that was chosen on
photos the judge did not learn from (`JudgeConfig`).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from aesplugin.assessment import Content, Flaw, Kind, Reason, Suggestion
from aesplugin.models.base import Answer
from aesplugin.models.calm.measures import HUE_SHARES, LIGHT_ESTIMATES
from aesplugin.models.embedded.features import Numbers
from aesplugin.models.judge.config import (
    EMPTY,
    FLAWS,
    KINDS,
    STRENGTH_NAMES,
    TARGETS,
    UNTOUCHED,
    WORD_TARGETS,
    JudgeConfig,
    flaw_target,
    kind_target,
    strength_target,
    word_target,
)
from aesplugin.models.judge.network import BOTTOM, SURELY_EMPTY, Findings
from aesplugin.models.judge.vocabulary import EMPTY_REASON, FLAW_REASONS, STRENGTHS, SUBJECTS
from aesplugin.models.wording.openings import with_article
from aesplugin.models.wording.remedies import DIRECTIONS, consistent, suggest

_MOST_SUGGESTIONS: Final = 3
_MOST_REASONS: Final = 3
_MOST_KEYWORDS: Final = 8
_DECIMALS: Final = 3
_COLOUR_FLAWS: Final = (Flaw.COLOR_CAST, Flaw.UNDERSATURATED)
_HARDLY_COLOURED: Final = 0.004  # of the frame
_ONE_HUE, _ALL_OVER = 0.995, 0.5  # of what is coloured; of the frame
_AGREE: Final = 0.2  # log units
_NO_FLAW: Final = 0.375
_LEAST_LIKELY: Final = 0.3  # a flaw less likely than that is no reason, whatever it would cost
_HUES: Final = (
    *("greens", "greens", "warm tones", "warm tones", "pinks", "purples", "blues", "turquoise"),
)
"""What photographers call each sector of `HUE_SHARES`."""
_MUCH: Final = 0.15  # of the frame
_NAMED_SO: Final = {"sea": "the sea"}

Values = Mapping[str, float]  # every target of one photo


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeAnswer:
    """All that is answered about one photo.

    `strengths` are names of what speaks for it, `colours` those that most of the frame has;
    `claim` is the suggestion that a comment may repeat as a fact; an `empty` frame shows nothing.
    """

    score: float
    uncertainty: float
    content: Content
    suggestions: tuple[Suggestion, ...]
    reasons: tuple[Reason, ...]
    strengths: tuple[str, ...]
    colours: tuple[str, ...] = ()
    claim: Suggestion | None = None
    empty: bool = False

    def answer(self, *, embedding: bytes | None, comment: str | None = None) -> Answer:
        """As a model answers."""
        return Answer(
            score=round(self.score, _DECIMALS),
            uncertainty=round(self.uncertainty, 2),
            content=self.content,
            suggestions=self.suggestions,
            reasons=self.reasons,
            embedding=embedding,
            comment=comment,
        )


def answers_of(findings: Findings, measures: Numbers, config: JudgeConfig) -> list[JudgeAnswer]:
    """The answer about each photo of a batch; `measures` [B, MEASURES] are of its pixels."""
    rows = zip(
        findings.score.tolist(),
        findings.uncertainty.tolist(),
        values_of(findings.targets),
        measures,
        strict=True,
    )
    return [_answer_of(*row, config) for row in rows]


def _answer_of(
    score: float, uncertainty: float, values: Values, measured: Numbers, config: JudgeConfig
) -> JudgeAnswer:
    suggestions = suggestions_of(values, measured, config)
    return JudgeAnswer(
        score=score,
        uncertainty=uncertainty,
        content=content_of(values, config),
        suggestions=suggestions,
        reasons=reasons_of(values, measured, config),
        strengths=tuple(strengths_of(values, config)),
        colours=colours_of(measured),
        claim=_claim(suggestions, values, config),
        empty=_is_empty(values),
    )


def values_of(targets: Numbers) -> list[dict[str, float]]:
    """Targets [B, len(TARGETS)] by name, a photo each."""
    return [dict(zip(TARGETS, row, strict=True)) for row in targets.tolist()]


def kind_of(values: Values, config: JudgeConfig) -> Kind | None:
    """The kind of picture, where it is clear enough; None otherwise."""
    by_kind = {kind: values[kind_target(kind)] for kind in KINDS}
    others = {kind: value for kind, value in by_kind.items() if not kind.is_photo}
    photos = {kind: value for kind, value in by_kind.items() if kind.is_photo}
    best = max(photos, key=lambda kind: photos[kind])
    if sum(others.values()) >= max(config.photo_margin, photos[best]):
        return max(others, key=lambda kind: others[kind])
    return best if photos[best] >= config.kind_least else None


def content_of(values: Values, config: JudgeConfig) -> Content:
    """Kind, subject and keywords, each only where it is nearly always right."""
    if _is_empty(values):
        return Content()
    return Content(
        kind=kind_of(values, config),
        subject=_subject(values, config),
        keywords=_keywords(values, config),
    )


def flaw_probabilities(values: Values, config: JudgeConfig) -> dict[Flaw, float]:
    """How likely each flaw is, 0..1, as far as is known for photos of any source."""
    return {flaw: _probability(values[flaw_target(flaw)], flaw, config) for flaw in FLAWS}


def suggestions_of(
    values: Values, measures: Numbers, config: JudgeConfig
) -> tuple[Suggestion, ...]:
    """At most three, the likeliest first; none where the photo had better be left alone.

    `measures` [MEASURES] tell which way a colour cast goes.
    """
    if values[UNTOUCHED] > config.most_untouched or not _can_be_advised(values, config):
        return ()
    likely = flaw_probabilities(values, config)
    if is_toned(measures):
        likely |= dict.fromkeys(_COLOUR_FLAWS, 0.0)
    named = sorted(FLAWS, key=lambda flaw: -likely[flaw])[:_MOST_SUGGESTIONS]
    return consistent(
        suggest(flaw, _direction(flaw, measures), _strength(values[flaw_target(flaw)]))
        for flaw in named
        if likely[flaw] >= config.least_flaw
    )


def reasons_of(values: Values, measures: Numbers, config: JudgeConfig) -> tuple[Reason, ...]:
    """What moved the score against a typical photo's, strongest first, at most three.

    A reason is told where it weighs more than in nineteen of twenty photos: what is true of all
    says nothing of one.
    """
    if _is_empty(values):
        return (Reason(text=EMPTY_REASON, points=round(BOTTOM - config.centre, 2)),)
    if not _can_be_advised(values, config):
        return ()
    meant = {flaw.value for flaw in _COLOUR_FLAWS} if is_toned(measures) else set()
    found = []
    for name, text, value in _contributions(values, config):
        if name in meant or (name not in STRENGTHS and value < _LEAST_LIKELY):
            continue
        points = config.effects.get(name, 0.0) * (value - config.usual.get(name, 0.0))
        wanted = (name in STRENGTHS and points > 0) or (name not in STRENGTHS and points < 0)
        if wanted and abs(points) >= config.telling.get(name, math.inf):
            found.append(Reason(text=text, points=round(points, 2)))
    found.sort(key=lambda reason: -abs(reason.points))
    return tuple(found[:_MOST_REASONS])


def is_toned(measures: Numbers) -> bool:
    """Whether a photo [MEASURES] is black and white, or toned in one hue: its colour is meant."""
    shares = np.square(measures[HUE_SHARES])  # [8]
    coloured = float(shares.sum())
    if coloured < _HARDLY_COLOURED:
        return True
    one_hue = float(
        (shares + np.roll(shares, 1)).max()
    )  # two neighbours: a hue may lie between them
    light = measures[LIGHT_ESTIMATES].reshape(4, 2)  # of a toned photo all estimates agree
    apart = float(np.ptp(light, axis=0).max())
    return one_hue >= _ONE_HUE * coloured and coloured >= _ALL_OVER and apart < _AGREE


def colours_of(measures: Numbers) -> tuple[str, ...]:
    """At most two families of hues, each on a good part of the frame [MEASURES], largest first.

    None of a black-and-white or toned photo.
    """
    if is_toned(measures):
        return ()
    shares = dict.fromkeys(_HUES, 0.0)
    for name, share in zip(_HUES, np.square(measures[HUE_SHARES]).tolist(), strict=True):
        shares[name] += share
    large = sorted((name for name in shares if shares[name] >= _MUCH), key=lambda n: -shares[n])
    return tuple(large[:2])


def _claim(
    suggestions: Sequence[Suggestion], values: Values, config: JudgeConfig
) -> Suggestion | None:
    """The first suggestion, where it is all but sure; a tilt is left to the measurement."""
    for first in suggestions[:1]:
        likely = _probability(values[flaw_target(first.flaw)], first.flaw, config)
        if first.flaw is not Flaw.TILTED_HORIZON and likely >= config.least_claim:
            return first
    return None


def strengths_of(values: Values, config: JudgeConfig) -> list[str]:
    """Names of the strengths that the photo has more of than most, the strongest first."""
    lead = {
        name: values[strength_target(name)] - config.strengths.get(name, math.inf)
        for name in STRENGTH_NAMES
    }
    return sorted((name for name in lead if lead[name] >= 0), key=lambda name: -lead[name])


def _contributions(values: Values, config: JudgeConfig) -> list[tuple[str, str, float]]:
    likely = flaw_probabilities(values, config)
    flaws = [(flaw.value, FLAW_REASONS[flaw], likely[flaw]) for flaw in FLAWS]
    return flaws + [(name, STRENGTHS[name], values[strength_target(name)]) for name in STRENGTHS]


def _can_be_advised(values: Values, config: JudgeConfig) -> bool:
    """Whether it is a photo of something."""
    kind = kind_of(values, config)
    return not _is_empty(values) and (kind is None or kind.is_photo)


def _is_empty(values: Values) -> bool:
    return values[EMPTY] >= SURELY_EMPTY


def _probability(value: float, flaw: Flaw, config: JudgeConfig) -> float:
    curve = config.probability(flaw)
    return 1 / (1 + math.exp(-(curve.slope * value + curve.offset)))


def _subject(values: Values, config: JudgeConfig) -> str | None:
    for word in SUBJECTS:
        if values[word_target(word)] >= config.subjects.get(word, math.inf):
            return with_article(_NAMED_SO.get(word, word))
    return None


def _keywords(values: Values, config: JudgeConfig) -> tuple[str, ...]:
    lead = {
        word: values[word_target(word)] - config.words.get(word, math.inf) for word in WORD_TARGETS
    }
    confident = sorted((word for word in lead if lead[word] >= 0), key=lambda word: -lead[word])
    return tuple(confident[:_MOST_KEYWORDS])


def _strength(value: float) -> float:
    """0..1: a slight flaw was taught as .75 and a clear one as 1, halfway to none is none."""
    return min(max((value - _NO_FLAW) / (1 - _NO_FLAW), 0.0), 1.0)


def _direction(flaw: Flaw, measures: Numbers) -> str:
    if flaw is not Flaw.COLOR_CAST:
        return DIRECTIONS[flaw][0]
    world = measures[LIGHT_ESTIMATES].reshape(4, 2)[:2]  # grey world and shades of grey
    red, blue = world.mean(0).tolist()  # log red/green, blue/green
    warm, magenta = (red - blue) / 2, (red + blue) / 2
    if abs(warm) >= abs(magenta):
        return "cool down" if warm > 0 else "warm up"
    return "less magenta" if magenta > 0 else "less green"
