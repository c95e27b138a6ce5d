"""A bounded reader of the boxes HEIF, AVIF and JPEG XL are made of."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from aesplugin.imaging.colour.cicp import Encoding

_MOST_BOXES: Final = 4096


@dataclass(frozen=True, slots=True)
class Coded:
    """What the main picture's properties say; None where they do not."""

    encoding: Encoding | None = None
    bits: int | None = None


def main_picture(data: bytes) -> Coded:
    """The properties of the item that is shown; others, such as gain maps, are passed over."""
    try:
        item, parts = shown_item(data)
        return _coded(properties_of(item, parts))
    except (StopIteration, KeyError, IndexError, struct.error):
        return Coded()


def shown_item(data: bytes) -> tuple[int, dict[bytes, memoryview]]:
    """The number of the item that is shown, and the boxes of the box "meta".

    Raises:
        StopIteration, KeyError, IndexError, struct.error: there is none.
    """
    meta = next(body for name, body in top_boxes(data) if name == b"meta")[4:]
    parts = dict(boxes(meta))
    large = parts[b"pitm"][0] > 0  # the version
    (item,) = struct.unpack_from(">I" if large else ">H", parts[b"pitm"], 4)
    return item, parts


def properties_of(item: int, parts: dict[bytes, memoryview]) -> list[tuple[bytes, memoryview]]:
    """Name and body of each property of an item, by the boxes of the box "meta".

    Raises:
        KeyError, IndexError, struct.error: they cannot be read.
    """
    held = list(boxes(parts[b"iprp"]))
    properties = list(boxes(dict(held)[b"ipco"]))
    # a file may have several, such as one for each width of the numbers
    found = (_indices(body, item) for name, body in held if name == b"ipma")
    return [properties[index - 1] for index in next(filter(None, found), ()) if index]


def top_boxes(data: bytes) -> Iterator[tuple[bytes, memoryview]]:
    """Name and body of the boxes a file consists of."""
    return boxes(memoryview(data))


def _coded(properties: list[tuple[bytes, memoryview]]) -> Coded:
    encoding, bits = None, None
    for name, body in properties:
        if name == b"colr" and bytes(body[:4]) == b"nclx":
            encoding = Encoding(*struct.unpack_from(">HH", body, 4))
        elif name == b"av1C":
            high, twelve = body[2] & 0x40, body[2] & 0x20
            bits = 12 if high and twelve else 10 if high else 8
        elif name == b"pixi" and bits is None:
            bits = body[5]
    return Coded(encoding, bits)


def _indices(ipma: memoryview, wanted: int) -> list[int]:
    """Which properties (from 1) belong to an item."""
    is_wide = ipma[3] & 1  # 15 bits an index instead of 7
    item_code = ">I" if ipma[0] else ">H"
    (count,) = struct.unpack_from(">I", ipma, 4)
    at = 8
    for _ in range(min(count, _MOST_BOXES)):
        (item,) = struct.unpack_from(item_code, ipma, at)
        at += struct.calcsize(item_code)
        number = ipma[at]
        code = f">{number}{'H' if is_wide else 'B'}"
        found = struct.unpack_from(code, ipma, at + 1)
        at += 1 + struct.calcsize(code)
        if item == wanted:
            return [index & (0x7FFF if is_wide else 0x7F) for index in found]
    return []


def boxes(data: memoryview) -> Iterator[tuple[bytes, memoryview]]:
    """Name and body of each box in `data`."""
    at = 0
    for _ in range(_MOST_BOXES):
        if at + 8 > len(data):
            return
        size, name = struct.unpack_from(">I4s", data, at)
        head = 8
        if size == 1:
            (size,) = struct.unpack_from(">Q", data, at + 8)
            head = 16
        end = len(data) if size == 0 else at + size
        if size and size < head:
            return
        yield name, data[at + head : end]
        at = end
