"""Whether all of a JPEG's data are its picture, where the decoder has stopped at an oddity.

It stops at the first one, even in a header, and says nothing of what comes later. So it is asked
again without what no pixel depends on. Where each part between two restart markers may have an
oddity of its own, each is decoded by itself.
"""

import re
import struct
from collections.abc import Callable
from functools import partial
from typing import Final

import numpy as np
import simplejpeg
from numpy.typing import NDArray

from aesplugin.imaging.formats.jpeg_end import (
    FRAMES,
    RESTARTS,
    SCAN,
    SEQUENTIAL,
    STRAY,
    Segment,
    ends_well,
    needed,
)
from aesplugin.imaging.formats.jpeg_parts import known_parts, restart_interval
from aesplugin.imaging.picture import DECODER_FAILURES

_SPACES: Final = {"RGB": "RGB", "L": "GRAY", "CMYK": "CMYK"}
_LEFT_OVER: Final = re.compile(r"(\d+) extraneous bytes before marker 0xd([0-79])")
_END: Final = "9"
# Samplings it does not know (it has not looked at the data), and scans in an order that is unusual.
_UNDECIDED: Final = ("subsampling level", "Inconsistent progression")
_USUAL_FACTORS: Final = b"\x11\x12\x21\x22"  # horizontal and vertical, four bits each
_RESTART: Final = re.compile(rb"\xff+([\xd0-\xd7])")
_LONGEST_SIDE: Final = 65_500  # px, of libjpeg
_LARGE: Final = 12 << 20  # bytes: their packing takes several seconds
_BLOCK: Final = 8  # px
_BOX: Final = slice(1, 5)  # of a frame's header: height and width


def strictly(data: bytes, mode: str, size: tuple[int, int]) -> NDArray[np.uint8]:
    """Pixels [H, W, C] of at least this (width, height); a warning of the decoder is an error."""
    pixels: NDArray[np.uint8] = simplejpeg.decode_jpeg(
        data, colorspace=_SPACES[mode], min_width=size[0], min_height=size[1]
    )
    return pixels


def is_sound(data: bytes) -> bool:
    """Whether no pixel was lost or invented, whatever a decoder may find odd.

    A few stray bytes before the end marker or a restart marker are harmless: cameras write them.
    """
    segments = needed(data)
    said = _complaint(segments)
    if said is None:
        return True
    is_undecided = any(sign in said for sign in _UNDECIDED)
    tidy = segments if is_undecided else _without_stray(segments, said)
    if tidy is None:
        return False
    parts = [tidy] if _can_be_transcoded(segments) else known_parts(tidy)
    if parts is None:
        return ends_well(data)
    return all(_is_whole(part) for part in parts)


def _complaint(segments: list[Segment]) -> str | None:
    """What the decoder says first of a file of these segments."""
    mode = "CMYK" if len(_frame(segments)) == 6 + 3 * 4 else "L"
    try:
        strictly(_file(segments), mode, (1, 1))
    except DECODER_FAILURES as error:
        return str(error)
    return None


def _file(segments: list[Segment]) -> bytes:
    parts = [b"\xff\xd8"]
    for kind, content, coded in segments:
        parts += [bytes((0xFF, kind)), (len(content) + 2).to_bytes(2, "big"), content, coded]
    return b"".join((*parts, b"\xff\xd9"))


def _frame(segments: list[Segment]) -> bytes:
    return next((segment.content for segment in segments if segment.kind in FRAMES), b"")


def _can_be_transcoded(segments: list[Segment]) -> bool:
    """Whether JPEG XL knows the kind: not CMYK, nor unusual samplings."""
    factors = _frame(segments)[7::3]
    return (
        _has_one_interval(segments)
        and len(factors) in (1, 3)
        and all(both in _USUAL_FACTORS for both in factors)
    )


def _is_whole(part: list[Segment]) -> bool:
    if _has_one_interval(part):
        return _is_transcoded(part) and not _has_surplus(part)
    said = _complaint(part)
    return said is None or any(sign in said for sign in _UNDECIDED)


def _has_one_interval(segments: list[Segment]) -> bool:
    """Whether restart markers stand equally often in all scans: JPEG XL knows nothing else."""
    return sum(segment.kind == RESTARTS for segment in segments) <= 1


def _is_transcoded(segments: list[Segment]) -> bool:
    """Whether JPEG XL can pack the data so that they come out again bit by bit.

    Of all decoders it alone minds blocks of more coefficients than there are.
    """
    import imagecodecs

    try:
        imagecodecs.jpegxl_encode_jpeg(_file(segments), numthreads=1)
    except DECODER_FAILURES:
        return False
    return True


