"""The fingerprint of a picture, near for pictures that look alike."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]

_SIDE: Final = 32  # the picture is reduced to 32x32 grey ...
_KEPT: Final = 8  # ... and its 8x8 lowest frequencies make 64 bits


def _dct_rows() -> NDArray[np.float64]:
    """The first `_KEPT` rows of the orthogonal DCT-II of length `_SIDE`: [8, 32]."""
    k = np.arange(_KEPT)[:, None]
    n = np.arange(_SIDE)[None, :]
    rows: NDArray[np.float64] = np.cos(np.pi * k * (2 * n + 1) / (2 * _SIDE))
    return rows


_DCT: Final = _dct_rows()


def perceptual_hash(pixels: Pixels) -> int:
    """64 bits (unsigned) whose Hamming distance grows with visual difference.

    The sign of the low DCT frequencies against their median, as in the common "pHash"
    (Zauner 2010); insensitive to size, compression and brightness. `pixels` [H, W, 3] uint8.
    """
    small = Image.fromarray(pixels).convert("L").resize((_SIDE, _SIDE), Image.Resampling.BOX)
    grey = np.asarray(small, dtype=np.float64)  # [32, 32]
    low = (_DCT @ grey @ _DCT.T).round(3).reshape(-1)  # [64]; rounded: flat pictures have no signs
    bits = low > np.median(low[1:])  # the mean brightness would dominate
    return int.from_bytes(np.packbits(bits).tobytes(), "big")
