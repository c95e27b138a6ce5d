"""How well bursts are found: pairs of frames against a written rule.

The rule held true (docs/cull.md): frames of one body belong to one burst when each was taken at
most 1.5 s after the one before and shows, to a person looking at them, the same subject in about
the same framing. `by_time` gives the first half of it from the clock alone; which neighbours a
person sees as another view is given by hand (`apart`).

How far apart two frames of one view may lie in the embedding was set on photos. A figure on the
same photos is a fit; `held_out` sets the limit on the other days and reports each day by it.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations, pairwise, product
from pathlib import PurePath

from aesplugin.errors import UsageError

MOST_SECONDS = 1.5

Pair = frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairwise:
    """Pairs found, pairs that are true, and how they agree."""

    frames: int
    found: int
    true: int
    precision: float
    recall: float
    f1: float


def by_time(
    times: Mapping[str, tuple[str, datetime]], apart: Collection[Pair] = ()
) -> list[list[str]]:
    """Bursts by the rule: name → (body, time) in, groups of names out, singles too.

    `apart` are neighbours that a person sees as two views; the burst is cut between them.
    """
    bodies: dict[str, list[str]] = {}
    for name, (body, _) in sorted(times.items(), key=lambda item: (item[1][1], item[0])):
        bodies.setdefault(body, []).append(name)
    groups = []
    for names in bodies.values():
        groups.append([names[0]])
        for before, after in pairwise(names):
            seconds = (times[after][1] - times[before][1]).total_seconds()
            if seconds <= MOST_SECONDS and frozenset((before, after)) not in apart:
                groups[-1].append(after)
            else:
                groups.append([after])
    return groups


def pairs_apart(given: Iterable[str], names: Collection[str]) -> set[Pair]:
    """Pairs written A:B, each a path of `names` or the last part of one.

    Raises:
        UsageError: one of them names no two photos.
    """
    found: set[Pair] = set()
    for pair in given:
        first, _, second = pair.partition(":")
        matching = ([n for n in names if part in (n, PurePath(n).name)] for part in (first, second))
        two = {frozenset(both) for both in product(*matching) if both[0] != both[1]}
        if not two:
            raise UsageError(
                f"{pair!r} does not name two photos with a time; write them as --apart A.jpg:B.jpg"
            )
        found |= two
    return found


def agreement_of_pairs(
    found: Sequence[Sequence[str]], true: Sequence[Sequence[str]], *, frames: int
) -> Pairwise:
    """Precision, recall and F1 of the pairs that stand in one group; 1 where neither has any."""
    ours, theirs = _pairs(found), _pairs(true)
    both = len(ours & theirs)
    precision = both / len(ours) if ours else float(not theirs)
    recall = both / len(theirs) if theirs else float(not ours)
    total = precision + recall
    return Pairwise(
        frames=frames,
        found=len(ours),
        true=len(theirs),
        precision=precision,
        recall=recall,
        f1=2 * precision * recall / total if total else 0.0,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOutDay:
    """One day, its bursts found with the `limit` that is best on all other days."""

    day: str
    limit: float
    pairs: Pairwise


Bursts = Sequence[Sequence[str]]
LIMITS_TRIED = tuple(round(0.04 * step, 2) for step in range(2, 21))  # cosine distance


def held_out(
    found_at: Callable[[float], Bursts], true: Bursts, days: Mapping[str, str]
) -> list[HeldOutDay]:
    """Each day of `days` (name → day) by a limit chosen elsewhere; nothing for a single day.

    `found_at` gives the bursts found with a limit. Of limits that do equally well the middle one
    is taken: it is farthest from failing on either side.
    """
    names = sorted(set(days.values()))
    found = {limit: found_at(limit) for limit in LIMITS_TRIED} if len(names) > 1 else {}
    held = []
    for day in names if found else ():
        inside = {name for name, of in days.items() if of == day}
        outside = set(days) - inside
        rest = {limit: _within(groups, true, outside).f1 for limit, groups in found.items()}
        best = [limit for limit in LIMITS_TRIED if rest[limit] == max(rest.values())]
        limit = best[len(best) // 2]
        held.append(HeldOutDay(day=day, limit=limit, pairs=_within(found[limit], true, inside)))
    return held


def _within(found: Bursts, true: Bursts, names: Collection[str]) -> Pairwise:
    """The agreement of pairs, on some of the frames alone."""
    ours, theirs = (
        [[name for name in group if name in names] for group in bursts] for bursts in (found, true)
    )
    return agreement_of_pairs(ours, theirs, frames=len(names))


def _pairs(groups: Sequence[Sequence[str]]) -> set[Pair]:
    return {frozenset(pair) for group in groups for pair in combinations(group, 2)}
