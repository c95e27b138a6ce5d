"""HDR pictures and linear ones: read with all their bits, handed on in sRGB with eight."""

import io
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from aesplugin.imaging.colour.cicp import Encoding
from aesplugin.imaging.colour.tone_mapping import Codes, to_srgb_levels
from aesplugin.imaging.formats.detect import Kind
from aesplugin.imaging.formats.heif_tiles import check_tiles
from aesplugin.imaging.renditions import LONG_SIDE

_GAP: Final = 3  # how many times the wanted size is kept for the finer scaling later
_SUM_ROWS: Final = 256


def load_deep(data: bytes, kind: Kind, encoding: Encoding, *, long_side: int) -> Image.Image:
    """Pixels of HEIF, AVIF or PNG in sRGB, RGB or RGBA, at `long_side` (px) or more."""
    codes, full = _READERS[kind](data)
    codes = shrunk(codes, long_side)
    colours: Codes = codes[..., :3]
    if codes.shape[-1] < 3:
        colours = codes[..., [0, 0, 0]]
    image = Image.fromarray(to_srgb_levels(colours, encoding, full=full))
    if codes.shape[-1] in (2, 4):
        alpha = codes[..., -1].astype(np.uint32) * 255 // full
        image.putalpha(Image.fromarray(alpha.astype(np.uint8)))
    return image


def note_of(encoding: Encoding) -> str | None:
    """What a person who compares the picture should know."""
    return f"HDR ({encoding.name}) tone-mapped to SDR" if encoding.is_hdr else None


def shrunk(pixels: Codes, long_side: int = LONG_SIDE) -> Codes:
    """Means of whole blocks where [H, W, C] is much larger than wanted."""
    factor = max(pixels.shape[:2]) // (_GAP * long_side)
    if factor < 2 or min(pixels.shape[:2]) < factor:
        return pixels
    height, width = (side // factor for side in pixels.shape[:2])
    out = np.empty((height, width, pixels.shape[2]), pixels.dtype)
    for start in range(0, height, _SUM_ROWS):
        rows = pixels[start * factor : min(start + _SUM_ROWS, height) * factor, : width * factor]
        blocks = rows.reshape(-1, factor, width, factor, pixels.shape[2])
        out[start : start + _SUM_ROWS] = blocks.mean(axis=(1, 3), dtype=np.float32) + 0.5
    return out


def _heif(data: bytes) -> tuple[Codes, int]:
    import pillow_heif

    file = pillow_heif.open_heif(io.BytesIO(data), convert_hdr_to_8bit=False)
    bits = int(file.info.get("bit_depth") or 8)
    codes = _channels(np.asarray(file))
    check_tiles(data, codes, file.info)
    return codes, ((1 << bits) - 1) << (16 - bits) if codes.dtype == np.uint16 else 255


def _avif(data: bytes) -> tuple[Codes, int]:
    import imagecodecs

    from aesplugin.imaging.formats.boxes import main_picture

    codes = imagecodecs.avif_decode(data, index=0, numthreads=1)
    bits = main_picture(data).bits or 10
    return _channels(codes), (1 << bits) - 1 if codes.dtype == np.uint16 else 255


def _png(data: bytes) -> tuple[Codes, int]:
    import imagecodecs

    codes = _channels(imagecodecs.png_decode(data))
    return codes, int(np.iinfo(codes.dtype).max)


def _channels(codes: NDArray[Any]) -> Codes:
    return codes if codes.ndim == 3 else codes[..., None]


_READERS: Final = {Kind.HEIF: _heif, Kind.AVIF: _avif, Kind.PNG: _png}
