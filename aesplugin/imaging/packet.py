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
_BURST: Final = re.compile(rb"\bGCamera:BurstID\s*(?:=\s*[\"']|>)\s*([\w.:-]{1,100})")


@dataclass(frozen=True, slots=True)
class Packet:
    """`rating` is -1 (rejected) or 0..5."""

    rating: int | None = None
    burst_id: str | None = None


def read_packet(data: bytes) -> Packet:
    """What the first XMP packet in a file's bytes says; compressed packets are not found."""
    start = data.find(_START)
    if start < 0:
        return Packet()
    end = data.find(_END, start, start + _LONGEST)
    text = data[start : end if end >= 0 else start + _LONGEST]
    rating = _RATING.search(text)
    burst = _BURST.search(text)
    return Packet(
        rating=stars(int(rating[1])) if rating else None,
        burst_id=burst[1].decode("ascii", "replace") if burst else None,
    )


def stars(value: int) -> int | None:
    """A rating as the user's stars; None outside -1..5."""
    return value if -1 <= value <= 5 else None
