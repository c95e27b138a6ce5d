"""Inside one burst or set of copies: who stands for it, who is beaten, who cannot be told apart."""

from collections.abc import Sequence
from dataclasses import dataclass

from aesplugin.decision import Choice, Proposal
from aesplugin.services.culling.candidate import Candidate, Wish
from aesplugin.services.culling.profiles import Profile
from aesplugin.services.culling.standing import Standing, compare, standings
from aesplugin.services.culling.technical import unusable

_MARGINS = (3.0, 0.3)  # noticeable differences a rejection needs, at strictness 0 and 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """`best` go on to compete for the keepers, each with what sets it apart; others are done."""

    best: dict[str, str]  # content hash → words
    others: tuple[Proposal, ...]


def contest(members: Sequence[Candidate], wish: Wish, profile: Profile) -> Outcome:
    """Ranks one group; what a person decided stays, and a person's picks fill its places first."""
    present = [member for member in members if member.decided is not Choice.REJECT]
    found = dict(zip((m.key for m in present), standings(present, profile), strict=True))
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
    found: dict[str, Standing],
    asked: tuple[Wish, Profile],
) -> Proposal:
    wish, profile = asked
    group = member.group.id if member.group else None
    if member.value is None or not rivals:
        reason = "no model has scored it" if member.value is None else "nothing to compare it with"
        return Proposal(content_hash=member.key, choice=Choice.NONE, reason=reason, group=group)
    rival = min(rivals, key=lambda other: found[other.key].total)
    behind = found[rival.key].total - found[member.key].total
    least, most = _MARGINS[1], _MARGINS[0]
    rejected = behind >= most + (least - most) * wish.strictness
    words = compare(found[member.key], [found[rival.key]])
    reason = f"behind {rival.name}: {words}" if rejected else f"too close to {rival.name} to tell"
    why = unusable(member.attributes, profile)
    if why and not unusable(rival.attributes, profile):
        rejected, reason = True, f"behind {rival.name}: technically unusable, {why}"
    return Proposal(
        content_hash=member.key,
        choice=Choice.REJECT if rejected else Choice.NONE,
        reason=_if_copy(member) + reason,
        group=group,
    )


def _words(member: Candidate, found: dict[str, Standing], *, of: int) -> str:
    others = [standing for key, standing in found.items() if key != member.key]
    kind = member.group.kind.value if member.group else "group"
    return f"{_if_copy(member)}{compare(found[member.key], others)} (best of {of}, {kind})"


def _if_copy(member: Candidate) -> str:
    """Said first of a photo that was not taken in the burst it stands with."""
    copies = member.group.copies if member.group else ()
    return "a near copy, not taken in this burst; " if member.key in copies else ""
