"""Pick, reject or can't tell for every undecided photo, with the reason.

Inside a group photos are ranked against each other (no absolute score decides there). Between
groups the best of each compete for the keepers, and a photo is only rejected where the
difference is larger than the strictness asks for; near ties are "can't tell".

Where no number of keepers was asked for, every group keeps its best, however strict the cull: what
was photographed is not lost. Only where all its frames are technically unusable it keeps none.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from aesplugin.decision import Choice, Proposal
from aesplugin.services.culling.candidate import Candidate, Culling, Wish
from aesplugin.services.culling.choose import Block, choose
from aesplugin.services.culling.contest import contest
from aesplugin.services.culling.profiles import Profile
from aesplugin.services.culling.technical import flaw_of, unusable

Vectors = Mapping[str, NDArray[np.float32]]  # content hash → unit embedding

_SCORE_MARGINS = (1.0, 0.1)  # of score a rejection needs, at strictness 0 and 1
_KEPT_SHARE = (0.6, 0.05)  # of the photos proposed as keepers, where no number was given


@dataclass(slots=True)
class _Field:
    """The photos that compete for the keepers, and what is settled already."""

    blocks: list[Block] = field(default_factory=list)
    words: dict[str, str] = field(default_factory=dict)  # content hash → what sets it apart
    settled: dict[str, Proposal] = field(default_factory=dict)
    lost: dict[str, str] = field(default_factory=dict)  # group → why all its frames are unusable


def propose(
    candidates: Sequence[Candidate], vectors: Vectors, wish: Wish, profile: Profile
) -> Culling:
    """Proposals for every candidate without a decision; decided ones count, but are left alone."""
    entrants = _enter(candidates, vectors, wish, profile)
    picked = [i for i, c in enumerate(candidates) if c.decided is Choice.PICK]
    already = [_block(candidates, [i], vectors) for i in picked]
    room = max(0, _wanted(candidates, wish) - len(picked))
    places = choose(entrants.blocks, room, diversity=profile.diversity, already=already)
    more = [] if wish.keep is not None else _best_of_groups(candidates, entrants, places)
    chosen = _members(candidates, entrants, places)
    kept = [*chosen, *_members(candidates, entrants, more)]
    proposals = entrants.settled | {c.key: _pick(c, entrants.words) for c in kept}
    values = [c.value for c in chosen or kept if c.value is not None]
    bar = min(values) if values else None
    for candidate in candidates:
        if candidate.decided is None and candidate.key not in proposals:
            proposals[candidate.key] = _leave(candidate, bar, wish, profile)
    without = _without_keeper(candidates, entrants, kept)
    return Culling(
        proposals=tuple(
            _explained(proposals[c.key], without) for c in candidates if c.key in proposals
        ),
        notes=(*_notes(candidates, wish, chosen=len(kept)), *_said_of(without.values())),
    )


def strictness_table(
    candidates: Sequence[Candidate], vectors: Vectors, wish: Wish, profile: Profile
) -> list[tuple[float, dict[Choice, int]]]:
    """What other strictnesses would propose: (0, counts), (0.25, counts) … (1, counts)."""
    return [
        (step, propose(candidates, vectors, replace(wish, strictness=step), profile).counts())
        for step in (0.0, 0.25, 0.5, 0.75, 1.0)
    ]


def _members(
    candidates: Sequence[Candidate], entrants: _Field, places: Sequence[int]
) -> list[Candidate]:
    return [candidates[i] for place in places for i in entrants.blocks[place].members]


def _best_of_groups(
    candidates: Sequence[Candidate], entrants: _Field, places: Sequence[int]
) -> list[int]:
    """The first block of every group that has no keeper yet and is not all unusable."""
    served = {g.id for c in _members(candidates, entrants, places) if (g := c.group)}
    served |= {c.group.id for c in candidates if c.group and c.decided is Choice.PICK}
    found = []
    for place, block in enumerate(entrants.blocks):
        group = candidates[block.members[0]].group
        if group is not None and group.id not in served and group.id not in entrants.lost:
            served.add(group.id)
            found.append(place)
    return found


def _without_keeper(
    candidates: Sequence[Candidate], entrants: _Field, kept: Sequence[Candidate]
) -> dict[str, str]:
    """Groups of which nothing is kept since nothing in them is usable → why, in words."""
    served = {c.group.id for c in kept if c.group}
    served |= {c.group.id for c in candidates if c.group and c.decided is Choice.PICK}
    return {group: why for group, why in entrants.lost.items() if group not in served}


def _explained(proposal: Proposal, without: Mapping[str, str]) -> Proposal:
    why = without.get(proposal.group or "")
    if why is None:
        return proposal
    return replace(proposal, reason=f"no keeper in this group, {why}; {proposal.reason}")


def _said_of(reasons: Collection[str]) -> Iterator[str]:
    if len(reasons) == 1:
        yield f"one group is left without a keeper: {next(iter(reasons))}"
    elif reasons:
        yield (
            f"{len(reasons)} groups are left without a keeper: all their frames are technically"
            " unusable"
        )


def _wanted(candidates: Sequence[Candidate], wish: Wish) -> int:
    if wish.keep is not None:
        return wish.keep
    share = _at(_KEPT_SHARE, wish.strictness) if wish.share is None else wish.share
    return round(share * len(candidates))


def _at(ends: tuple[float, float], strictness: float) -> float:
    return ends[0] + (ends[1] - ends[0]) * strictness


def _enter(
    candidates: Sequence[Candidate], vectors: Vectors, wish: Wish, profile: Profile
) -> _Field:
    entrants = _Field()
    for members in _by_group(candidates):
        free = [i for i in members if candidates[i].decided is None]
        group = candidates[members[0]].group
        if group is not None and (why := _all_unusable([candidates[i] for i in members], profile)):
            entrants.lost[group.id] = why
        best = [i for i in free if candidates[i].value is not None]
        if group is not None and not group.kind.is_series:
            outcome = contest([candidates[i] for i in members], wish, profile)
            entrants.words |= outcome.best
            entrants.settled |= {proposal.content_hash: proposal for proposal in outcome.others}
            place = {candidates[i].key: i for i in free}
            best = [place[key] for key in outcome.best]  # the first is the best
        if group is not None and group.kind.is_series and best:
            entrants.blocks.append(_block(candidates, free, vectors))
        else:
            entrants.blocks.extend(_block(candidates, [i], vectors) for i in best)
    return entrants


def _all_unusable(members: Sequence[Candidate], profile: Profile) -> str | None:
    """Why no frame of a group that was not rejected by hand can be kept; None where one can."""
    left = [member for member in members if member.decided is not Choice.REJECT]
    why = [unusable(member.attributes, profile) for member in left]
    if not left or None in why:
        return None
    told = ", ".join(dict.fromkeys(words for words in why if words))
    frames = "its only frame left is" if len(left) == 1 else f"all its {len(left)} frames are"
    return f"{frames} technically unusable ({told})"


def _by_group(candidates: Sequence[Candidate]) -> list[list[int]]:
    found: dict[str, list[int]] = {}
    for index, candidate in enumerate(candidates):
        found.setdefault(candidate.group.id if candidate.group else candidate.key, []).append(index)
    return list(found.values())


def _block(candidates: Sequence[Candidate], members: Sequence[int], vectors: Vectors) -> Block:
    width = next(iter(vectors.values())).shape[0] if vectors else 1
    values = [v for i in members if (v := candidates[i].value) is not None]
    first = candidates[members[0]]
    return Block(
        members=tuple(members),
        value=max(values, default=0.0),
        scene=first.scene,
        vector=vectors.get(first.key, np.zeros(width, dtype=np.float32)),
    )


def _pick(candidate: Candidate, words: Mapping[str, str]) -> Proposal:
    reason = f"score {candidate.value:.2f}" if candidate.value is not None else "with its series"
    group = candidate.group
    if group is not None and group.kind.is_series:
        reason += f", kept whole: {group.reason}"
    elif candidate.key in words:
        reason = f"{words[candidate.key]}, {reason}"
    return Proposal(
        content_hash=candidate.key,
        choice=Choice.PICK,
        reason=reason,
        group=group.id if group else None,
    )


def _leave(candidate: Candidate, bar: float | None, wish: Wish, profile: Profile) -> Proposal:
    """What becomes of a photo that was not chosen."""
    choice, reason = Choice.NONE, ""
    flaw = flaw_of(candidate.attributes, profile)
    if candidate.group is not None and candidate.group.kind.is_series:
        reason = f"never culled inside: {candidate.group.reason}"
    elif candidate.value is None:
        reason = "no model has scored it"
    elif bar is None:
        reason = "no room among the keepers; nothing to compare it with"
    else:
        behind = bar - candidate.value
        needed = _at(_SCORE_MARGINS, wish.strictness)
        if behind >= needed or (flaw and behind >= 0):
            choice = Choice.REJECT
            reason = f"score {candidate.value:.2f}, {behind:.2f} below the last keeper"
            reason += f"; poor {flaw}" if flaw else ""
        elif behind > 0:
            reason = f"score {candidate.value:.2f}, only {behind:.2f} below the last keeper"
        else:
            reason = f"score {candidate.value:.2f}, but its look and scene are kept already"
    return Proposal(
        content_hash=candidate.key,
        choice=choice,
        reason=reason,
        group=candidate.group.id if candidate.group else None,
    )


def _notes(candidates: Sequence[Candidate], wish: Wish, *, chosen: int) -> Iterator[str]:
    unscored = sum(c.value is None for c in candidates)
    if unscored:
        yield f"{unscored} of {len(candidates)} photos have no score: can't tell"
    picked = sum(c.decided is Choice.PICK for c in candidates)
    rejected = sum(c.decided is Choice.REJECT for c in candidates)
    kept = picked + chosen
    if wish.keep is not None and kept < wish.keep:
        yield f"{kept} keepers instead of {wish.keep}: {_why_fewer(candidates, wish, chosen)}"
    if wish.keep is not None and kept > wish.keep:
        yield f"{kept} photos are picked already, more than the {wish.keep} asked for"
    if picked or rejected:
        yield (
            f"{picked + rejected} photos are left as decided: {picked} picked, {rejected} rejected"
        )


def _why_fewer(candidates: Sequence[Candidate], wish: Wish, chosen: int) -> str:
    if chosen == sum(c.decided is None for c in candidates):
        return "there are no more photos"
    if not any(c.group for c in candidates):
        return "the others have no score"
    return (
        f"{wish.per_group} of each burst or set of copies at most (--per-group), and a series is"
        " kept whole or not at all"
    )
