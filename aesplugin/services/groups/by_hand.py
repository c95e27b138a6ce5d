"""Groups that a person made or changed: they replace what was found, except for series."""

import os
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from aesplugin.counting import counted
from aesplugin.errors import UsageError
from aesplugin.services.groups.frame import Frame, Group, Grouping, GroupKind

Labels = Mapping[str, Hashable]
"""Content hash → the group that a person put the photo into; other photos are in none."""

_NIGHT = timedelta(hours=1)  # a burst may go on past midnight


def regrouped(
    groups: Sequence[Group], frames: Sequence[Frame], labels: Labels
) -> tuple[Group, ...]:
    """The groups that were found among `frames`, as the labels change them.

    A photo without a label, such as one that came since, goes with the one before it in its group.
    A series stays as it is: its frames are to be merged.
    """
    kept: list[Group] = []
    changed: list[Group] = []
    for one in groups:
        stays = one.kind.is_series or labels.keys().isdisjoint(one.members)
        (kept if stays else changed).append(one)
    label_of = {key: label for one in changed for key, label in _labels_along(one.members, labels)}
    in_any = {key for one in groups for key in one.members}
    label_of |= {f.key: labels[f.key] for f in frames if f.key in labels and f.key not in in_any}
    parts: dict[Hashable, list[str]] = {}
    for key, label in label_of.items():
        parts.setdefault(label, []).append(key)
    found = {frame.key: frame for frame in frames}
    made = [_made(part, changed, found) for part in parts.values() if len(part) > 1]
    return (*kept, *made)


@dataclass(frozen=True, slots=True)
class Change:
    """What makes some photos one group.

    Attributes:
        what: it is, in a word or two.
        parts: content hashes of all files of the new group, and of what is left of each group that
            the photos were in.
    """

    what: str
    parts: tuple[tuple[str, ...], ...]


def change_to(photos: Collection[str], grouping: Grouping, frames: Iterable[Frame]) -> Change:
    """What makes these photos, and nothing else, one group; a single one is taken out of its own.

    Raises:
        UsageError: they cannot be one group, or are one.
    """
    unit_of = {file: key for key in grouping.units for file in grouping.files_of(key)}
    if any(key not in unit_of for key in photos):
        raise UsageError("a photo of it is not there any more: reload the page")
    chosen = list(dict.fromkeys(unit_of[key] for key in photos))
    group_of = grouping.group_of()
    touched = list({group_of[key].id: group_of[key] for key in chosen if key in group_of}.values())
    found = {frame.key: frame for frame in frames}
    _check(chosen, touched, [found[key] for key in chosen])
    rest = [[key for key in one.members if key not in chosen] for one in touched]
    return Change(
        _in_words(chosen, touched),
        tuple(
            tuple(file for key in part for file in grouping.files_of(key))
            for part in (chosen, *rest)
            if part
        ),
    )


def _in_words(chosen: Sequence[str], touched: Sequence[Group]) -> str:
    members = [key for one in touched for key in one.members]
    if len(touched) == 1 and set(chosen) <= set(members):
        return "Split"
    return "Join" if set(chosen) == set(members) else f"Group of {len(chosen)}"


def _labels_along(members: Sequence[str], labels: Labels) -> Iterator[tuple[str, Hashable]]:
    label = next(labels[key] for key in members if key in labels)
    for key in members:
        label = labels.get(key, label)
        yield key, label


def _made(part: Sequence[str], changed: Sequence[Group], found: Mapping[str, Frame]) -> Group:
    origins = [one for one in changed if not set(part).isdisjoint(one.members)]
    near = {key for one in origins for key in one.copies}
    is_part_of_one = len(origins) == 1 and set(part) <= set(origins[0].members)
    first = [key for key in part if key not in near]
    last = [key for key in part if key in near]
    ordered = [*sorted(first, key=lambda key: _order(found[key])), *last]
    return Group(
        kind=origins[0].kind if is_part_of_one else GroupKind.BURST,
        members=tuple(ordered),
        reason=f"{counted(len(ordered), 'photo')} grouped by hand",
        copies=tuple(last) if first else (),
    )


def _order(frame: Frame) -> tuple[datetime, int, str]:
    return (frame.time or datetime.max, frame.exif.sequence_number or 0, frame.path)


def _check(chosen: Sequence[str], touched: Sequence[Group], frames: Sequence[Frame]) -> None:
    for one in touched:
        if one.kind.is_series:
            raise UsageError(f"a {one.title} is to be merged: a series stays as it is")
    if len(chosen) < 2 and not touched:
        raise UsageError("one photo is no burst: select 2 or more")
    if len(touched) == 1 and set(chosen) <= set(touched[0].members):
        if len(chosen) == len(touched[0].members):
            raise UsageError("these photos are one burst already")
        return  # a part of what is one group already
    folders = sorted({os.path.dirname(frame.path) for frame in frames})
    if len(folders) > 1:
        raise UsageError(
            f"photos of different folders are no burst: {folders[0]} and {folders[-1]}"
        )
    times = sorted(frame.time for frame in frames if frame.time is not None)
    for before, after in pairwise(times):
        if before.date() != after.date() and after - before > _NIGHT:
            raise UsageError(
                f"photos of different days are no burst: {before.date()} and {after.date()}"
            )
