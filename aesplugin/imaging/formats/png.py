"""What a PNG says beside its pixels: its colours, and metadata that ImageMagick keeps as text."""

import binascii
import struct
from dataclasses import dataclass
from typing import Any, Final

from aesplugin.imaging.colour.cicp import CHROMATICITIES, OWN_GAMMA, Encoding

_USUAL: Final = (2.0, 2.4)  # gammas that stand for sRGB's own curve
_POSSIBLE: Final = (0.4, 4.0)
_NEAR: Final = 0.005  # of x and y


def of_png(data: bytes, info: dict[Any, Any]) -> Encoding | None:
    """cICP counts most; an ICC profile or the word sRGB count more than gAMA and cHRM.

    `info` is what Pillow read.
    """
    coded = _cicp(data)
    if coded is not None or "icc_profile" in info or "srgb" in info:
        return coded
    gamma = 1 / (info.get("gamma") or 1 / 2.2)
    if not _POSSIBLE[0] <= gamma <= _POSSIBLE[1]:
        return None
    primaries = _primaries(info.get("chromaticity"))
    if _USUAL[0] <= gamma <= _USUAL[1]:
        return None if primaries == 1 else Encoding(primaries, 13)
    return Encoding(primaries, 8) if gamma == 1 else Encoding(primaries, OWN_GAMMA, gamma)


def _cicp(png: bytes) -> Encoding | None:
    """The chunk of that name; it stands before the pixels."""
    at = 8
    while at + 12 <= len(png):
        size, name = struct.unpack_from(">I4s", png, at)
        if name == b"IDAT":
            return None
        if name == b"cICP" and size >= 2:
            return Encoding(png[at + 8], png[at + 9])
        at += 12 + size
    return None


def _primaries(found: tuple[float, ...] | None) -> int:
    """The code of primaries as given (white, red, green, blue); sRGB's where there is none."""
    if not found or len(found) != 8:
        return 1
    given = (*found[2:], *found[:2])
    for code, known in CHROMATICITIES.items():
        if all(abs(one - other) <= _NEAR for one, other in zip(given, known, strict=True)):
            return code
    return 1


_KEY: Final = "Raw profile type "
_EXIF: Final = b"Exif\0\0"
_XMP: Final = b"http://ns.adobe.com/xap/1.0/\0"


@dataclass(frozen=True, slots=True)
class RawProfiles:
    """The blocks as the other formats carry them; None where there is none."""

    exif: bytes | None = None
    xmp: bytes | None = None
    iptc: bytes | None = None
    icc: bytes | None = None


def raw_profiles(info: dict[Any, Any]) -> RawProfiles:
    """What the text chunks of a PNG hold; `APP1` may be EXIF or XMP."""
    found = {
        key.removeprefix(_KEY).lower(): _bytes(value)
        for key, value in info.items()
        if isinstance(key, str) and key.startswith(_KEY)
    }
    segment = found.get("app1") or b""
    return RawProfiles(
        exif=found.get("exif") or (segment if segment.startswith(_EXIF) else None),
        xmp=found.get("xmp") or (segment[len(_XMP) :] if segment.startswith(_XMP) else None),
        iptc=found.get("iptc") or found.get("8bim"),
        icc=found.get("icc") or found.get("icm"),
    )


def _bytes(text: Any) -> bytes | None:
    """The name, the length and the digits, each on lines of their own."""
    parts = str(text).split(None, 2)
    if len(parts) < 3:
        return None
    try:
        return binascii.unhexlify("".join(parts[2].split()))
    except (binascii.Error, ValueError):
        return None
