"""What the encoder is shown of a photo: the whole at a kept shape, and one patch at full detail."""

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]  # [H, W, 3]

STEP = 32
DETAIL = 256
_BUDGET = 90_000
_LONGEST = 1024  # wider than about 10:1 is squeezed to this; narrower shapes are never squashed


def _buckets() -> list[tuple[int, int]]:
    """(height, width), multiples of 32, each about 90,000 pixels, from 1:10 to 10:1."""
    found = []
    for height in range(3 * STEP, _LONGEST + 1, STEP):
        width = round(_BUDGET / height / STEP) * STEP
        if 3 * STEP <= width <= _LONGEST:
            found.append((height, width))
            if (height + STEP) * width <= _BUDGET * 1.12:
                found.append((height + STEP, width))
            if height * (width - STEP) >= _BUDGET * 0.85:
                found.append((height, width - STEP))
    return sorted(set(found))


BUCKETS = _buckets()


def bucket(width: int, height: int) -> tuple[int, int]:
    """The (height, width) of `BUCKETS` whose shape is nearest the photo's."""
    shape = math.log(width / height)
    return min(BUCKETS, key=lambda size: abs(math.log(size[1] / size[0]) - shape))


def whole_view(image: Image.Image) -> Pixels:
    """The whole photo in its bucket: [H, W, 3], its shape kept within a few percent."""
    height, width = bucket(*image.size)
    return np.asarray(image.convert("RGB").resize((width, height), Image.Resampling.BICUBIC))


def detail_view(image: Image.Image) -> Pixels:
    """The most detailed 256 x 256 patch at native resolution; small photos are mirrored out.

    Noise, blur and compression live in single pixels, which the whole view averages away.
    """
    pixels = np.asarray(image.convert("RGB"))
    height, width = pixels.shape[:2]
    if height < DETAIL or width < DETAIL:
        down, across = max(0, DETAIL - height), max(0, DETAIL - width)
        pixels = np.pad(pixels, ((0, down), (0, across), (0, 0)), mode="symmetric")
    top, left = _busiest(pixels)
    return np.ascontiguousarray(pixels[top : top + DETAIL, left : left + DETAIL])


def _busiest(pixels: Pixels) -> tuple[int, int]:
    """The corner of the window with most gradient, sought on every fourth pixel."""
    grey = np.asarray(Image.fromarray(pixels).convert("L").reduce(4), np.float32)
    slope = np.zeros_like(grey)
    slope[1:, :] += np.abs(np.diff(grey, axis=0))
    slope[:, 1:] += np.abs(np.diff(grey, axis=1))
    side = DETAIL // 4
    table = np.pad(slope, ((1, 0), (1, 0))).cumsum(0).cumsum(1)
    sums = table[side:, side:] - table[:-side, side:] - table[side:, :-side]
    sums = sums + table[:-side, :-side]
    row, column = np.unravel_index(int(np.argmax(sums)), sums.shape)
    top = min(int(row) * 4, pixels.shape[0] - DETAIL)
    left = min(int(column) * 4, pixels.shape[1] - DETAIL)
    return top, left
