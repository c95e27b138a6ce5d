"""A photo's small copies: rendition (jobs), thumbnail (pages), grey sketch (comparing)."""

import os
from pathlib import Path
from typing import Final

import numpy as np
import simplejpeg
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from aesplugin.photo import Rendition
from aesplugin.resizing import resized_pixels

LONG_SIDE: Final = 1024  # px
# Colour at full resolution and mild quantisation: the model judges noise, blur and JPEG blocks, so
# the copy must not hide them or add its own. Of weak grain (3 levels) 92 keeps 70 %, 95 keeps 98 %.
QUALITY: Final = 95
_NEARLY: Final = 15  # sixteenths


def fitted(size: tuple[int, int], long_side: int = LONG_SIDE) -> tuple[int, int]:
    """The rendition's (width, height) for a picture of `size`: aspect kept, never larger."""
    width, height = size
    scale = min(1.0, long_side / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def nearly(size: tuple[int, int]) -> tuple[int, int]:
    """The least (width, height) that stands for `size`, where it is to be had for less work."""
    width, height = size
    return -(-width * _NEARLY // 16), -(-height * _NEARLY // 16)


def make_rendition(pixels: NDArray[np.uint8], content_hash: str) -> Rendition:
    """Encodes `pixels` [H, W, 3], already sRGB, upright and of rendition size."""
    height, width, _ = pixels.shape
    jpeg = simplejpeg.encode_jpeg(
        np.ascontiguousarray(pixels), quality=QUALITY, colorspace="RGB", colorsubsampling="444"
    )
    return Rendition(content_hash=content_hash, jpeg=jpeg, width=width, height=height)


THUMBNAIL_SIDE: Final = 480  # px: sharp on a double-density screen at half that width
_QUALITY: Final = 82


def thumbnail(pixels: NDArray[np.uint8], *, long_side: int = THUMBNAIL_SIDE) -> bytes:
    """`pixels` [H, W, 3], sRGB and upright, as a small JPEG; carries no EXIF, so no GPS."""
    height, width, _ = pixels.shape
    small = np.ascontiguousarray(resized_pixels(pixels, fitted((width, height), long_side)))
    jpeg: bytes = simplejpeg.encode_jpeg(
        small, quality=_QUALITY, colorspace="RGB", colorsubsampling="420"
    )
    return jpeg


def thumbnail_of(jpeg: bytes, *, long_side: int = THUMBNAIL_SIDE) -> bytes:
    """A JPEG of ours made small, such as a rendition."""
    # twice the size is enough to make a good small picture from; the DCT gives it cheaply
    least = 2 * long_side
    pixels = simplejpeg.decode_jpeg(jpeg, colorspace="RGB", min_width=least, min_height=least)
    return thumbnail(pixels, long_side=long_side)


class ThumbnailStore:
    """Thumbnails under ``root/ab/abcdef….jpg``. A cache: deleting it loses nothing."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def path(self, content_hash: str) -> Path:
        """Where the thumbnail of this content stands or would stand."""
        return self._root / content_hash[:2] / f"{content_hash}.jpg"

    def add(self, content_hash: str, small: bytes) -> Path:
        """Keeps a thumbnail unless one is there; whole or not at all."""
        target = self.path(content_hash)
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            partial = target.with_suffix(f".{os.getpid()}.part")
            partial.write_bytes(small)
            partial.replace(target)
        return target


HEIGHT, WIDTH = 128, 192  # px; every shape is squeezed into it, shifts are fractions


def read_sketch(thumbnail: Path) -> NDArray[np.float32] | None:
    """[128, 192] grey levels 0..255; None where the thumbnail is not there or cannot be read."""
    try:
        with Image.open(thumbnail) as image:
            grey = image.convert("L").resize((WIDTH, HEIGHT), Image.Resampling.BOX)
    except (OSError, UnidentifiedImageError, ValueError):  # the cache may be cleared at any time
        return None
    return np.asarray(grey, dtype=np.float32)
