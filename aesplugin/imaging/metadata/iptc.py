"""The date an IPTC block holds: agencies' and scanners' programs write it there alone."""

import re
from datetime import datetime
from typing import Final

from aesplugin.imaging.metadata import exif_values as read

_LONGEST: Final = 1 << 20  # bytes; blocks are a few KB
# Record 2: the day and the time of creation, then those of digitising.
_PAIRS: Final = ((55, 60), (62, 63))


def read_iptc(block: bytes | None) -> datetime | None:
    """The moment of capture; None without a time: a day tells no order."""
    text = (block or b"")[:_LONGEST]
    for day, clock in _PAIRS:
        date, time = _dataset(text, day, rb"\d{8}"), _dataset(text, clock, rb"\d{6}(?:[+-]\d{4})?")
        if date and time and (found := read.iptc_moment(date, time)):
            return found
    return None


def _dataset(text: bytes, number: int, form: bytes) -> str | None:
    mark = re.escape(bytes([0x1C, 2, number, 0]))
    found = re.search(mark + rb"[\x06-\x0b](%s)" % form, text)
    return found[1].decode("ascii") if found else None
