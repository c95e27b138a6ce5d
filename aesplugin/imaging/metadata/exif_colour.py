"""Adobe RGB as cameras tell it: by EXIF, without an ICC profile."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from PIL import Image
from PIL.ExifTags import IFD

from aesplugin.imaging.colour.cicp import ADOBE_RGB, Encoding
from aesplugin.imaging.metadata.tiff_directories import exif_blocks
from aesplugin.imaging.picture import DECODER_FAILURES

# In the tags of an EXIF block: ColorSpace with the value 2, in both byte orders.
_ADOBE_COLOR_SPACE: Final = re.compile(
    rb"\x01\xa0\x03\0\x01\0\0\0\x02\0|\xa0\x01\0\x03\0\0\0\x01\0\x02", re.DOTALL
)
_COLOR_SPACE: Final = 0xA001
_INTEROP_INDEX: Final = 1
_UNCALIBRATED: Final = 65535


def of_exif(read: Callable[[], Image.Exif], block: bytes | None) -> Encoding | None:
    """Adobe RGB where EXIF says so: ColorSpace "uncalibrated" with the index R03 (DCF), or 2.

    `block` is the raw EXIF, `read` its parser, which is called only where the block looks like it.
    """
    if not block or not (b"R03" in block or _ADOBE_COLOR_SPACE.search(block)):
        return None
    return _told(read)


def of_raw(data: bytes) -> Encoding | None:
    """The same of a RAW file: what it says holds for a preview that says nothing itself."""
    for block in exif_blocks(data, None):
        found = of_tiff(block)
        if found is not None:
            return found
    return None


def of_tiff(data: bytes) -> Encoding | None:
    """The same of a TIFF, whose tags may stand anywhere in it."""
    return _told(partial(_load, data))


def _load(block: bytes) -> Image.Exif:
    exif = Image.Exif()
    exif.load(block)
    return exif


def _told(read: Callable[[], Image.Exif]) -> Encoding | None:
    try:
        exif = read()
        space = exif.get_ifd(IFD.Exif).get(_COLOR_SPACE)
        index = exif.get_ifd(IFD.Interop).get(_INTEROP_INDEX)
    except DECODER_FAILURES:
        return None
    is_adobe = space == 2 or (space in (None, _UNCALIBRATED) and _text(index) == "R03")
    return ADOBE_RGB if is_adobe else None


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        value = value.decode("latin-1")
    return value.strip("\0 ") if isinstance(value, str) else ""
