"""Small pictures for pages and reports, kept on disk by content hash; never any metadata."""

import os
from pathlib import Path
from typing import Final

import numpy as np
import simplejpeg
from numpy.typing import NDArray

from aesplugin.imaging.renditions import fitted
from aesplugin.resizing import resized_pixels

LONG_SIDE: Final = 480  # px: sharp on a double-density screen at half that width
_QUALITY: Final = 82


def thumbnail(pixels: NDArray[np.uint8], *, long_side: int = LONG_SIDE) -> bytes:
    """`pixels` [H, W, 3], sRGB and upright, as a small JPEG; carries no EXIF, so no GPS."""
    height, width, _ = pixels.shape
    small = np.ascontiguousarray(resized_pixels(pixels, fitted((width, height), long_side)))
    jpeg: bytes = simplejpeg.encode_jpeg(
        small, quality=_QUALITY, colorspace="RGB", colorsubsampling="420"
    )
    return jpeg


def thumbnail_of(jpeg: bytes, *, long_side: int = LONG_SIDE) -> bytes:
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
