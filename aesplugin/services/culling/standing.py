"""How a photo stands among the frames of its group, in noticeable differences.

A difference counts in multiples of what a person would notice (`_NOTICEABLE`), so that
sharpness, exposure and score can be added. Noise is left out on purpose: inside a group the
noisier frame is as often the better exposed one. Eyes are not looked at; reasons say so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from aesplugin.services.culling.candidate import Candidate
from aesplugin.services.culling.profiles import Profile

_MOST = 4.0  # noticeable differences: one measurement alone must not decide everything


@dataclass(frozen=True, slots=True)
class _Measure:
    """How one measurement is compared: `noticeable` in its own unit; words for more and less."""

    noticeable: float
    better: str
    worse: str
    lower_is_better: bool = False
    relative: bool = False  # compared by ratio: `noticeable` is a share of the median


_NOTICEABLE = {
    "subject_sharpness": _Measure(0.12, "sharper subject", "softer subject", relative=True),
    "exposure": _Measure(0.33, "better exposed", "worse exposed", lower_is_better=True),
    "clipped_highlights": _Measure(
        2.0, "more detail in the lights", "lost detail in the lights", lower_is_better=True
    ),
    "clipped_shadows": _Measure(
        5.0, "more detail in the shadows", "lost detail in the shadows", lower_is_better=True
    ),
    "tilt": _Measure(1.0, "more level", "more tilted", lower_is_better=True),
}
_SCORE = _Measure(0.25, "higher score", "lower score")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One photo among its neighbours.

    `total` is in noticeable differences against the group's median; `parts` the same by
    measurement ("score" among them), weighted.
    """

    total: float
    parts: dict[str, float]


def standings(members: Sequence[Candidate], profile: Profile) -> list[Standing]:
    """The members' standings, in order; what a member lacks counts as the median."""
    measures = {"score": (_SCORE, 1.0)} | {
        name: (_NOTICEABLE[name], weight)
        for name, weight in profile.weights.items()
        if name in _NOTICEABLE and weight > 0
    }
    columns = {
        name: _column([_value(member, name) for member in members], measure, weight)
        for name, (measure, weight) in measures.items()
    }
    return [
        Standing(
            total=sum(column[index] for column in columns.values()),
            parts={name: column[index] for name, column in columns.items()},
        )
        for index in range(len(members))
    ]


def compare(one: Standing, others: Sequence[Standing]) -> str:
    """What sets a photo apart from its neighbours, most telling first, in words.

    "sharper subject than 4 neighbours, eyes aside; higher score than 3".
    """
    said = []
    for name, value in sorted(one.parts.items(), key=lambda part: -abs(part[1])):
        beaten = sum(value - other.parts[name] >= 1.0 for other in others)
        lost = sum(other.parts[name] - value >= 1.0 for other in others)
        if beaten or lost:
            said.append(_phrase(name, beaten=beaten, lost=lost))
    return "; ".join(said[:2]) or "hardly different from its neighbours"


def _phrase(name: str, *, beaten: int, lost: int) -> str:
    measure = _SCORE if name == "score" else _NOTICEABLE[name]
    words, count = (measure.better, beaten) if beaten >= lost else (measure.worse, lost)
    neighbours = "1 neighbour" if count == 1 else f"{count} neighbours"
    aside = ", eyes aside" if name == "subject_sharpness" else ""
    return f"{words} than {neighbours}{aside}"


def _value(member: Candidate, name: str) -> float | None:
    if name == "score":
        return member.value
    attribute = member.attributes.get(name)
    if attribute is None or attribute.value is None:
        return None
    return abs(attribute.value) if _NOTICEABLE[name].lower_is_better else attribute.value


def _column(values: Sequence[float | None], measure: _Measure, weight: float) -> list[float]:
    known = [value for value in values if value is not None]
    if not known:
        return [0.0] * len(values)
    middle = median(known)
    unit = measure.noticeable * (abs(middle) if measure.relative else 1.0)
    sign = -1.0 if measure.lower_is_better else 1.0
    return [
        0.0 if value is None or unit <= 0 else weight * _limited(sign * (value - middle) / unit)
        for value in values
    ]


def _limited(difference: float) -> float:
    return max(-_MOST, min(_MOST, difference))
