"""Where in a HEIF or AVIF file the coded data of its picture lie: of items, of tiles, of alpha."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from aesplugin.imaging.formats.boxes import boxes, properties_of, shown_item

# HEVC has no three zeros in a row at all (emulation prevention), and of AV1 no encoder wrote 16,
# whatever the picture.
ENTROPY_CODED: Final = frozenset({b"hvc1", b"hev1", b"av01"})

_MOST_ITEMS: Final = 4096
_MOST_EXTENTS: Final = 4096
_DEPTH: Final = 3  # a picture that is derived from one that is derived from tiles
_IN_FILE, _IN_META = 0, 1  # how an item is stored
_ALPHA: Final = (
    b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0",
    b"urn:mpeg:hevc:2015:auxid:1\0",
)


@dataclass(frozen=True, slots=True)
class CodedPart:
    """One item that the picture which is shown is made of, or its alpha.

    `kind` is ``hvc1``, ``av01``, …; `is_whole` tells whether all its data lie within the file.
    """

    item: int
    kind: bytes
    data: bytes
    is_whole: bool


def coded_parts(data: bytes) -> Iterator[CodedPart]:
    """The items that the picture is made of, as far as the file tells them."""
    try:
        primary, parts = shown_item(data)
        kinds = _kinds(parts[b"iinf"])
        places = _places(parts[b"iloc"])
        made_of, of_items = _references(parts[b"iref"]) if b"iref" in parts else ({}, {})
        inner = bytes(parts.get(b"idat", b""))
        shown = dict.fromkeys(_leaves(primary, made_of, _DEPTH))
        alpha = [item for item in _beside({primary, *shown}, of_items) if _is_alpha(item, parts)]
        for item in dict.fromkeys((*shown, *_all_leaves(alpha, made_of))):
            place = places[item]
            held = data if place.method == _IN_FILE else inner
            if place.method in (_IN_FILE, _IN_META):
                yield CodedPart(
                    item,
                    kinds[item],
                    b"".join(held[at : at + size if size else None] for at, size in place.extents),
                    all(at < len(held) and at + size <= len(held) for at, size in place.extents),
                )
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


def _all_leaves(items: list[int], made_of: dict[int, list[int]]) -> Iterator[int]:
    for item in items:
        yield from _leaves(item, made_of, _DEPTH)


def _beside(items: set[int], of_items: dict[int, list[int]]) -> list[int]:
    """The auxiliary pictures of any of these: their alpha, but also a depth or a gain map."""
    return [item for item, masters in of_items.items() if items.intersection(masters)]


def _is_alpha(item: int, parts: dict[bytes, memoryview]) -> bool:
    held = dict(properties_of(item, parts))
    return bytes(held.get(b"auxC", b""))[4:].startswith(_ALPHA)


def _kinds(iinf: memoryview) -> dict[int, bytes]:
    kinds = {}
    for name, body in boxes(iinf[8 if iinf[0] else 6 :]):
        if name == b"infe" and body[0] >= 2:
            code = ">I" if body[0] > 2 else ">H"
            (item,) = struct.unpack_from(code, body, 4)
            after = 4 + struct.calcsize(code) + 2
            kinds[item] = bytes(body[after : after + 4])
    return kinds


def _references(iref: memoryview) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    """Of which items an item is derived, and to which it is auxiliary."""
    code = "I" if iref[0] else "H"
    size = struct.calcsize(code)
    found: dict[bytes, dict[int, list[int]]] = {b"dimg": {}, b"auxl": {}}
    for name, body in boxes(iref[4:]):
        if name in found:
            item, count = struct.unpack_from(f">{code}H", body, 0)
            count = min(count, _MOST_ITEMS)
            found[name][item] = list(struct.unpack_from(f">{count}{code}", body, size + 2))
    return found[b"dimg"], found[b"auxl"]


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
