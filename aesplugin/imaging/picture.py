"""What every format's decoder hands on, and what all of them may fail with."""

import struct
import zlib
from dataclasses import dataclass
from typing import Final

from PIL import Image

from aesplugin.errors import DamagedPhoto, OversizedPhoto, PhotoError, UnsupportedPhoto
from aesplugin.imaging.colour.cicp import Encoding

# Everything a hostile file is known to make a decoder raise. MemoryError is left out on purpose:
# it means our limit, not the file.
DECODER_FAILURES: Final = (
    OSError,
    EOFError,
    SyntaxError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    ArithmeticError,
    AssertionError,
    RuntimeError,
    struct.error,
    zlib.error,
)

# How libraries say that the file may be fine but they cannot read it.
_NO_DECODER: Final = (
    "unsupported",
    "not supported",
    "not implemented",
    "unknown pixel mode",
    "unknown data organization",
    "not identified by this driver",
)

_EXACT: Final = 6  # decimals of megapixels that count every pixel

# Our own limit is checked from the header, in `check_size`; Pillow's would only warn or refuse
# at sizes nobody chose.
Image.MAX_IMAGE_PIXELS = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A picture as stored: any mode, not yet upright, perhaps already decoded at reduced size.

    `width` and `height` are the original's in pixels as stored, `orientation` the EXIF code 1..8
    that makes it upright, `exif` the raw TIFF block where the format carries one,
    `xmp` and `iptc` likewise. `encoding` is what the numbers mean where no ICC profile says it,
    `note` what was done or ignored.
    """

    image: Image.Image
    width: int
    height: int
    format: str
    orientation: int = 1
    icc: bytes | None = None
    encoding: Encoding | None = None
    note: str | None = None
    exif: bytes | None = None
    xmp: bytes | None = None
    iptc: bytes | None = None
    jpeg_quality: float | None = None


def check_size(width: int, height: int, max_megapixels: float) -> None:
    """Refuses a picture by its header, before any pixel is decoded.

    Raises:
        OversizedPhoto: more than `max_megapixels` million pixels.
    """
    megapixels = width * height / 1e6
    if megapixels > max_megapixels:
        raise OversizedPhoto(
            f"{width} x {height} = {_in_words(megapixels, max_megapixels)}, over the limit of"
            f" {max_megapixels:g}; raise max_megapixels or scale the photo down"
        )


def _in_words(megapixels: float, limit: float) -> str:
    """With as few decimals as tell it from `limit`, which it is over, and give two digits."""
    fewest = 0 if megapixels >= 10 else 1 if megapixels >= 1 else 2
    texts = (f"{megapixels:.{decimals}f}" for decimals in range(fewest, _EXACT))
    text = next((one for one in texts if float(one) > limit), f"{megapixels:.{_EXACT}f}")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"{text} megapixel{'' if text == '1' else 's'}"


def refused(kind: str, error: BaseException, *, is_known: bool = False) -> PhotoError:
    """The photo error for what a decoder raised, with its reason where it gave one.

    What a decoder cannot read in a file that `is_known` to be of a variant it reads is damage.
    """
    brief = " ".join(str(error).split())[:120] or type(error).__name__
    if not is_known and any(sign in brief.lower() for sign in _NO_DECODER):
        return UnsupportedPhoto(
            f"a {kind} variant that cannot be decoded ({brief}); export it as JPEG or 8-bit TIFF"
        )
    return DamagedPhoto(f"a {kind} file that is truncated or damaged ({brief}); copy it again")
