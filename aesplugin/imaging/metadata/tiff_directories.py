"""A bounded reader of TIFF directories, and where each format keeps the ones that hold its EXIF."""

import struct
from dataclasses import dataclass
from typing import Final

_SIZES: Final = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 13: 4}
_INTEGERS: Final = {1: "B", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 13: "I"}
_MOST_ENTRIES: Final = 1024
_MOST_VALUES: Final = 4096


@dataclass(frozen=True, slots=True)
class Entry:
    """One tag: its type, how many values, and where they stand in the block."""

    kind: int
    count: int
    at: int


@dataclass(frozen=True, slots=True)
class Block:
    """Bytes whose offsets count from `base`; `order` is ``<`` or ``>``."""

    data: bytes
    order: str
    base: int = 0

    def directory(self, start: int) -> dict[int, Entry]:
        """The tags of the directory at `start` (absolute).

        Raises:
            struct.error: it leaves the block.
        """
        (count,) = struct.unpack_from(self.order + "H", self.data, start)
        entries = {}
        for at in range(start + 2, start + 2 + 12 * min(count, _MOST_ENTRIES), 12):
            tag, kind, number = struct.unpack_from(self.order + "HHI", self.data, at)
            inline = number * _SIZES.get(kind, 1) <= 4
            place = at + 8 if inline else self.base + self._u32(at + 8)
            entries[tag] = Entry(kind, number, place)
        return entries

    def raw(self, entry: Entry) -> bytes:
        """An entry's bytes, cut at the block's end."""
        return self.data[entry.at : entry.at + entry.count * _SIZES.get(entry.kind, 1)]

    def integers(self, entry: Entry) -> tuple[int, ...]:
        """An entry's whole numbers; empty for other types.

        Raises:
            struct.error: they lie outside the block.
        """
        code = _INTEGERS.get(entry.kind)
        if code is None:
            return ()
        count = min(entry.count, _MOST_VALUES)
        return struct.unpack_from(f"{self.order}{count}{code}", self.data, entry.at)

    def offset(self, entry: Entry) -> int:
        """Where the directory an entry points to starts (absolute).

        Raises:
            struct.error: the entry lies outside the block.
        """
        return self.base + self._u32(entry.at)

    def _u32(self, at: int) -> int:
        (value,) = struct.unpack_from(self.order + "I", self.data, at)
        return int(value)


def byte_order(data: bytes, at: int = 0) -> str | None:
    """``<`` or ``>`` by the mark at `at`, None where there is none."""
    return {b"II": "<", b"MM": ">"}.get(data[at : at + 2])


_PREFIX: Final = b"Exif\0\0"
# RAW formats that are TIFF but for their magic number (Olympus, Panasonic).
_ALMOST_TIFF: Final = {b"IIRO": b"II*\0", b"IIRS": b"II*\0", b"IIU\0": b"II*\0", b"MMOR": b"MM\0*"}
_SEARCHED: Final = 1 << 18  # bytes; Fujifilm and Canon put theirs near the start
_CR3_BOXES: Final = (b"CMT1", b"CMT2")  # camera, then exposure


def exif_blocks(data: bytes, embedded: bytes | None) -> list[bytes]:
    """TIFF blocks of a file; `embedded` is the one its decoder found, where it found one."""
    if embedded:
        return [embedded.removeprefix(_PREFIX)]
    magic = data[:4]
    if magic in _ALMOST_TIFF:
        return [_ALMOST_TIFF[magic] + data[4:]]
    if magic in (b"II*\0", b"MM\0*"):
        return [data]
    if data[4:12] == b"ftypcrx ":
        return [block for box in _CR3_BOXES if (block := _cr3_box(data, box))]
    if magic == b"FUJI":
        at = data.find(_PREFIX, 0, _SEARCHED)
        return [data[at + len(_PREFIX) : at + len(_PREFIX) + _SEARCHED]] if at >= 0 else []
    return []


def _cr3_box(data: bytes, name: bytes) -> bytes | None:
    at = data.find(name, 0, _SEARCHED)
    if at < 4:
        return None
    size = int.from_bytes(data[at - 4 : at], "big")
    block = data[at + 4 : at - 4 + size]
    return block if byte_order(block) else None
