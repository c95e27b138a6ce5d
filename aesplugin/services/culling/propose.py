"""Which photos to keep when only so many may be kept: the best ones that differ.

Greedy maximal marginal relevance (Carbonell & Goldstein 1998): each next keeper is worth its
score less what it repeats: how alike it is to a keeper, how many its scene already has.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from aesplugin.counting import counted
from aesplugin.decision import Choice, Proposal
from aesplugin.services.culling.burst_winner import Margin, margins_by_key, rank_group
from aesplugin.services.culling.candidate import Candidate, Culling, Wish
from aesplugin.services.culling.profiles import Profile
from aesplugin.services.culling.technical import flaw_of, unusable

_ALIKE_FROM = 0.4  # cosine from which two photos begin to repeat each other
_SIMILARITY_WEIGHT = 3.0  # standard deviations of score that a mere repetition costs
_SCENE_WEIGHT = 1.5  # the same for each doubling of a scene's keepers


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Photos chosen or left together: one frame, or a whole series."""

    members: tuple[int, ...]
    value: float
    scene: int
    vector: NDArray[np.float32]  # unit length, or zeros where unknown


def choose(
    blocks: Sequence[Block], keep: int, *, diversity: float, already: Sequence[Block] = ()
) -> list[int]:
    """Positions of the chosen blocks, in order of choice; together at most `keep` photos.

    `already` are keepers nobody asks about any more: they count as repeated, not as chosen. A
    series too long for the room left is passed over.
    """
    if not blocks:
        return []
    vectors = np.stack([block.vector for block in blocks])  # [B, D]
    worth = _standardised([block.value for block in blocks])
    scenes = np.array([block.scene for block in blocks])
    sizes = np.array([len(block.members) for block in blocks])
    nearest = np.zeros(len(blocks), dtype=np.float32)
    crowd = np.zeros(len(blocks), dtype=np.int64)

    def take(vector: NDArray[np.float32], scene: int) -> None:
        np.maximum(nearest, vectors @ vector, out=nearest)
        crowd[scenes == scene] += 1

    for block in already:
        take(block.vector, block.scene)
    chosen: list[int] = []
    room = keep
    free = np.ones(len(blocks), dtype=bool)
    while (free & (sizes <= room)).any():
        repeated = np.clip((nearest - _ALIKE_FROM) / (1 - _ALIKE_FROM), 0, 1)
        cost = _SIMILARITY_WEIGHT * repeated + _SCENE_WEIGHT * np.log2(1 + crowd)
        gain = np.where(free & (sizes <= room), worth - diversity * cost, -np.inf)
        best = int(gain.argmax())
        chosen.append(best)
        free[best] = False
        room -= int(sizes[best])
        take(blocks[best].vector, blocks[best].scene)
    return chosen


def _standardised(values: Sequence[float]) -> NDArray[np.float64]:
    array = np.asarray(values, dtype=np.float64)
    spread = float(array.std())
    result: NDArray[np.float64] = (array - array.mean()) / spread if spread > 0 else array * 0
    return result


Vectors = Mapping[str, NDArray[np.float32]]  # content hash → unit embedding
Margins = Mapping[str, Margin]  # content hash → the margin inside its group

_SCORE_MARGINS = (1.0, 0.1)  # of score a rejection needs, at strictness 0 and 1
_KEPT_SHARE = (0.6, 0.05)  # of the photos proposed as keepers, where no number was given


@dataclass(slots=True)
class _Field:
    """The photos that compete for the keepers, and what is settled already."""

    blocks: list[Block] = field(default_factory=list)
    words: dict[str, str] = field(default_factory=dict)  # content hash → what sets it apart
    settled: dict[str, Proposal] = field(default_factory=dict)
    lost: dict[str, str] = field(default_factory=dict)  # group → why all its frames are unusable


def compare_in_groups(candidates: Sequence[Candidate], profile: Profile) -> dict[str, Margin]:
    """Each photo's margin inside its group, whatever is wished for; no series has any."""
    found: dict[str, Margin] = {}
    for places in _by_group(candidates):
        members = [candidates[place] for place in places]
        if (group := members[0].group) is not None and not group.kind.is_series:
            found |= margins_by_key(members, profile)
    return found


def propose(
    candidates: Sequence[Candidate],
    vectors: Vectors,
    wish: Wish,
    profile: Profile,
    *,
    margins: Margins | None = None,
) -> Culling:
    """Proposals for every candidate without a decision; decided ones count, but are left alone.

    `margins` are those of `compare_in_groups`, where they are known from another wish.
    """
    if margins is None:
        margins = compare_in_groups(candidates, profile)
    entrants = _enter(candidates, vectors, (wish, profile), margins)
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
        notes=(*_notes(candidates, wish, chosen=len(kept)), *_notes_on_lost(without.values())),
    )


