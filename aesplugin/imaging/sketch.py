"""A photo's thumbnail as a small grey picture: enough to see shift and focus, quick to compare."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

HEIGHT, WIDTH = 128, 192  # px; every shape is squeezed into it, shifts are fractions


def read_sketch(thumbnail: Path) -> NDArray[np.float32] | None:
    """[128, 192] grey levels 0..255; None where the thumbnail is not there or cannot be read."""
    try:
        with Image.open(thumbnail) as image:
            grey = image.convert("L").resize((WIDTH, HEIGHT), Image.Resampling.BOX)
    except (OSError, UnidentifiedImageError, ValueError):  # the cache may be cleared at any time
        return None
    return np.asarray(grey, dtype=np.float32)
