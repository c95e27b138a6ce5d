"""Links between frames: runs of one body without a long pause, and groups of linked pairs."""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta

from aesplugin.services.groups.frame import Frame


def components(count: int, links: Iterable[tuple[int, int]]) -> list[list[int]]:
    """All components of 0..count-1 under `links`, singles too; each ascending, by first member."""
    parent = list(range(count))

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for a, b in links:
        low, high = sorted((root(a), root(b)))
        parent[high] = low
    found: dict[int, list[int]] = {}
    for node in range(count):
        found.setdefault(root(node), []).append(node)
    return [found[first] for first in sorted(found)]


Linked = Callable[[int, int], bool]


def by_camera(frames: Sequence[Frame]) -> list[list[int]]:
    """Positions of the timed frames of each body, in order of time.

    Frames of one moment keep the maker's sequence number, then the file name's order.
    """
    bodies: dict[object, list[int]] = {}
    for index, frame in enumerate(frames):
        if frame.time is not None:
            bodies.setdefault(frame.camera, []).append(index)
    for members in bodies.values():
        members.sort(key=lambda index: _order(frames[index]))
    return list(bodies.values())


def pause(before: Frame, after: Frame) -> float:
    """Seconds from the end of one exposure to the start of the next, at least 0.

    A long exposure is no pause: an eight-second night frame and the next one may be one series.
    """
    if before.time is None or after.time is None:
        return float("inf")
    return max(0.0, (after.time - before.time).total_seconds() - (before.exif.exposure_time or 0.0))


def split(members: Sequence[int], linked: Linked) -> list[list[int]]:
    """`members` cut wherever two neighbours are not `linked`."""
    runs: list[list[int]] = []
    for index in members:
        if runs and linked(runs[-1][-1], index):
            runs[-1].append(index)
        else:
            runs.append([index])
    return runs


def _order(frame: Frame) -> tuple[timedelta, int, str]:
    assert frame.time is not None
    since = frame.time - frame.time.min
    return (since, frame.exif.sequence_number or 0, frame.path)
