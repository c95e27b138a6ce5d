"""Scenes: what was photographed in one go.

Rule: a scene ends where nobody pressed the shutter for longer than a given pause (all cameras
together). Photos without a time stand with the most similar timed photo if they look alike,
else in scenes of their own.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from aesplugin.counting import part_has
from aesplugin.services.groups.brackets import find_brackets
from aesplugin.services.groups.bursts import find_bursts
from aesplugin.services.groups.by_hand import Labels, regrouped
from aesplugin.services.groups.frame import Frame, Group, Grouping, GroupKind, counted_copies
from aesplugin.services.groups.links import by_camera, components
from aesplugin.services.groups.looks import LIMITS, Likeness, Limits, Looks
from aesplugin.services.groups.pairs import pair_up
from aesplugin.services.groups.shifted import Sketches, find_focus_stacks, find_panoramas


def split_by_pauses(frames: Sequence[Frame], pause: timedelta) -> list[list[int]]:
    """Positions of the timed frames, scene by scene in order of time; ties by position."""
    timed = [(frame.time, index) for index, frame in enumerate(frames) if frame.time is not None]
    timed.sort()
    scenes: list[list[int]] = []
    last = None
    for time, index in timed:
        if last is None or time - last > pause:
            scenes.append([])
        scenes[-1].append(index)
        last = time
    return scenes


Embeddings = Mapping[str, NDArray[np.float32]]
_Link = tuple[int, int]  # positions of two photos

_REASONS = {
    GroupKind.BURST: "{n} frames of one view within {span}",
    GroupKind.DUPLICATES: "{n} pictures that look the same",
    GroupKind.BRACKET: "{n} exposures of one view, to be merged",
    GroupKind.PANORAMA: "{n} overlapping views, to be stitched",
    GroupKind.FOCUS_STACK: "{n} focus distances of one view, to be merged",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is known beside the frames, by content hash; photos may be missing from either.

    `limits` says how far apart embeddings and hashes of like photos may lie.
    """

    embeddings: Embeddings
    sketches: Sketches
    limits: Limits = LIMITS


def partition(
    frames: Sequence[Frame],
    evidence: Evidence,
    *,
    scene_pause: timedelta = timedelta(minutes=10),
    by_hand: Labels = MappingProxyType({}),
) -> Grouping:
    """Groups `frames` (one per content hash).

    Order of precedence: all files of one exposure are one photo; then series (brackets, panoramas,
    focus stacks), then what a person grouped by hand, then bursts, then copies at any time.
    """
    everything = looks_of(frames, evidence.embeddings, evidence.limits)
    companions = pair_up(frames, everything)
    kept = [index for index, frame in enumerate(frames) if frame.key in companions]
    units, looks = [frames[index] for index in kept], everything.among(kept)
    found, copies = _groups(units, looks, evidence.sketches)
    groups = [_described(units, kind, members, copies) for kind, members in found]
    return Grouping(
        units=tuple(frame.key for frame in units),
        companions=companions,
        groups=regrouped(groups, units, _of_units(by_hand, companions)),
        scenes=_scenes(units, looks, scene_pause),
        notes=tuple(_notes(units)),
    )


def _of_units(by_hand: Labels, companions: Mapping[str, Sequence[str]]) -> Labels:
    """The labels of photos: an exposure has that of its first file that has one."""
    return {
        key: by_hand[file]
        for key, others in companions.items()
        for file in (key, *others)[::-1]
        if file in by_hand
    }


def looks_of(frames: Sequence[Frame], embeddings: Embeddings, limits: Limits = LIMITS) -> Looks:
    """The looks of `frames`, in their order."""
    return Looks(
        [embeddings.get(frame.key) for frame in frames],
        [frame.photo.perceptual_hash for frame in frames],
        limits,
    )


