"""Which frame of a group wins: how each compares with the others, in noticeable differences.

A difference counts in multiples of what a person would notice (`_NOTICEABLE`), so that
sharpness, exposure and score can be added. Noise is left out on purpose: inside a group the
noisier frame is as often the better exposed one. Where eyes were not checked, reasons that speak
of sharpness say so. What is not known of one of two frames is not compared between them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from aesplugin.decision import Choice, Proposal
from aesplugin.services.culling.candidate import Candidate, Wish
from aesplugin.services.culling.faces import (
    FrameFaces,
    compare_faces,
    eyes_phrase,
    faces_shown,
)
from aesplugin.services.culling.profiles import Profile, profile_for
from aesplugin.services.culling.technical import unusable

_MOST = 4.0  # noticeable differences: one measurement alone must not decide everything


@dataclass(frozen=True, slots=True)
class _Measure:
    """How one measurement is compared: `noticeable` in its own unit; words for more and less."""

    noticeable: float
    better: str
    worse: str
    lower_is_better: bool = False
    relative: bool = False  # compared by ratio: `noticeable` is a share of the median


EYES, FACE_SHARPNESS = "eyes", "face_sharpness"  # what a profile weighs beside attributes
_NOTICEABLE = {
    "subject_sharpness": _Measure(0.12, "sharper subject", "softer subject", relative=True),
    "exposure": _Measure(0.33, "better exposed", "worse exposed", lower_is_better=True),
    "clipped_highlights": _Measure(
        2.0, "more highlight detail", "less highlight detail", lower_is_better=True
    ),
    "clipped_shadows": _Measure(
        5.0, "more shadow detail", "less shadow detail", lower_is_better=True
    ),
    "tilt": _Measure(1.0, "more level", "more tilted", lower_is_better=True),
    EYES: _Measure(0.25, "", "", lower_is_better=True),  # of the main faces; `eyes_phrase`
    FACE_SHARPNESS: _Measure(0.12, "sharper face", "softer face", relative=True),
}
_SCORE = _Measure(0.25, "higher score", "lower score")


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """One photo among its neighbours.

    Attributes:
        total: in noticeable differences against the group's median.
        parts: the same by measurement ("score" among them), weighted; None where it is not known.
        by_face: for what is measured on faces, that of each main face; None where it is not known.
        faces: None where faces were not read.
    """

    total: float
    parts: dict[str, float | None]
    by_face: dict[str, tuple[float | None, ...]] = field(default_factory=dict)
    faces: FrameFaces | None = None

    @property
    def are_eyes_checked(self) -> bool:
        """Whether open and closed eyes count here, or there is no face."""
        if self.faces is None or self.faces.seen == 0:
            return self.faces is not None
        return EYES in self.parts and self.faces.closed_share is not None

    def ahead_of(self, other: "Margin", name: str) -> float | None:
        """By how much it is better in one measurement; None where that cannot be compared.

        Only those faces count that can be judged in both frames.
        """
        if name not in (EYES, FACE_SHARPNESS):
            return _difference(self.parts[name], other.parts[name])
        mine, theirs = self.by_face.get(name, ()), other.by_face.get(name, ())
        if not mine or not theirs:
            return None
        apart = [_difference(one, two) for one, two in zip(mine, theirs, strict=True)]
        known = [difference for difference in apart if difference is not None]
        faces = len(mine) if name == EYES else len(known)  # a share of all, or the mean
        return sum(known) / faces if known else None


def _difference(one: float | None, two: float | None) -> float | None:
    return None if one is None or two is None else one - two


def margins(members: Sequence[Candidate], profile: Profile) -> list[Margin]:
    """The members' margins, in order; what a member lacks counts as the median in its total."""
    profile = profile_for(faces_shown(member.faces for member in members), profile)
    faces = compare_faces([member.faces for member in members])
    measures = {"score": (_SCORE, 1.0)} | {
        name: (_NOTICEABLE[name], weight)
        for name, weight in profile.weights.items()
        if name in _NOTICEABLE and weight > 0
    }
    columns = {
        name: _column(_values(members, faces, name), measure, weight)
        for name, (measure, weight) in measures.items()
    }
    return [
        Margin(
            total=sum(column[index] or 0.0 for column in columns.values()),
            parts={name: column[index] for name, column in columns.items()},
            by_face=_by_face(faces[index], measures),
            faces=faces[index],
        )
        for index in range(len(members))
    ]


