"""What can be measured on the pixels: one family a file, values with a verdict, no opinion.

Each verdict is `good`, `poor` or `can't tell`; a value that cannot be measured is None.
"""

import numpy as np
from numpy.typing import NDArray

from aesplugin.assessment import Attribute
from aesplugin.imaging.attributes.exposure import measure_exposure

Pixels = NDArray[np.uint8]


def measure(
    pixels: Pixels, *, jpeg_quality: float | None, native_size: tuple[int, int]
) -> dict[str, Attribute]:
    """Measure one photo. Every value is finite or None; no shape of picture is refused.

    `pixels` [H, W, 3] are sRGB and upright, normally the rendition's (long side <= 1024);
    `native_size` is the original's (width, height), `jpeg_quality` its JPEG quality 1..100
    (None where the original is no JPEG).
    """
    return measure_exposure(pixels)
