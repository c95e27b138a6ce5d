"""Which flaws a comment accuses its photo of, read by key words."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from aesplugin.assessment import Attribute, Flaw, Suggestion
from aesplugin.evaluation.judged import share
from aesplugin.evaluation.remarks import Remark
from aesplugin.models.wording.remedies import DIRECTIONS
from aesplugin.services.advice.suggest import suggestions_from
from aesplugin.services.advice.suggestion_check import contradicts

_CLAIMS: Final[dict[Flaw, str]] = {
    Flaw.UNDEREXPOSED: r"under-?exposed|under-?exposure|too dark|short of light|\bdim\b",
    Flaw.OVEREXPOSED: r"over-?exposed|over-?exposure|too bright|washed out|burnt out|blown",
    Flaw.LOW_CONTRAST: r"low (in )?contrast|lack(s|ing) contrast|\bflat\b|hazy|dull",
    Flaw.OVERSATURATED: r"over-?saturated|garish|unnatural colou?rs|too vivid",
    Flaw.UNDERSATURATED: r"under-?saturated|desaturated|\bpale\b|drained of colou?r|faded",
    Flaw.COLOR_CAST: r"colou?r cast|white balance|\btint|colou?r temperature",
    Flaw.NOISE: r"\bnois[ey]|grainy|speckled",
    Flaw.BLUR: r"blurred(?! by)|blurry|out of focus|\bsoft all|lack(s|ing) fine|\bblur\b|unsharp",
    Flaw.MOTION_BLUR: r"blurred by mo|camera shake|smeared|streaked|unsteady|\bmotion\b",
    Flaw.JPEG_ARTIFACTS: r"compression|\bjpeg|blocky",
    Flaw.TILTED_HORIZON: r"tilted|leaning to|not level|crooked|sloping",
    Flaw.CUT_SUBJECT: r"cut off|cropped into|missing part|cut too tightly",
    Flaw.POOR_PLACEMENT: (
        r"pushed to one|poorly placed|crowded at|unbalanced|(?<!part of its subject )at the edge"
    ),
    Flaw.VIGNETTING: (
        r"vignett|(dark|light|shad\w+)\b[^.]{0,24}\b(corners?|edges)|corners?\b[^.]{0,16}\bdark"
    ),
    Flaw.CLUTTER: r"clutter|distract|\bbusy\b|compete with",
    Flaw.MIXED_OR_FLASH_LIGHT: (
        r"(harsh(ly)?|hard|mixed|flash) (light|lit\b)|(harsh|hard|direct|frontal) flash"
    ),
    Flaw.CLIPPED_HIGHLIGHTS: (
        r"clipped|burnt white|(blown|burnt)( out)?( in the)? highlights"
        r"|(highlights|brightest parts)( are| have)? (lost|blown|burnt|white)"
    ),
    Flaw.BLOCKED_SHADOWS: (
        r"(blocked|crushed|black)( in the)? shadows"
        r"|(shadows|darkest parts)( are| have| sink into| go)? (lost|blocked|black)"
    ),
}
_DENIED: Final = re.compile(
    r"(\b(no|not(?! (only|just))|never|nothing|none|without|free (of|from)|hardly)|n't)"
    r"( \w+){0,2} ?$"
)
_CLAUSE_ENDS: Final = ".,;:!?"


def claims(comment: str) -> set[Flaw]:
    """The flaws a comment accuses its photo of; "free of noise" accuses it of nothing."""
    text = comment.lower()
    return {flaw for flaw, words in _CLAIMS.items() if _accuses(text, words)}


def _accuses(text: str, words: str) -> bool:
    found = re.finditer(words, text)
    return any(not _DENIED.search(_before(text, match.start())) for match in found)


def _before(text: str, place: int) -> str:
    """What stands between the start of the clause and `place`."""
    start = max(text.rfind(end, 0, place) for end in _CLAUSE_ENDS) + 1
    return text[start:place]


UNMEASURED: Final = frozenset(
    {
        Flaw.CUT_SUBJECT,
        Flaw.POOR_PLACEMENT,
        Flaw.CLUTTER,
        Flaw.MIXED_OR_FLASH_LIGHT,
        Flaw.CLIPPED_HIGHLIGHTS,
        Flaw.BLOCKED_SHADOWS,
    }
)
"""Flaws that no measured suggestion names, so that none of ours can confirm them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Truths:
    """Shares of claims 0..1, NaN where there are none; each `control` is over other photos."""

    named_control: float
    measurable: int
    measured: float
    measured_control: float
    contradicted: float
    contradicted_control: float


@dataclass(frozen=True, slots=True)
class _Facts:
    photo: str
    flaw: Flaw | None
    poor: frozenset[Flaw]  # measured
    denied: frozenset[Flaw]  # the measurement says the opposite


def weigh(remarks: Sequence[Remark], claims_of: Sequence[Collection[Flaw]]) -> Truths:
    """`claims_of` each remark. Copies of one photo are never each other's control."""
    facts = [_facts(remark) for remark in remarks]
    claimed = [(flaw, fact) for mine, fact in zip(claims_of, facts, strict=True) for flaw in mine]
    measurable = [(flaw, fact) for flaw, fact in claimed if flaw not in UNMEASURED]
    return Truths(
        named_control=share(
            [
                other.flaw in mine
                for mine, fact in zip(claims_of, facts, strict=True)
                if fact.flaw
                for other in _others(fact, facts)
                if other.flaw
            ]
        ),
        measurable=len(measurable),
        measured=share([flaw in fact.poor for flaw, fact in measurable]),
        measured_control=share(
            [flaw in other.poor for flaw, fact in measurable for other in _others(fact, facts)]
        ),
        contradicted=share([flaw in fact.denied for flaw, fact in measurable]),
        contradicted_control=share(
            [flaw in other.denied for flaw, fact in measurable for other in _others(fact, facts)]
        ),
    )


def _others(fact: _Facts, facts: Sequence[_Facts]) -> Iterator[_Facts]:
    return (other for other in facts if other.photo != fact.photo)


def _facts(remark: Remark) -> _Facts:
    poor = frozenset(found.flaw for found in suggestions_from(remark.attributes))
    denied = frozenset(flaw for flaw in Flaw if _denied(flaw, remark.attributes))
    return _Facts(remark.photo, remark.flaw, poor, denied)


def _denied(flaw: Flaw, attributes: Mapping[str, Attribute]) -> bool:
    """Whether the measurements contradict the flaw whichever way it is meant to lie."""
    return all(
        contradicts(Suggestion(flaw=flaw, direction=way, strength=1.0, advice=""), attributes)
        for way in DIRECTIONS[flaw]
    )
