"""Metadata that ImageMagick keeps in a PNG's text: "Raw profile type ...", in hexadecimal."""

import binascii
from dataclasses import dataclass
from typing import Any, Final

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
