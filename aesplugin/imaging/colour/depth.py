"""Bit depths and palettes to 8 bits a channel: scaled over the whole range, never clipped."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_SIMPLE = frozenset({"L", "LA", "RGB", "RGBA", "CMYK", "LAB"})


def to_eight_bits(image: Image.Image) -> Image.Image:
    """Any Pillow mode to one of L, LA, RGB, RGBA, CMYK, LAB.

    Pillow itself keeps the high byte of 16-bit colour; 16-bit grey, 32-bit and float grey come
    as their own modes, which its `convert` would clip at 255.
    """
    mode = image.mode
    if mode in _SIMPLE:
        has_key = "transparency" in image.info
        return image.convert("RGBA") if mode in ("L", "RGB") and has_key else image
    if mode == "P":
        return image.convert("RGBA" if image.has_transparency_data else "RGB")
    if mode == "1":
        return image.convert("L")
    if mode.startswith("I;16"):
        return _high_bytes(np.asarray(image).astype(np.uint16), image.info.get("transparency"))
    if mode in ("I", "F"):
        return Image.fromarray(_scaled(np.asarray(image)))
    if mode in ("PA", "La", "RGBa"):
        return image.convert("RGBA")
    return image.convert("RGB")  # YCbCr, HSV, RGBX, BGR;15, ...


def _high_bytes(values: NDArray[np.uint16], clear: object) -> Image.Image:
    """16-bit grey [H, W]; where one value is said to be `clear`, with transparency."""
    grey = Image.fromarray((values >> 8).astype(np.uint8))
    if isinstance(clear, int):
        opaque = Image.fromarray(np.where(values == clear, 0, 255).astype(np.uint8))
        return Image.merge("LA", (grey, opaque))
    return grey


def _scaled(values: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Grey of unknown range [H, W] to 0..255 by the smallest usual white level that holds it."""
    grey = np.nan_to_num(values.astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    peak = float(grey.max(initial=0.0))
    is_unit = np.issubdtype(values.dtype, np.floating) and peak <= 1.0
    levels = (1.0,) if is_unit else (255.0, 65535.0, float(2**31 - 1))
    white = next((level for level in levels if peak <= level), peak)
    scaled: NDArray[np.uint8] = np.clip(grey * (255.0 / white), 0, 255).round().astype(np.uint8)
    return scaled
