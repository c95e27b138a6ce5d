"""Panoramas and focus stacks: series that only the pixels reveal.

Panorama rule: three frames or more of one body and focal length, each taken within half a
minute of the one before, in an even rhythm and not by motor drive, at the same exposure (1 EV
apart at most), whose views overlap and move on steadily in one direction.

Focus stack rule: three frames or more of one body at the same exposure, focal length and
aperture, a few seconds apart at most, showing the same view without shift, while the sharpest
part of the picture wanders: most textured parts become sharp and unsharp again, at different
frames.
"""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from aesplugin.services.groups.alignment import Grey, Shift, blurred, find_shift, shrunk
from aesplugin.services.groups.frame import Frame
from aesplugin.services.groups.links import pause, split

Sketches = Callable[[str], Grey | None]  # content hash → small grey picture, None where not kept
LEAST_FRAMES = 3
_MOST_FRAMES = 300  # of a focus stack: a longer still run is a surveillance or time-lapse camera
_GLANCE = 0.6  # share of the agreement asked for that a quarter-size first look must show

_PANORAMA_PAUSE = (0.4, 30.0)  # seconds
_PANORAMA_STEP = (0.12, 0.85)  # of the picture's side: less is a shake, more does not overlap
_PANORAMA_SIDEWAYS = 0.25  # of the other side: a hand-held sweep wavers
_PANORAMA_AGREEMENT = 0.5
_PANORAMA_RHYTHM = 5.0  # the longest pause against the shortest
_STACK_PAUSE = 5.0
_STACK_SHIFT = 0.04
_STACK_AGREEMENT = 0.6  # of unsharp copies: focus changes, the view does not
_TILES = (6, 8)  # rows, columns
_TEXTURED = 4.0  # grey levels of local contrast that make a tile worth judging
_MODULATED = 0.45  # how much of its sharpness a tile loses out of focus
_MOSTLY = 0.5  # share of the textured tiles that must be so


def find_panoramas(
    frames: Sequence[Frame], members: Sequence[int], sketches: Sketches
) -> list[list[int]]:
    """Panoramas among `members` (positions of one body's frames in order of time)."""
    found = []
    for run in split(members, lambda a, b: _may_sweep(frames[a], frames[b])):
        if len(run) < LEAST_FRAMES:
            continue
        shifts = _shifts([frames[index].key for index in run], sketches)
        sweeps = [run[start:stop] for start, stop in _steady(shifts)]
        found += [sweep for sweep in sweeps if _is_regular([frames[index] for index in sweep])]
    return found


def find_focus_stacks(
    frames: Sequence[Frame], members: Sequence[int], sketches: Sketches
) -> list[list[int]]:
    """Focus stacks among `members` (positions of one body's frames in order of time)."""
    found = []
    for run in split(members, lambda a, b: _may_stack(frames[a], frames[b])):
        if len(run) < LEAST_FRAMES:
            continue
        for start, stop in _stretches(_seem_still([frames[i].key for i in run], sketches)):
            if stop - start <= _MOST_FRAMES:
                found += _stacks(frames, run[start:stop], sketches)
    return found


def _stacks(frames: Sequence[Frame], stretch: Sequence[int], sketches: Sketches) -> list[list[int]]:
    """Focus stacks in a run that seems still; alignment is expensive and comes last."""
    read = (sketches(frames[index].key) for index in stretch)
    pictures = [picture for picture in read if picture is not None]
    if len(pictures) < len(stretch) or not is_focus_wave(np.stack(pictures)):
        return []
    still = _stretches([_is_still(a, b) for a, b in pairwise(pictures)])
    return [
        list(stretch[start:stop])
        for start, stop in still
        if is_focus_wave(np.stack(pictures[start:stop]))
    ]


def is_focus_wave(pictures: Grey) -> bool:
    """True where the sharpest part moves through aligned `pictures` [N, H, W]."""
    sharpness = np.stack([_tile_sharpness(picture) for picture in pictures])  # [N, tiles]
    peak = sharpness.max(axis=0)
    textured = peak >= _TEXTURED
    if textured.sum() < sharpness.shape[1] / 8:
        return False
    profile = sharpness[:, textured] / peak[textured]  # [N, textured tiles], 0..1
    at = profile.argmax(axis=0)
    wave = (profile.min(axis=0) <= 1 - _MODULATED) & _one_hump(profile)
    peaks = np.bincount(at[wave], minlength=len(pictures))
    spread = int((peaks >= 0.05 * textured.sum()).sum())
    return bool(wave.mean() >= _MOSTLY and spread >= LEAST_FRAMES - 1)


def _may_sweep(before: Frame, after: Frame) -> bool:
    least, most = _PANORAMA_PAUSE
    return (
        least <= pause(before, after) <= most
        and _same_lens(before, after)
        and abs(_exposure(before) - _exposure(after)) <= 1.0
    )


def _may_stack(before: Frame, after: Frame) -> bool:
    return (
        pause(before, after) <= _STACK_PAUSE
        and _same_lens(before, after)
        and before.exif.f_number == after.exif.f_number
        and before.exif.exposure_time == after.exif.exposure_time
    )


