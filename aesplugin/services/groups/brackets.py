"""Exposure brackets: one view at several exposures, taken to be merged.

Rule: at least three frames of one body in quick succession, same size and focal length, whose
exposures are all different and evenly spaced by one of

- the exposure bias, in steps of .3 EV or more,
- the shutter at constant ISO and bias, in steps of .6 EV or more,
- the ISO at constant shutter and bias, in steps of .6 EV or more, where the pictures grow brighter
  with it: automatic ISO follows the light and keeps them alike

(automatic exposure drifts by less). Aperture and shutter do not both change: a bracket made with
the aperture keeps its shutter. Where the camera itself marks the frames as bracketed, two suffice,
the spacing does not matter and the pauses may be longer. The same exposure again begins the next
bracket.
"""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise, takewhile

from aesplugin.services.groups.frame import Frame
from aesplugin.services.groups.links import pause, split
from aesplugin.services.groups.shifted import Sketches

MOST_PAUSE = 3.0  # seconds between exposures: a tripod, a cable release, mirror lock-up
MOST_MARKED_PAUSE = 10.0  # where the camera counts, and each frame is released by hand
LONG_EXPOSURE = 0.8  # seconds, from which cameras take a dark frame against noise
LEAST_BIAS_STEP = 0.3  # EV: the smallest step cameras offer is a third
LEAST_STEP = 0.6  # EV of shutter or ISO
UNEVEN = 0.2  # EV: 1/15 is not exactly twice 1/30
LONGEST = 15  # frames: cameras offer up to nine, some up to thirteen
_BRIGHTER = 5.0  # grey levels that a picture of the next higher ISO is brighter at least
_Level = Callable[[Frame], float | None]


def find_brackets(
    frames: Sequence[Frame], members: Sequence[int], sketches: Sketches = lambda _: None
) -> list[list[int]]:
    """Brackets among `members` (positions of one body's frames in order of time).

    `sketches` gives small grey pictures by content hash; without one the ISO is believed.
    """
    found = []
    for run in split(members, lambda a, b: _may_follow(frames[a], frames[b])):
        start = 0
        while start < len(run):
            beginning = [frames[index] for index in run[start : start + LONGEST]]
            size = _bracket_size(beginning, sketches)
            if size:
                found.append(run[start : start + size])
            start += size or 1
    return found


def _may_follow(before: Frame, after: Frame) -> bool:
    one, two = before.exif, after.exif
    most = MOST_MARKED_PAUSE if _is_marked(before) and _is_marked(after) else MOST_PAUSE
    return (
        pause(before, after) <= most + _dark_frame(before, after)
        and (before.photo.width, before.photo.height) == (after.photo.width, after.photo.height)
        and one.focal_length == two.focal_length
        and (one.f_number == two.f_number or one.exposure_time == two.exposure_time)
    )


def _dark_frame(before: Frame, after: Frame) -> float:
    """Seconds that a night frame may keep its body busy after the exposure.

    With noise reduction a dark frame follows, as long as the exposure. Some bodies write the time
    when the shutter closes: then it is the later exposure that lies between.
    """
    times = [frame.exif.exposure_time or 0.0 for frame in (before, after)]
    return max(time if time >= LONG_EXPOSURE else 0.0 for time in times)


def _is_marked(frame: Frame) -> bool:
    return frame.exif.exposure_mode == "bracket"


def _bracket_size(run: Sequence[Frame], sketches: Sketches) -> int:
    """How many frames from the start of `run` are one bracket; 0 if none."""
    by_iso = _start_at_constant(run, _shutter_level, _iso_level)
    return max(
        _even_start([frame.exif.exposure_bias for frame in run], LEAST_BIAS_STEP),
        _start_at_constant(run, _iso_level, _shutter_level),
        by_iso if _grow_brighter(run[:by_iso], sketches) else 0,
        _marked_start(run),
    )


def _grow_brighter(frames: Sequence[Frame], sketches: Sketches) -> bool:
    """Whether each picture is brighter than that of the next lower ISO, where pictures are kept."""
    ordered = sorted(frames, key=lambda frame: frame.exif.iso or 0)
    pictures = [picture for frame in ordered if (picture := sketches(frame.key)) is not None]
    means = [float(picture.mean()) for picture in pictures]
    return len(means) < len(frames) or all(b - a >= _BRIGHTER for a, b in pairwise(means))


def _marked_start(run: Sequence[Frame]) -> int:
    """The frames that the camera marks, up to where an exposure comes again.

    What was varied tells: the bias, or where it is not written, shutter, ISO or aperture.
    """
    marked = list(takewhile(_is_marked, run))
    for level in (_bias, _shutter_level, _iso_level, _aperture_level):
        levels = [level(frame) for frame in marked]
        if len(set(levels)) > 1:
            size = _distinct_start(levels)
            return size if size > 1 else 0
    return 0


def _bias(frame: Frame) -> float | None:
    return frame.exif.exposure_bias


def _start_at_constant(run: Sequence[Frame], constant: _Level, level: _Level) -> int:
    def rest(frame: Frame) -> tuple[float | None, ...]:
        return constant(frame), frame.exif.f_number, frame.exif.exposure_bias

    same = takewhile(lambda frame: rest(frame) == rest(run[0]), run)
    return _even_start([level(frame) for frame in same], LEAST_STEP)


def _shutter_level(frame: Frame) -> float | None:
    return _stops(frame.exif.exposure_time)


def _iso_level(frame: Frame) -> float | None:
    return _stops(frame.exif.iso)


def _aperture_level(frame: Frame) -> float | None:
    stops = _stops(frame.exif.f_number)
    return None if stops is None else 2 * stops


def _stops(value: float | None) -> float | None:
    return math.log2(value) if value and value > 0 else None


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
