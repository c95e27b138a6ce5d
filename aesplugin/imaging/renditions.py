"""A photo's small copy as jobs carry it: sRGB, upright, long side at most 1024 px, JPEG."""

from typing import Final

import numpy as np
import simplejpeg
from numpy.typing import NDArray

from aesplugin.photo import Rendition

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