def _groups(
    units: Sequence[Frame], looks: Looks, sketches: Sketches
) -> tuple[list[tuple[GroupKind, list[int]]], set[int]]:
    """Groups, and which of the positions in bursts are near copies of a frame."""
    taken: set[int] = set()
    groups: list[tuple[GroupKind, list[int]]] = []
    bodies = by_camera(units)

    def add(kind: GroupKind, found: list[list[int]]) -> None:
        groups.extend((kind, members) for members in found)
        taken.update(index for members in found for index in members)

    def free() -> list[list[int]]:
        return [[index for index in members if index not in taken] for members in bodies]

    for members in free():
        add(GroupKind.BRACKET, find_brackets(units, members, sketches))
    for members in free():
        add(GroupKind.PANORAMA, find_panoramas(units, members, sketches))
    for members in free():
        add(GroupKind.FOCUS_STACK, find_focus_stacks(units, members, sketches))
    add(GroupKind.BURST, find_bursts(units, looks, free()))
    series = {i for kind, members in groups if kind.is_series for i in members}
    among = [index for index in range(len(units)) if index not in series]
    copies = _add_lookalikes(groups, _lookalikes(units, looks, among), len(units))
    return groups, copies


def _lookalikes(units: Sequence[Frame], looks: Looks, among: Sequence[int]) -> list[_Link]:
    """Copies at any time; of photos without a time also those hardly to be told apart."""
    allowed = set(among)
    untimed = [index for index in among if units[index].time is None]
    twins = [link for link in looks.twins(untimed) if link[1] in allowed]
    return [*looks.copies(among), *twins]


def _add_lookalikes(
    groups: list[tuple[GroupKind, list[int]]], links: Sequence[_Link], count: int
) -> set[int]:
    """Single photos join the burst they copy; single copies of each other form groups.

    Two bursts never become one, whatever their frames look like. Returns who joined a burst.
    """
    joined: set[int] = set()
    burst_of = {i: members for kind, members in groups if not kind.is_series for i in members}
    left = []
    for one, other in links:
        if one in burst_of and other in burst_of:
            continue
        if one in burst_of or other in burst_of:
            single, member = (other, one) if one in burst_of else (one, other)
            burst_of[single] = burst_of[member]
            burst_of[member].append(single)
            joined.add(single)
        else:
            left.append((one, other))
    for found in components(count, left):
        alone = [index for index in found if index not in burst_of]
        if len(alone) > 1:
            groups.append((GroupKind.DUPLICATES, alone))
    return joined


def _described(
    units: Sequence[Frame], kind: GroupKind, members: Sequence[int], copies: set[int]
) -> Group:
    taken = [index for index in members if index not in copies]
    times = [time for index in taken if (time := units[index].time)]
    seconds = (max(times) - min(times)).total_seconds() if times else 0.0
    reason = _REASONS[kind].format(n=len(taken), span=f"{seconds:.1f} s")
    more = [units[index].key for index in members if index in copies]
    if more:
        reason += f"; also {counted_copies(len(more))} from outside the burst"
    return Group(
        kind=kind,
        members=(*(units[index].key for index in taken), *more),
        reason=reason,
        copies=tuple(more),
    )


def _scenes(units: Sequence[Frame], looks: Looks, scene_pause: timedelta) -> dict[str, int]:
    scenes = split_by_pauses(units, scene_pause)
    number = {index: place for place, members in enumerate(scenes) for index in members}
    untimed = [index for index in range(len(units)) if index not in number]
    for index, nearest in _alike_pairs(looks, untimed, list(number)):
        number[index] = number[nearest]
    left = [index for index in untimed if index not in number]
    count = len(scenes)
    for found in components(len(units), _alike_pairs(looks, left, left)):
        if found[0] not in number:
            number.update(dict.fromkeys(found, count))
            count += 1
    return {units[index].key: place for index, place in sorted(number.items())}


def _alike_pairs(looks: Looks, of: Sequence[int], among: Sequence[int]) -> list[_Link]:
    """Each photo with its most similar other one, where both may show the same place."""
    return [
        (index, nearest)
        for index, nearest in zip(of, looks.nearest(of, among), strict=True)
        if nearest is not None and looks.alike(index, nearest, Likeness.PLACE)
    ]


def _notes(units: Sequence[Frame]) -> Iterator[str]:
    untimed = sum(frame.time is None for frame in units)
    if not untimed:
        return
    is_all = untimed == len(units)
    which = "no photo has a" if is_all else f"{part_has(untimed, len(units), 'photo')} no"
    yield f"{which} time in EXIF: grouped by appearance only"
