"""TIFF files of all kinds, made by tifffile."""

import io
from typing import Any

import numpy as np
import tifffile

from aesplugin.imaging.decode import Picture, decode
from tests.imaging.photos import noise

Array = np.ndarray[Any, np.dtype[Any]]

PHOTO = noise(320, 240)
RGB = np.asarray(PHOTO)
GREY = np.asarray(PHOTO.convert("L"))
SMALL = np.asarray(PHOTO.resize((80, 60)))
WIDE = RGB.astype(np.uint16) * 257
WIDE_GREY = GREY.astype(np.uint16) * 257
LOSSLESS = [None, "lzw", "deflate", "zstd", "lzma", "packbits"]
EXPOSED = np.clip(GREY * (255 / int(GREY.max())), 0, 255).astype(np.uint8)  # reaches white


def tiff(pixels: Array, **options: Any) -> bytes:
    out = io.BytesIO()
    options.setdefault("photometric", "rgb" if pixels.ndim == 3 else "minisblack")
    options.setdefault("metadata", None)
    tifffile.imwrite(out, pixels, **options)
    return out.getvalue()


def pages(*written: tuple[Array, dict[str, Any]]) -> bytes:
    out = io.BytesIO()
    with tifffile.TiffWriter(out) as writer:
        for pixels, options in written:
            options.setdefault("photometric", "rgb")
            writer.write(pixels, metadata=None, **options)
    return out.getvalue()


def seen(data: bytes) -> Picture:
    return decode(data, "a.tif", 300)


def change(data: bytes, wanted: Array) -> float:
    """Mean levels between the decoded picture and the reference; 255 where the sizes differ."""
    found = seen(data).pixels.astype(int)
    reference = wanted if wanted.ndim == 3 else np.repeat(wanted[..., None], 3, axis=2)
    return float(np.abs(found - reference).mean()) if found.shape == reference.shape else 255.0


def planes(pixels: Array) -> Array:
    return np.ascontiguousarray(np.moveaxis(pixels, 2, 0))
