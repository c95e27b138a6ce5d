"""The XMP packet inside a photo: the user's stars, Google's burst identifier, date and camera.

A few values are picked out of the text; parsing hostile XML is not worth that.
"""

import html
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from aesplugin.imaging.metadata import exif_values as read

_START: Final = b"<x:xmpmeta"
_END: Final = b"</x:xmpmeta>"
_LONGEST: Final = 1 << 20  # bytes; packets are a few KB
# As attribute (xmp:Rating="4") or element (<xmp:Rating>4</xmp:Rating>); "xap" in old files.
_RATING: Final = re.compile(rb"\bx[ma]p:Rating\s*(?:=\s*[\"']|>)\s*([-+]?\d{1,3})")
_DARKTABLE: Final = b"http://darktable.sf.net/"  # its namespace
_BURST: Final = re.compile(rb"\bGCamera:BurstID\s*(?:=\s*[\"']|>)\s*([\w.:-]{1,100})")
# The moment of capture, the likeliest first; a scan's creation is when it was digitised.
_DATES: Final = ("exif:DateTimeOriginal", "photoshop:DateCreated", "exif:DateTimeDigitized")
_CREATED: Final = ("xmp:CreateDate", "xap:CreateDate")
_LENS: Final = ("exifEX:LensModel", "aux:Lens")
_SERIAL: Final = ("exifEX:BodySerialNumber", "aux:SerialNumber")


@dataclass(frozen=True, slots=True)
class Packet:
    """`rating` is -1 (rejected) or 0..5; date and camera are what EXIF says elsewhere.

    `default_star`: it has the single star that darktable gives to every photo it imports; that is
    no judgement, and no rating here.
    """

    rating: int | None = None
    burst_id: str | None = None
    default_star: bool = False
    taken_at: datetime | None = None
    make: str | None = None
    model: str | None = None
    lens: str | None = None
    serial: str | None = None


def read_packet(data: bytes, embedded: bytes | None = None) -> Packet:
    """What the XMP packet says that the decoder found, or the first in a file's bytes.

    In the bytes, compressed packets are not found.
    """
    if embedded:
        text = embedded[:_LONGEST]
    else:
        start = data.find(_START)
        if start < 0:
            return Packet()
        end = data.find(_END, start, start + _LONGEST)
        text = data[start : end if end >= 0 else start + _LONGEST]
    found = _RATING.search(text)
    rating = stars(int(found[1])) if found else None
    default_star = rating == 1 and _DARKTABLE in text
    burst = _BURST.search(text)
    return Packet(
        rating=None if default_star else rating,
        burst_id=burst[1].decode("ascii", "replace") if burst else None,
        default_star=default_star,
        taken_at=_taken_at(text),
        make=_value(text, "tiff:Make"),
        model=_value(text, "tiff:Model"),
        lens=_value(text, *_LENS),
        serial=_value(text, *_SERIAL),
    )


def _taken_at(text: bytes) -> datetime | None:
    found = (read.iso_moment(_value(text, name)) for name in (*_DATES, *_CREATED))
    return next((moment for moment in found if moment is not None), None)


def _value(text: bytes, *names: str) -> str | None:
    """Of the first of these properties that is there, as attribute or element."""
    for name in names:
        pattern = rb"\b%s\s*(?:=\s*[\"']|>)\s*([^<\"']{1,200})" % name.encode()
        found = re.search(pattern, text)
        if found and (value := read.text(html.unescape(found[1].decode("utf-8", "replace")))):
            return value
    return None


def stars(value: int) -> int | None:
    """A rating as the user's stars; None outside -1..5."""
    return value if -1 <= value <= 5 else None
