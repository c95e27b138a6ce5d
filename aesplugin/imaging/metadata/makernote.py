"""What makers note about bursts, read from the one or two maker-note tags that hold it.

Supported: Apple (burst identifier), Nikon Z (burst group), Canon, Sony, Panasonic, Fujifilm,
Olympus/OM (position within a burst or bracket). Tag numbers and layouts as ExifTool documents
them; https://exiftool.org/TagNames/. Never raises: a note that cannot be read says nothing.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from aesplugin.imaging.metadata.tiff_directories import Block, Entry, byte_order

_EXIF_DIRECTORY: Final = 0x8769
_MAKER_NOTE: Final = 0x927C
_MOST_NOTE_TAGS: Final = 0xFF  # more in a note's directory means the wrong byte order


@dataclass(frozen=True, slots=True)
class BurstMark:
    """An identifier shared by a burst's frames, and a frame's position (1, 2, ...)."""

    burst_id: str | None = None
    sequence_number: int | None = None


def read_burst_mark(tiff: bytes, make: str | None) -> BurstMark:
    """The burst mark in an EXIF block (beginning with its TIFF header) of a camera of `make`."""
    order = byte_order(tiff)
    if order is None or not make:
        return BurstMark()
    reader = next((r for name, r in _READERS if make.lower().startswith(name)), None)
    if reader is None:
        return BurstMark()
    try:
        block = Block(tiff, order)
        image = block.directory(struct.unpack_from(order + "I", tiff, 4)[0])
        exif = block.directory(block.offset(image[_EXIF_DIRECTORY]))
        return reader(block, exif[_MAKER_NOTE])
    except (struct.error, KeyError, IndexError, UnicodeDecodeError):
        return BurstMark()


def _apple(block: Block, note: Entry) -> BurstMark:
    data = block.raw(note)
    if not data.startswith(b"Apple iOS\0"):
        return BurstMark()
    inner = Block(data, byte_order(data, 12) or ">")
    burst = inner.raw(inner.directory(14)[0x000B])
    return BurstMark(burst_id=burst.split(b"\0")[0].decode("ascii") or None)


def _canon(block: Block, note: Entry) -> BurstMark:
    block = _in_note_order(block, note.at)
    shot = block.integers(block.directory(note.at)[0x0004])
    return _position(shot[9])


def _nikon(block: Block, note: Entry) -> BurstMark:
    data = block.raw(note)
    order = byte_order(data, 10)
    if not data.startswith(b"Nikon\0\x02") or order is None:
        return BurstMark()
    inner = Block(data, order, base=10)
    start = inner.base + struct.unpack_from(order + "I", data, 14)[0]
    info = inner.raw(inner.directory(start)[0x0056])
    (group,) = struct.unpack_from(order + "H", info, 4)
    return BurstMark(burst_id=f"nikon-{group}" if group else None)


def _sony(block: Block, note: Entry) -> BurstMark:
    start = note.at + (12 if block.raw(note).startswith(b"SONY") else 0)
    block = _in_note_order(block, start)
    return _position(block.integers(block.directory(start)[0xB04A])[0])


def _panasonic(block: Block, note: Entry) -> BurstMark:
    if not block.raw(note).startswith(b"Panasonic\0"):
        return BurstMark()
    block = _in_note_order(block, note.at + 12)
    return _position(block.integers(block.directory(note.at + 12)[0x002B])[0])


def _fujifilm(block: Block, note: Entry) -> BurstMark:
    data = block.raw(note)
    if not data.startswith(b"FUJIFILM"):
        return BurstMark()
    inner = Block(data, "<")
    start = struct.unpack_from("<I", data, 8)[0]
    return _position(inner.integers(inner.directory(start)[0x1101])[0])


def _olympus(block: Block, note: Entry) -> BurstMark:
    data = block.raw(note)
    if data.startswith(b"OLYMP\0"):
        inner, start = block, note.at + 8
    elif data.startswith((b"OLYMPUS\0", b"OM SYSTEM\0")):
        at = 8 if data.startswith(b"OLYMPUS") else 12
        inner, start = Block(data, byte_order(data, at) or block.order), at + 4
    else:
        return BurstMark()
    special = inner.integers(inner.directory(start)[0x0200])  # mode, position, direction
    return _position(special[1]) if special[0] == 2 else BurstMark()  # 2: several in a row


def _in_note_order(block: Block, start: int) -> Block:
    """Editors rewrite EXIF in their own byte order and leave the note in the camera's."""
    (count,) = struct.unpack_from(block.order + "H", block.data, start)
    swapped = {"<": ">", ">": "<"}[block.order]
    return replace(block, order=swapped) if count > _MOST_NOTE_TAGS else block


def _position(value: int) -> BurstMark:
    """0 says single shot; 0xFFFF "not applicable"."""
    return BurstMark(sequence_number=value if 0 < value < 0xFFFF else None)


_READERS: Final[tuple[tuple[str, Callable[[Block, Entry], BurstMark]], ...]] = (
    ("apple", _apple),
    ("canon", _canon),
    ("nikon", _nikon),
    ("sony", _sony),
    ("panasonic", _panasonic),
    ("fujifilm", _fujifilm),
    ("olympus", _olympus),
    ("om digital", _olympus),
)
