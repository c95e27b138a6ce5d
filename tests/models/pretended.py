"""A small JPEG whose header claims to be a huge photo."""

from dataclasses import replace

from aesplugin.photo import Rendition

_FRAME = b"\xff\xc0"  # the baseline frame header: length, precision, height, width


def pretend_size(rendition: Rendition, side: int) -> Rendition:
    """The same bytes, said to be `side` x `side` pixels."""
    data = bytearray(rendition.jpeg)
    at = data.index(_FRAME) + 5
    data[at : at + 4] = side.to_bytes(2, "big") * 2
    return replace(rendition, jpeg=bytes(data), width=side, height=side)