def compare(one: Margin, others: Sequence[Margin]) -> str:
    """What sets a photo apart from the other frames, the largest difference first.

    "sharper subject than 4 other frames (eyes not checked); higher score than 3 other frames".
    Beside one frame no number is given; empty where nothing differs noticeably.
    """
    phrases = []
    apart = {name: [one.ahead_of(other, name) or 0.0 for other in others] for name in one.parts}
    for name in sorted(apart, key=lambda name: -max(map(abs, apart[name]), default=0.0)):
        beaten = sum(ahead >= 1.0 for ahead in apart[name])
        lost = sum(ahead <= -1.0 for ahead in apart[name])
        if beaten or lost:
            phrases.append(_phrase(name, one, others, beaten=beaten, lost=lost))
    return "; ".join([phrase for phrase in phrases if phrase][:2])


def _phrase(name: str, one: Margin, others: Sequence[Margin], *, beaten: int, lost: int) -> str:
    """One measurement in words; empty where these would not be true."""
    if name == EYES:
        beside = [other.faces for other in others]
        return eyes_phrase(one.faces, beside, better=beaten >= lost) if one.faces else ""
    measure = _SCORE if name == "score" else _NOTICEABLE[name]
    words, count = (measure.better, beaten) if beaten >= lost else (measure.worse, lost)
    is_sharpest = name == FACE_SHARPNESS and beaten == len(others) > 1
    words = "sharpest face" if is_sharpest else words
    if name == FACE_SHARPNESS and one.faces is not None and one.faces.seen > 1:
        words += "s"
    if len(others) > 1 and not is_sharpest:
        words += " than 1 other frame" if count == 1 else f" than {count} other frames"
    is_unsaid = name in ("subject_sharpness", FACE_SHARPNESS) and not one.are_eyes_checked
    return f"{words} (eyes not checked)" if is_unsaid else words


def _by_face(
    faces: FrameFaces | None, measures: Mapping[str, tuple[_Measure, float]]
) -> dict[str, tuple[float | None, ...]]:
    if faces is None:
        return {}
    found = {EYES: (faces.shut, 0.0), FACE_SHARPNESS: (faces.sharp, 1.0)}  # and what is usual
    return {
        name: tuple(_part(value, usual, *measures[name]) for value in values)
        for name, (values, usual) in found.items()
        if name in measures
    }


def _values(
    members: Sequence[Candidate], faces: Sequence[FrameFaces | None], name: str
) -> list[float | None]:
    if name == EYES:
        return [None if one is None else one.closed_share for one in faces]
    if name == FACE_SHARPNESS:
        return [None if one is None else one.sharpness for one in faces]
    return [_value(member, name) for member in members]


def _value(member: Candidate, name: str) -> float | None:
    if name == "score":
        return member.value
    attribute = member.attributes.get(name)
    if attribute is None or attribute.value is None:
        return None
    return abs(attribute.value) if _NOTICEABLE[name].lower_is_better else attribute.value


def _column(values: Sequence[float | None], measure: _Measure, weight: float) -> list[float | None]:
    known = [value for value in values if value is not None]
    middle = median(known) if known else 0.0
    return [_part(value, middle, measure, weight) for value in values]