def _has_surplus(segments: list[Segment]) -> bool:
    """Whether the data of a scan go on where the picture ends.

    The packer takes them for a filling. Zeros that stand for parts of a picture make it end early.
    Not asked of large files: each scan costs a packing, and decoding has its time limit.
    """
    if sum(len(segment.coded) for segment in segments) > _LARGE:
        return False
    for at, (kind, _, coded) in enumerate(segments):
        if kind == SCAN and len(coded) > 2 * STRAY:
            shorter = segments[at]._replace(coded=coded[: -2 * STRAY])
            if _is_transcoded([*segments[:at], shorter, *segments[at + 1 :]]):
                return True
    return False


def _without_stray(segments: list[Segment], said: str) -> list[Segment] | None:
    """The same picture without stray bytes; None where more than those is wrong."""
    left = _LEFT_OVER.search(said)
    if left is None:
        return None
    kinds = [segment.kind for segment in segments]
    every = restart_interval(segments)
    coded: bytes | None = None
    if every and kinds.count(SCAN) == 1 and SEQUENTIAL.intersection(kinds):
        coded = _tidied(segments, every)
    elif left[2] == _END and int(left[1]) <= STRAY:
        coded = _shortest(segments)
    return None if coded is None else _with_coded(segments, coded)


def _with_coded(segments: list[Segment], coded: bytes) -> list[Segment]:
    """With other data in the last scan."""
    at = max(at for at, segment in enumerate(segments) if segment.kind == SCAN)
    return [*segments[:at], segments[at]._replace(coded=coded), *segments[at + 1 :]]


def _shortest(segments: list[Segment]) -> bytes | None:
    """The data of the last scan without the stray bytes at their end; None if that is not all."""
    coded = [segment.coded for segment in segments if segment.kind == SCAN][-1]
    return _without_end(coded, lambda kept: _complaint(_with_coded(segments, kept)))


def _without_end(coded: bytes, complaint: Callable[[bytes], str | None]) -> bytes | None:
    """The data without the stray bytes at their end, by what the decoder says of them.

    It counts only those that it has not yet read ahead.
    """
    coded = coded.rstrip(b"\xff")
    for count in range(min(STRAY, len(coded)) + 2):
        said = complaint(coded[: len(coded) - count])
        if said is not None and not _LEFT_OVER.search(said):
            return coded[: len(coded) - count + 1] if count else None
    return None


def _tidied(segments: list[Segment], every: int) -> bytes | None:
    """The data of the only scan without stray bytes before restart markers.

    None where a part between two of them is missing, out of order or damaged.
    """
    coded = next(segment.coded for segment in segments if segment.kind == SCAN)
    parts = _RESTART.split(coded)
    units, size = _units(_frame(segments))
    names = [bytes((0xD0 + number % 8,)) for number in range(-(-units // every))]
    if parts[1::2] != names[:-1]:
        return None
    found = []
    for number, part in enumerate(parts[::2]):
        count = min(every, units - number * every)
        tidy = _without_end(part, partial(_complaint_alone, segments, count, size))
        if tidy is None:
            return None
        found += [tidy, b"\xff", names[number]]
    return b"".join(found[:-2])


def _units(frame: bytes) -> tuple[int, tuple[int, int]]:
    """How many units of (height, width) px a scan of all components is coded in."""
    height, width = (int.from_bytes(frame[at : at + 2]) for at in (1, 3))
    factors = frame[7::3]
    if len(factors) == 1:
        factors = b"\x11"  # one component is coded block by block
    tall = _BLOCK * max(both & 0xF for both in factors)
    wide = _BLOCK * max(both >> 4 for both in factors)
    return -(-height // max(tall, 1)) * -(-width // max(wide, 1)), (tall, wide)


def _complaint_alone(
    segments: list[Segment], count: int, size: tuple[int, int], coded: bytes
) -> str | None:
    """What the decoder says first of one part, as a picture of rows of its `count` units.

    Where no rows come out even, the part follows once more, of which the decoder then leaves most.
    """
    tall, wide = size
    fewest, most = -(-count // (_LONGEST_SIDE // wide)), min(count, _LONGEST_SIDE // tall)
    even = next((rows for rows in range(fewest, most + 1) if count % rows == 0), None)
    rows, is_even = even or fewest, even is not None
    box = struct.pack(">HH", rows * tall, -(-count // rows) * wide)
    twice = coded if is_even else coded + b"\xff\xd0" + coded
    made = [] if is_even else [Segment(RESTARTS, struct.pack(">H", count))]
    for kind, content, _ in segments:
        if kind in FRAMES:
            content = content[: _BOX.start] + box + content[_BOX.stop :]
        if kind != RESTARTS:
            made.append(Segment(kind, content, twice if kind == SCAN else b""))
    said = _complaint(made)
    left = None if is_even or said is None else _LEFT_OVER.search(said)
    return None if left is not None and left[2] == _END else said