def _is_regular(sweep: Sequence[Frame]) -> bool:
    """Whether the pauses are even: following a subject past one background is no sweep."""
    pauses = [pause(a, b) for a, b in pairwise(sweep)]
    return max(pauses) <= _PANORAMA_RHYTHM * min(pauses)


def _same_lens(before: Frame, after: Frame) -> bool:
    one, two = before.photo, after.photo
    same_size = (one.width, one.height) == (two.width, two.height)
    return same_size and one.exif.focal_length == two.exif.focal_length


def _exposure(frame: Frame) -> float:
    exif = frame.exif
    if not (exif.exposure_time and exif.f_number and exif.iso):
        return 0.0
    return math.log2(exif.exposure_time * exif.iso / exif.f_number**2)


def _shifts(keys: Sequence[str], sketches: Sketches) -> list[Shift]:
    """How neighbours are shifted; measured closely only where a first estimate shows a sweep."""
    found = []
    before = sketches(keys[0])
    for key in keys[1:]:
        after = sketches(key)
        found.append(Shift(0.0, 0.0, 0.0))
        if before is not None and after is not None and _may_move(before, after):
            found[-1] = find_shift(before, after)
        before = after
    return found


def _may_move(one: Grey, other: Grey) -> bool:
    glance = find_shift(shrunk(one), shrunk(other))
    moved = max(abs(glance.right), abs(glance.down))
    return moved >= _PANORAMA_STEP[0] / 2 and glance.agreement >= _PANORAMA_AGREEMENT * _GLANCE


def _seem_still(keys: Sequence[str], sketches: Sketches) -> list[bool]:
    """Whether neighbours are still by a first estimate."""
    linked = []
    before: Grey | None = None
    for key in keys:
        picture = sketches(key)
        after = None if picture is None else shrunk(picture)
        linked.append(before is not None and after is not None and _glances(before, after))
        before = after
    return linked[1:]


def _glances(one: Grey, other: Grey) -> bool:
    glance = find_shift(one, other)
    moved = max(abs(glance.right), abs(glance.down))
    return moved <= 2 * _STACK_SHIFT and glance.agreement >= _STACK_AGREEMENT * _GLANCE


def _steady(shifts: Sequence[Shift]) -> list[tuple[int, int]]:
    """(start, stop) of the stretches of frames whose neighbours move on in one direction."""
    stretches = []
    start = 0
    directions = [_direction(shift) for shift in shifts]
    for index in range(len(shifts) + 1):
        goes_on = (
            index < len(shifts)
            and directions[index] is not None
            and directions[index] == directions[start]
        )
        if goes_on:
            continue
        if directions[start : start + 1] != [None] and index - start + 1 >= LEAST_FRAMES:
            stretches.append((start, index + 1))
            start = index + 1  # the last frame is taken
        else:
            start = index
    return stretches


def _direction(shift: Shift) -> str | None:
    """Which way the view moved on; None where it did not, or the views do not overlap."""
    least, most = _PANORAMA_STEP
    if shift.agreement < _PANORAMA_AGREEMENT:
        return None
    if least <= abs(shift.right) <= most and abs(shift.down) <= _PANORAMA_SIDEWAYS:
        return "left" if shift.right > 0 else "right"
    if least <= abs(shift.down) <= most and abs(shift.right) <= _PANORAMA_SIDEWAYS:
        return "up" if shift.down > 0 else "down"
    return None


def _stretches(linked: Sequence[bool]) -> list[tuple[int, int]]:
    """(start, stop) of the stretches of three frames or more whose neighbours are linked."""
    stretches = []
    start = 0
    for index in range(len(linked) + 1):
        if index < len(linked) and linked[index]:
            continue
        if index + 1 - start >= LEAST_FRAMES:
            stretches.append((start, index + 1))
        start = index + 1
    return stretches


def _is_still(one: Grey, other: Grey) -> bool:
    shift = find_shift(blurred(one, 6), blurred(other, 6))
    moved = max(abs(shift.right), abs(shift.down))
    return moved <= _STACK_SHIFT and shift.agreement >= _STACK_AGREEMENT


def _tile_sharpness(picture: Grey) -> NDArray[np.float64]:
    """Local contrast at the finest scale, in grey levels, of each tile: [tiles]."""
    fine = np.abs(picture - blurred(picture, 2))
    rows, columns = _TILES
    height, width = (fine.shape[0] // rows) * rows, (fine.shape[1] // columns) * columns
    tiles = fine[:height, :width].reshape(rows, height // rows, columns, width // columns)
    flat = tiles.transpose(0, 2, 1, 3).reshape(rows * columns, -1)
    sharpest: NDArray[np.float64] = np.percentile(flat, 90, axis=1)
    return sharpest


def _one_hump(profile: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which columns of [N, tiles] rise to one peak and fall again (within 15 % of the peak)."""
    rise = np.maximum.accumulate(profile, axis=0)
    fall = np.maximum.accumulate(profile[::-1], axis=0)[::-1]
    dent: NDArray[np.float64] = (np.minimum(rise, fall) - profile).max(axis=0)
    return dent <= 0.15
