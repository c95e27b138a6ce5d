"""Claims held against facts: of the photo they were made about, and of the other photos."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from aesplugin.assessment import Attribute, Flaw, Suggestion
from aesplugin.evaluation.judged import share
from aesplugin.evaluation.remarks import Remark
from aesplugin.models.directions import DIRECTIONS
from aesplugin.services.ground import contradicts
from aesplugin.services.suggest import suggestions_from

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


def weigh(remarks: Sequence[Remark], said: Sequence[Collection[Flaw]]) -> Truths:
    """`said` are the claims of each remark. Copies of one photo are never each other's control."""
    facts = [_facts(remark) for remark in remarks]
    claimed = [(flaw, fact) for mine, fact in zip(said, facts, strict=True) for flaw in mine]
    measurable = [(flaw, fact) for flaw, fact in claimed if flaw not in UNMEASURED]
    return Truths(
        named_control=share(
            [
                other.flaw in mine
                for mine, fact in zip(said, facts, strict=True)
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
