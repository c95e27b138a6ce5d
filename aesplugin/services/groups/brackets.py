"""Exposure brackets: one view at several exposures, taken to be merged.

Rule: at least three frames of one body in quick succession, same size, focal length and
aperture, whose exposures are all different and evenly spaced: by the exposure bias (steps of
.3 EV or more), or, at constant ISO and bias, by the shutter (steps of .6 EV or more, as automatic
exposure drifts by less). Where the camera itself marks the frames as bracketed, two suffice and
the spacing does not matter. The same exposure again begins the next bracket.
"""

import math
from collections.abc import Sequence
from itertools import pairwise, takewhile

from aesplugin.services.groups.frame import Frame
from aesplugin.services.groups.runs import pause, split

MOST_PAUSE = 3.0  # seconds between exposures: a tripod, a cable release, mirror lock-up
LEAST_BIAS_STEP = 0.3  # EV: the smallest step cameras offer is a third
LEAST_SHUTTER_STEP = 0.6
UNEVEN = 0.2  # EV: 1/15 is not exactly twice 1/30
LONGEST = 15  # frames: cameras offer up to nine, some up to thirteen
_MARKED = "bracket"


def find_brackets(frames: Sequence[Frame], members: Sequence[int]) -> list[list[int]]:
    """Brackets among `members` (positions of one body's frames in order of time)."""
    found = []
    for run in split(members, lambda a, b: _may_follow(frames[a], frames[b])):
        start = 0
        while start < len(run):
            size = _bracket_size([frames[index] for index in run[start : start + LONGEST]])
            if size:
                found.append(run[start : start + size])
            start += size or 1
    return found


def _may_follow(before: Frame, after: Frame) -> bool:
    one, two = before.exif, after.exif
    return (
        pause(before, after) <= MOST_PAUSE
        and (before.photo.width, before.photo.height) == (after.photo.width, after.photo.height)
        and one.focal_length == two.focal_length
        and one.f_number == two.f_number
    )


def _bracket_size(run: Sequence[Frame]) -> int:
    """How many frames from the start of `run` are one bracket; 0 if none."""
    biases = [frame.exif.exposure_bias for frame in run]
    size = max(_even_start(biases, LEAST_BIAS_STEP), _shutter_start(run))
    return max(size, _marked_start(run))


def _marked_start(run: Sequence[Frame]) -> int:
    marked = list(takewhile(lambda frame: frame.exif.exposure_mode == _MARKED, run))
    levels = [frame.exif.exposure_bias for frame in marked]
    if len(set(levels)) < 2:  # the bias is not written: the shutter tells
        levels = [_shutter_level(frame) for frame in marked]
    size = _distinct_start(levels)
    return size if size >= 2 else 0


def _shutter_start(run: Sequence[Frame]) -> int:
    fixed = (run[0].exif.iso, run[0].exif.exposure_bias)
    same = takewhile(lambda frame: (frame.exif.iso, frame.exif.exposure_bias) == fixed, run)
    return _even_start([_shutter_level(frame) for frame in same], LEAST_SHUTTER_STEP)


def _shutter_level(frame: Frame) -> float | None:
    seconds = frame.exif.exposure_time
    return math.log2(seconds) if seconds and seconds > 0 else None


def _even_start(levels: Sequence[float | None], least_step: float) -> int:
    """Length of the longest start of `levels` (3 or more) that is distinct and evenly spaced."""
    for size in range(_distinct_start(levels), 2, -1):
        ordered = sorted(level for level in levels[:size] if level is not None)
        steps = [b - a for a, b in pairwise(ordered)]
        if min(steps) >= least_step - 0.05 and max(steps) - min(steps) <= UNEVEN:
            return size
    return 0


def _distinct_start(levels: Sequence[float | None]) -> int:
    seen: list[float] = []
    for level in levels:
        if level is None or any(abs(level - other) < 0.1 for other in seen):
            break
        seen.append(level)
    return len(seen)
