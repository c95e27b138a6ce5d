"""The XMP packet inside a photo: the user's stars and Google's burst identifier.

Two values are picked out of the text; parsing hostile XML is not worth that.
"""

import re
from dataclasses import dataclass
from typing import Final

_START: Final = b"<x:xmpmeta"
_END: Final = b"</x:xmpmeta>"
_LONGEST: Final = 1 << 20  # bytes; packets are a few KB
# As attribute (xmp:Rating="4") or element (<xmp:Rating>4</xmp:Rating>); "xap" in old files.
_RATING: Final = re.compile(rb"\bx[ma]p:Rating\s*(?:=\s*[\"']|>)\s*([-+]?\d{1,3})")
_DARKTABLE: Final = b"http://darktable.sf.net/"  # its namespace
_BURST: Final = re.compile(rb"\bGCamera:BurstID\s*(?:=\s*[\"']|>)\s*([\w.:-]{1,100})")


@dataclass(frozen=True, slots=True)
class Packet:
    """`rating` is -1 (rejected) or 0..5.

    `default_star`: it has the single star that darktable gives to every photo it imports; that is
    no judgement, and no rating here.
    """

    rating: int | None = None
    burst_id: str | None = None
    default_star: bool = False


def read_packet(data: bytes) -> Packet:
    """What the first XMP packet in a file's bytes says; compressed packets are not found."""
    start = data.find(_START)
    if start < 0:
        return Packet()
    end = data.find(_END, start, start + _LONGEST)
    text = data[start : end if end >= 0 else start + _LONGEST]
    said = _RATING.search(text)
    rating = stars(int(said[1])) if said else None
    default_star = rating == 1 and _DARKTABLE in text
    burst = _BURST.search(text)
    return Packet(
        rating=None if default_star else rating,
        burst_id=burst[1].decode("ascii", "replace") if burst else None,
        default_star=default_star,
    )


def stars(value: int) -> int | None:
    """A rating as the user's stars; None outside -1..5."""
    return value if -1 <= value <= 5 else None
