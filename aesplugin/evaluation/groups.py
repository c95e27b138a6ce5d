"""How well bursts are found: pairs of frames against a written rule.

The rule held true (docs/cull.md): frames of one body belong to one burst when each was taken at
most 1.5 s after the one before and shows, to a person looking at them, the same subject in about
the same framing. `by_time` gives the first half of it from the clock alone; which neighbours a
person sees as another view is given by hand (`apart`).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations, pairwise

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


def _pairs(groups: Sequence[Sequence[str]]) -> set[Pair]:
    return {frozenset(pair) for group in groups for pair in combinations(group, 2)}
