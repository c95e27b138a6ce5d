"""Bursts: one press of the shutter, or a quick succession of the same view.

Rule: two frames of one body belong to one burst when no more than 1.5 seconds lie between them
and they show the same view; between frames at motor-drive speed (.35 s) it is enough that they
show the same place. Links chain: a burst is as long as its frames go on. Frames that the camera
itself marks with one burst identifier are one burst, too, with no more than a minute from each to
the next: makers count bursts, and begin again (Nikon after 65,535, or with a new card).

Why 1.5 s: the reaction time to press again is about half a second, photographers who time single
shots of one moment leave about a second, and clocks that count whole seconds err by up to one.
"""

import itertools
from collections.abc import Sequence

from aesplugin.services.groups.frame import Frame
from aesplugin.services.groups.links import components, pause
from aesplugin.services.groups.looks import Likeness, Looks

MOST_PAUSE = 1.5  # seconds
MOTOR_DRIVE = 0.35
MOST_MARKED_PAUSE = 60.0  # a full buffer takes seconds, and frames may have been deleted between


def find_bursts(
    frames: Sequence[Frame], looks: Looks, bodies: Sequence[Sequence[int]]
) -> list[list[int]]:
    """Bursts of two frames or more; `bodies` are positions per camera, in order of time."""
    links = [
        (a, b)
        for members in bodies
        for a, b in itertools.pairwise(members)
        if _linked(frames, looks, a, b)
    ]
    links += _marked(frames, bodies)
    order = {index: place for members in bodies for place, index in enumerate(members)}
    return [
        sorted(found, key=order.__getitem__)
        for found in components(len(frames), links)
        if len(found) > 1
    ]


def _linked(frames: Sequence[Frame], looks: Looks, one: int, other: int) -> bool:
    between = pause(frames[one], frames[other])
    if between > MOST_PAUSE:
        return False
    likeness = Likeness.PLACE if between <= MOTOR_DRIVE else Likeness.VIEW
    return looks.alike(one, other, likeness)


def _marked(frames: Sequence[Frame], bodies: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    links = []
    for members in bodies:
        last: dict[str, int] = {}
        for index in members:
            mark = frames[index].exif.burst_id
            if not mark:
                continue
            before = last.get(mark)
            if before is not None and pause(frames[before], frames[index]) <= MOST_MARKED_PAUSE:
                links.append((before, index))
            last[mark] = index
    return links
