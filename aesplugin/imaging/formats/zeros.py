"""Zeros where a picture's data should be.

A download or copy that was given its full size first and then broken off ends in zeros, and a bad
block leaves a hole of them. Most decoders read on and make a picture of it.
"""

import re
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from aesplugin.errors import DamagedPhoto

Samples = NDArray[Any]

_BLOCK: Final = 1 << 16
_CONTENT: Final = re.compile(rb"[^\0]")
_LEAST_BYTES, _LEAST_SHARE = 1024, 0.01  # of zeros in samples that are not packed
_LEAST_ROWS: Final = 4  # before the one that is broken off
_LEAST_BEFORE, _LEAST_BEHIND = 16, 3  # samples of that row, around the break
_NEAR: Final = 64  # samples before the break
_SECTOR: Final = 512  # bytes: what a disk or a copy loses are whole ones
_LATE: Final = 2  # pixels
_LIGHT: Final = 0.6  # share of samples that are not black
_DIM: Final = 0.03  # of white: what is darker may well fade to black


def filled(kind: str) -> DamagedPhoto:
    """The error for such a file."""
    return DamagedPhoto(
        f"a {kind} file with zeros in place of part of its image data; copy it again"
    )


def has_zeros(data: bytes, count: int, start: int = 0, end: int | None = None) -> bool:
    """Whether so many zeros stand in a row anywhere."""
    return data.find(bytes(count), start, len(data) if end is None else end) >= 0


def end_of_content(data: bytes, start: int, end: int) -> int:
    """Where the zeros at the end of `data[start:end]` begin."""
    for at in range(end, start, -_BLOCK):
        first = max(start, at - _BLOCK)
        kept = len(data[first:at].rstrip(b"\0"))
        if kept:
            return first + kept
    return start


def breaks_off(
    data: bytes, start: int, end: int, row: int, dtype: np.dtype[Any], channels: int
) -> bool:
    """Whether rows of samples that are not packed, of `row` bytes each, break off in one of them.

    Black is nothing unusual in a picture: bars, masks, a night. It begins with a row, or where the
    row above is black too. Here a row goes on like the one above, and then is black to its end, as
    are those that follow, while the one above is not. An edge that rises by a pixel across the
    picture looks the same, but it seldom begins with a sector and never within a pixel.
    """
    least = max(_LEAST_BYTES, int(_LEAST_SHARE * (end - start)), 2 * row)
    zeros, at = bytes(least), start
    while (cut := data.find(zeros, at, end)) >= 0:
        if _breaks_off_at(data, start, cut, row, dtype, channels):
            return True
        more = _CONTENT.search(data, cut + least, end)
        if more is None:
            return False
        at = more.start()
    return False


def _breaks_off_at(
    data: bytes, start: int, cut: int, row: int, dtype: np.dtype[Any], channels: int
) -> bool:
    number = (cut - start) // row
    if number < _LEAST_ROWS:
        return False
    at = start + number * row
    above, broken = (_samples(data, first, row, dtype) for first in (at - row, at))
    behind = -(-(cut - at) // dtype.itemsize)
    if behind < _LEAST_BEFORE or len(broken) - behind < _LEAST_BEHIND:
        return False
    lost = above[behind:]
    white = 1.0 if dtype.kind == "f" else float(np.iinfo(dtype).max)
    is_light = float((lost > _DIM * white).mean()) >= _LIGHT
    left, near = slice(behind), slice(max(0, behind - _NEAR), behind)
    goes_on = np.abs(broken - above)[left].mean() < above[left].mean() / 2
    fades = broken[near].mean() < above[near].mean() / 2
    if not (is_light and goes_on and not fades):
        return False
    dark = above <= _DIM * white
    kept, late = (cut - at) // dtype.itemsize, -cut % _SECTOR
    sector = -(-(cut + late - at) // dtype.itemsize)
    # What comes last before a sector may be zero of its own accord.
    begins_sector = late <= _LATE * channels * dtype.itemsize and dark[behind:sector].all()
    return bool(begins_sector) or _is_within_pixel(above, broken, dark, kept, channels)


def _is_within_pixel(above: Samples, broken: Samples, dark: Samples, at: int, count: int) -> bool:
    """Whether a pixel of `count` samples is like that above, and then lacks what that one has."""
    first = at - at % count
    kept, lost = slice(first, at), slice(at, first + count)
    goes_on = np.abs(broken - above)[kept] < above[kept] / 2
    is_lost = ~dark[lost] & (broken[lost] < above[lost] / 2)
    return first < at and bool(goes_on.all() and is_lost.all())


def _samples(data: bytes, start: int, size: int, dtype: np.dtype[Any]) -> NDArray[np.float64]:
    values = np.frombuffer(data, dtype, size // dtype.itemsize, start).astype(np.float64)
    return np.abs(np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0))