def _part(value: float | None, middle: float, measure: _Measure, weight: float) -> float | None:
    unit = measure.noticeable * (abs(middle) if measure.relative else 1.0)
    if value is None or unit <= 0:
        return None if value is None else 0.0
    sign = -1.0 if measure.lower_is_better else 1.0
    return weight * max(-_MOST, min(_MOST, sign * (value - middle) / unit))


_MARGINS = (3.0, 0.3)  # noticeable differences a rejection needs, at strictness 0 and 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """`best` go on to compete for the keepers, each with what sets it apart; others are done."""

    best: dict[str, str]  # content hash → words
    others: tuple[Proposal, ...]


def margins_by_key(members: Sequence[Candidate], profile: Profile) -> dict[str, Margin]:
    """The margins of one group's members that a person did not reject, by content hash."""
    present = [member for member in members if member.decided is not Choice.REJECT]
    return dict(zip((m.key for m in present), margins(present, profile), strict=True))


def rank_group(
    members: Sequence[Candidate], wish: Wish, profile: Profile, found: Mapping[str, Margin]
) -> Outcome:
    """Ranks one group; what a person decided stays, and a person's picks fill its places first.

    `found` are the margins of its members, and perhaps of others (`margins_by_key`).
    """
    present = [member for member in members if member.decided is not Choice.REJECT]
    found = {member.key: found[member.key] for member in present}
    decided = [member for member in present if member.decided is not None]
    free = [member for member in present if member.decided is None]
    free.sort(
        key=lambda member: (
            member.value is None,
            unusable(member.attributes, profile) is not None,
            -found[member.key].total,
        )
    )
    places = max(0, wish.per_group - len(decided))
    winners = [member for member in free[:places] if member.value is not None]
    rivals = [*decided, *winners]
    beaten = [member for member in free if member not in winners]
    return Outcome(
        best={m.key: _words(m, found, of=len(members)) for m in winners},
        others=tuple(_judge(member, rivals, found, (wish, profile)) for member in beaten),
    )


def _judge(
    member: Candidate,
    rivals: Sequence[Candidate],
    found: Mapping[str, Margin],
    asked: tuple[Wish, Profile],
) -> Proposal:
    wish, profile = asked
    group = member.group.id if member.group else None
    if member.value is None or not rivals:
        reason = "not scored yet" if member.value is None else "nothing to compare it with"
        return Proposal(content_hash=member.key, choice=Choice.NONE, reason=reason, group=group)
    rival = min(rivals, key=lambda other: found[other.key].total)
    behind = _behind(found[member.key], found[rival.key])
    least, most = _MARGINS[1], _MARGINS[0]
    rejected = behind >= most + (least - most) * wish.strictness
    words = compare(found[member.key], [found[rival.key]]) or "slightly worse in several respects"
    reason = f"weaker than {rival.name}: {words}" if rejected else f"about as good as {rival.name}"
    why = unusable(member.attributes, profile)
    if why and not unusable(rival.attributes, profile):
        rejected, reason = True, f"weaker than {rival.name}: technically unusable, {why}"
    return Proposal(
        content_hash=member.key,
        choice=Choice.REJECT if rejected else Choice.NONE,
        reason=_if_copy(member) + reason,
        group=group,
    )


def _behind(one: Margin, rival: Margin) -> float:
    """By how many noticeable differences, in what is known of both."""
    return sum(rival.ahead_of(one, name) or 0.0 for name in one.parts)


def _words(member: Candidate, found: Mapping[str, Margin], *, of: int) -> str:
    others = [margin for key, margin in found.items() if key != member.key]
    kind = member.group.kind.value if member.group else "group"
    words = compare(found[member.key], others) or "hardly different from the other frames"
    return f"{_if_copy(member)}{words} (best of {of}, {kind})"


def _if_copy(member: Candidate) -> str:
    """The beginning of the reason for a photo that is grouped with a burst it is not part of."""
    copies = member.group.copies if member.group else ()
    return "near-duplicate from outside the burst; " if member.key in copies else ""
