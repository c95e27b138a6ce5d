"""Where in a HEIF or AVIF file the coded data of its picture lie: of one item, or of its tiles."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from aesplugin.imaging.boxes import boxes, shown_item

_MOST_ITEMS: Final = 4096
_MOST_EXTENTS: Final = 4096
_DEPTH: Final = 3  # a picture that is derived from one that is derived from tiles
_IN_FILE, _IN_META = 0, 1  # how an item is stored


def coded_parts(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind (``hvc1``, ``av01``, …) and data of each item the picture that is shown is made of."""
    try:
        primary, parts = shown_item(data)
        kinds = _kinds(parts[b"iinf"])
        places = _places(parts[b"iloc"])
        made_of = _sources(parts[b"iref"]) if b"iref" in parts else {}
        inner = bytes(parts.get(b"idat", b""))
        for item in dict.fromkeys(_leaves(primary, made_of, _DEPTH)):
            place = places[item]
            held = data if place.method == _IN_FILE else inner
            if place.method in (_IN_FILE, _IN_META):
                ends = ((at, at + size if size else None) for at, size in place.extents)
                yield kinds[item], b"".join(held[at:end] for at, end in ends)
    except (StopIteration, LookupError, struct.error):
        return


@dataclass(frozen=True, slots=True)
class _Place:
    """Offsets and sizes; a size of 0 is all the rest."""

    method: int
    extents: tuple[tuple[int, int], ...]


def _leaves(item: int, made_of: dict[int, list[int]], depth: int) -> Iterator[int]:
    sources = made_of.get(item)
    if not sources or not depth:
        yield item
        return
    for source in sources:
        yield from _leaves(source, made_of, depth - 1)


def _kinds(iinf: memoryview) -> dict[int, bytes]:
    kinds = {}
    for name, body in boxes(iinf[8 if iinf[0] else 6 :]):
        if name == b"infe" and body[0] >= 2:
            code = ">I" if body[0] > 2 else ">H"
            (item,) = struct.unpack_from(code, body, 4)
            after = 4 + struct.calcsize(code) + 2
            kinds[item] = bytes(body[after : after + 4])
    return kinds


def _sources(iref: memoryview) -> dict[int, list[int]]:
    """Of which items an item is derived."""
    code = "I" if iref[0] else "H"
    size = struct.calcsize(code)
    found = {}
    for name, body in boxes(iref[4:]):
        if name == b"dimg":
            item, count = struct.unpack_from(f">{code}H", body, 0)
            count = min(count, _MOST_ITEMS)
            found[item] = list(struct.unpack_from(f">{count}{code}", body, size + 2))
    return found


def _places(iloc: memoryview) -> dict[int, _Place]:
    reader = _Numbers(iloc, 4)
    version, sizes = iloc[0], reader.take(2)
    widths = [sizes >> shift & 0xF for shift in (12, 8, 4, 0)]  # offset, length, base, index
    index = widths[3] if version else 0
    places = {}
    for _ in range(min(reader.take(2 if version < 2 else 4), _MOST_ITEMS)):
        item = reader.take(2 if version < 2 else 4)
        method = reader.take(2) & 0xF if version else _IN_FILE
        reader.take(2)
        base = reader.take(widths[2])
        extents = []
        for _ in range(min(reader.take(2), _MOST_EXTENTS)):
            reader.take(index)
            offset = reader.take(widths[0])
            extents.append((base + offset, reader.take(widths[1])))
        places[item] = _Place(method, tuple(extents))
    return places


@dataclass(slots=True)
class _Numbers:
    """Whole numbers one after the other."""

    data: memoryview
    at: int

    def take(self, size: int) -> int:
        """The next, of `size` bytes; 0 of none.

        Raises:
            struct.error: there is none.
        """
        if self.at + size > len(self.data):
            raise struct.error("beyond the box")
        value = int.from_bytes(self.data[self.at : self.at + size], "big")
        self.at += size
        return value
