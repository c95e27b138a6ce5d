"""The few copies of a photo that all measurements share, each made once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]
Plane = NDArray[np.float32]

FULL, WORK, SMALL = 1024, 512, 256  # long sides at most, pixels

_STEPS = np.arange(256, dtype=np.float64) / 255
LINEAR = np.where(_STEPS <= 0.04045, _STEPS / 12.92, ((_STEPS + 0.055) / 1.055) ** 2.4).astype(
    np.float32
)
"""Linear light 0..1 of each sRGB value 0..255 (IEC 61966-2-1)."""

LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)
"""The share of linear R, G, B in luminance (ITU-R BT.709)."""


@dataclass(frozen=True, slots=True)
class Planes:
    """`sample` is thinned, never averaged, so that clipped pixels stay clipped."""

    grey: Plane  # [H, W] luma 0..255, long side <= FULL
    work: Plane  # [h, w] luma 0..255, averaged, long side <= WORK
    smoothed: Plane  # [h, w] `smooth(work)`
    color: Pixels  # [h, w, 3] averaged, long side <= WORK
    small: Pixels  # [h', w', 3] averaged, long side <= SMALL
    sample: Pixels  # [3, h, w] every k-th pixel, long side <= WORK

    @property
    def long_side(self) -> int:
        """Of the work planes, in pixels."""
        return int(max(self.work.shape))


def smooth(plane: Plane) -> Plane:
    """Gaussian-like blur of variance 1 pixel² with mirrored borders."""
    out = np.pad(plane, 2, "edge")
    for _ in range(4):  # sums of neighbours, four times: 1 4 6 4 1
        out = out[:-1] + out[1:]
    for _ in range(4):
        out = out[:, :-1] + out[:, 1:]
    out *= np.float32(1 / 256)
    return out


def planes_of(pixels: Pixels) -> Planes:
    """`pixels` [H, W, 3] uint8, H and W at least 1."""
    image = _at_most(Image.fromarray(np.ascontiguousarray(pixels)), FULL)
    full = pixels if image.size == pixels.shape[1::-1] else np.asarray(image)
    small = _at_most(image, WORK)
    work = np.asarray(small.convert("L"), np.float32)
    step = -(-max(image.size) // WORK)
    return Planes(
        grey=np.asarray(image.convert("L"), np.float32),
        work=work,
        smoothed=smooth(work),
        color=np.asarray(small),
        small=np.asarray(_at_most(small, SMALL)),
        sample=np.ascontiguousarray(full[::step, ::step].transpose(2, 0, 1)),
    )


def _at_most(image: Image.Image, long_side: int) -> Image.Image:
    """The image, averaged down by the least whole factor that makes it fit."""
    factor = -(-max(image.size) // long_side)
    return (
        image
        if factor == 1
        else image.reduce((min(factor, image.width), min(factor, image.height)))
    )