def strictness_table(
    candidates: Sequence[Candidate],
    vectors: Vectors,
    wish: Wish,
    profile: Profile,
    *,
    margins: Margins | None = None,
) -> list[tuple[float, dict[Choice, int]]]:
    """What other strictnesses would propose: (0, counts), (0.25, counts) … (1, counts)."""
    if margins is None:
        margins = compare_in_groups(candidates, profile)
    wishes = [replace(wish, strictness=step) for step in (0.0, 0.25, 0.5, 0.75, 1.0)]
    return [
        (one.strictness, propose(candidates, vectors, one, profile, margins=margins).counts())
        for one in wishes
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


def _notes_on_lost(reasons: Collection[str]) -> Iterator[str]:
    if len(reasons) == 1:
        yield f"one group has no keeper: {next(iter(reasons))}"
    elif reasons:
        yield (f"{len(reasons)} groups have no keeper: all their frames are technically unusable")


def _wanted(candidates: Sequence[Candidate], wish: Wish) -> int:
    if wish.keep is not None:
        return wish.keep
    share = _at(_KEPT_SHARE, wish.strictness) if wish.share is None else wish.share
    return round(share * len(candidates))


def _at(ends: tuple[float, float], strictness: float) -> float:
    return ends[0] + (ends[1] - ends[0]) * strictness


def _enter(
    candidates: Sequence[Candidate],
    vectors: Vectors,
    asked: tuple[Wish, Profile],
    margins: Margins,
) -> _Field:
    wish, profile = asked
    entrants = _Field()
    for members in _by_group(candidates):
        free = [i for i in members if candidates[i].decided is None]
        group = candidates[members[0]].group
        if group is not None and (why := _all_unusable([candidates[i] for i in members], profile)):
            entrants.lost[group.id] = why
        best = [i for i in free if candidates[i].value is not None]
        if group is not None and not group.kind.is_series:
            outcome = rank_group([candidates[i] for i in members], wish, profile, margins)
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
    causes = ", ".join(dict.fromkeys(words for words in why if words))
    frames = {1: "its only frame left is", 2: "both its frames are"}
    which = frames.get(len(left), f"all its {len(left)} frames are")
    return f"{which} technically unusable ({causes})"


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
    reason = (
        f"score {candidate.value:.2f}" if candidate.value is not None else "kept with its series"
    )
    group = candidate.group
    if group is not None and group.kind.is_series:
        reason += f", series kept as a whole: {group.reason}"
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
        reason = f"series are kept or left as a whole: {candidate.group.reason}"
    elif candidate.value is None:
        reason = "not scored yet"
    elif bar is None:
        reason = "no keepers left to choose; nothing to compare it with"
    else:
        behind = bar - candidate.value
        needed = _at(_SCORE_MARGINS, wish.strictness)
        if behind >= needed or (flaw and behind >= 0):
            choice = Choice.REJECT
            reason = f"score {candidate.value:.2f}, {behind:.2f} below the last keeper"
            reason += f"; {flaw} rated poor" if flaw else ""
        elif behind > 0:
            reason = f"score {candidate.value:.2f}, only {behind:.2f} below the last keeper"
        else:
            reason = f"score {candidate.value:.2f}, but a similar photo is already kept"
    return Proposal(
        content_hash=candidate.key,
        choice=choice,
        reason=reason,
        group=candidate.group.id if candidate.group else None,
    )


def _notes(candidates: Sequence[Candidate], wish: Wish, *, chosen: int) -> Iterator[str]:
    unscored = sum(c.value is None for c in candidates)
    if unscored:
        which = f"{unscored} of {counted(len(candidates), 'photo')}"
        yield f"no proposal for {which}, without a score yet"
    picked = sum(c.decided is Choice.PICK for c in candidates)
    rejected = sum(c.decided is Choice.REJECT for c in candidates)
    kept = picked + chosen
    if wish.keep is not None and kept < wish.keep:
        keepers = f"{counted(kept, 'keeper')} instead of {wish.keep}"
        yield f"{keepers}: {_why_fewer(candidates, wish, chosen)}"
    if wish.keep is not None and kept > wish.keep:
        are = "is" if kept == 1 else "are"
        yield f"{counted(kept, 'photo')} {are} already picked, more than the {wish.keep} requested"
    if picked or rejected:
        yield (f"your decisions are left unchanged: {picked} picked, {rejected} rejected")


def _why_fewer(candidates: Sequence[Candidate], wish: Wish, chosen: int) -> str:
    if chosen == sum(c.decided is None for c in candidates):
        return "there are no other photos"
    if not any(c.group for c in candidates):
        return "the others have no score"
    return (
        f"at most {wish.per_group} of each burst or set of duplicates (--per-group), and a series"
        " is kept as a whole or not at all"
    )
