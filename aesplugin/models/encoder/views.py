"""A rendition as the encoder sees it: the whole photo small, and one patch at full size.

The whole view keeps the aspect ratio (composition); the patch keeps the pixels (noise, blur
and JPEG blocks vanish when a photo is made small). Shapes come from a short list, so that
photos batch.
"""

from functools import lru_cache
from io import BytesIO
from typing import Final

import numpy as np
import simplejpeg
from numpy.typing import NDArray
from PIL import Image

from aesplugin.errors import DamagedPhoto
from aesplugin.photo import Rendition
from aesplugin.resizing import resized_pixels

Pixels = NDArray[np.uint8]  # [H, W, 3], sRGB

CELL: Final = 32  # px, the encoder's coarsest stride: sides are multiples of it
CELLS: Final = range(72, 91)  # of one whole view: 74k to 92k pixels
LONGEST: Final = 27  # cells: beyond 9 : 1 the photo is squashed
PATCH: Final = 7  # cells: the patch is 224 x 224 px where the photo has that many
_BLOCK: Final = 16  # px, the grid on which the patch is placed


def decode(rendition: Rendition) -> Pixels:
    """The rendition's pixels [H, W, 3].

    Raises:
        DamagedPhoto: not a JPEG that can be decoded; names the content hash.
    """
    try:
        pixels: Pixels = simplejpeg.decode_jpeg(rendition.jpeg, colorspace="RGB", fastdct=False)
    except ValueError as error:
        raise DamagedPhoto(
            f"the rendition of photo {rendition.content_hash} cannot be decoded ({error}): "
            "ingest the photo again"
        ) from None
    return pixels


def picture(rendition: Rendition) -> Image.Image:
    """The rendition as Pillow decodes it, RGB: what CALM and vision-language models are shown.

    Raises:
        DamagedPhoto: as for `decode`.
    """
    try:
        return Image.open(BytesIO(rendition.jpeg)).convert("RGB")
    except (OSError, ValueError, Image.DecompressionBombError):
        raise DamagedPhoto(
            f"the rendition of photo {rendition.content_hash} cannot be decoded: "
            "ingest the photo again"
        ) from None


def whole_view(pixels: Pixels) -> Pixels:
    """The whole photo [h, w, 3] at about 83,000 pixels, small or large as it may be."""
    height, width = pixels.shape[:2]
    size = whole_size(width, height)
    return resized_pixels(pixels, size)


@lru_cache(maxsize=4096)
def whole_size(width: int, height: int) -> tuple[int, int]:
    """(width, height) of the whole view: the listed shape nearest in aspect ratio."""
    aspect = np.log(width / height)
    columns, rows = min(
        _shapes(), key=lambda shape: (abs(np.log(shape[0] / shape[1]) - aspect), -shape[0])
    )
    return columns * CELL, rows * CELL


@lru_cache(maxsize=1)
def _shapes() -> tuple[tuple[int, int], ...]:
    sides = range(1, LONGEST + 1)
    return tuple((w, h) for w in sides for h in sides if w * h in CELLS)


def patch_view(pixels: Pixels) -> Pixels:
    """The most detailed square of 224 px at the rendition's own resolution.

    Detail is the mean step between neighbours: what is in focus, wherever it stands. A side
    shorter than 224 px is cut to the multiple of 32 it holds; one shorter than 32 is enlarged.
    """
    height, width = pixels.shape[:2]
    if min(height, width) < CELL:
        size = max(width, CELL), max(height, CELL)
        pixels = resized_pixels(pixels, size)
        height, width = pixels.shape[:2]
    rows, columns = (min(PATCH, side // CELL) * CELL for side in (height, width))
    top, left = _most_detailed(pixels, rows, columns)
    return np.ascontiguousarray(pixels[top : top + rows, left : left + columns])


def _most_detailed(pixels: Pixels, rows: int, columns: int) -> tuple[int, int]:
    """Top left corner of the window [rows, columns] with the largest sum of detail."""
    blocks = _detail(pixels)  # [h / 16, w / 16]
    totals = np.pad(blocks.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    r, c = rows // _BLOCK, columns // _BLOCK
    sums = totals[r:, c:] - totals[:-r, c:] - totals[r:, :-c] + totals[:-r, :-c]
    top, left = np.unravel_index(int(sums.argmax()), sums.shape)
    return int(top) * _BLOCK, int(left) * _BLOCK


def _detail(pixels: Pixels) -> NDArray[np.int64]:
    """Sum of steps to the right and lower neighbour of the green channel, by block."""
    height, width = (side // _BLOCK * _BLOCK for side in pixels.shape[:2])
    green = np.ascontiguousarray(pixels[:height, :width, 1])
    steps = np.zeros((height, width), np.uint16)
    steps[:, :-1] = _apart(green[:, 1:], green[:, :-1])
    steps[:-1] += _apart(green[1:], green[:-1])
    rows = steps.reshape(height // _BLOCK, _BLOCK, width).sum(1, dtype=np.int32)
    summed: NDArray[np.int64] = rows.reshape(len(rows), -1, _BLOCK).sum(2, dtype=np.int64)
    return summed


def _apart(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """How far bytes are from each other, without leaving bytes."""
    found: NDArray[np.uint8] = np.maximum(one, other) - np.minimum(one, other)
    return found
