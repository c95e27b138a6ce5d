"""One file's bytes to the upright sRGB picture everything else looks at."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from aesplugin.errors import UnsupportedPhoto
from aesplugin.imaging.colour import to_srgb
from aesplugin.imaging.depth import to_eight_bits
from aesplugin.imaging.formats import HEAD_BYTES, Kind, detect, raw_name
from aesplugin.imaging.jpeg import load_jpeg
from aesplugin.imaging.picture import Loaded
from aesplugin.imaging.raster import load_raster, upright
from aesplugin.imaging.renditions import LONG_SIDE, fitted, nearly
from aesplugin.resizing import resized

_SWAPS_SIDES = range(5, 9)  # EXIF orientations that turn by a quarter
_SAME_SHAPE = 0.02  # sides' ratios that differ by less do so by rounding


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """An upright photo at rendition size: `pixels` [H, W, 3] uint8 sRGB.

    `width` and `height` are the original's, upright; `note` says what was ignored
    or changed.
    """

    pixels: NDArray[np.uint8]
    width: int
    height: int
    format: str
    jpeg_quality: float | None
    exif: bytes | None
    xmp: bytes | None
    iptc: bytes | None
    note: str | None


def decode(data: bytes, path: str, max_megapixels: float) -> Picture:
    """Decodes by content; `path` only tells RAW formats apart by their extension.

    Raises:
        UnsupportedPhoto, DamagedPhoto, OversizedPhoto.
    """
    loaded = load(data, path, max_megapixels)
    image, note = to_srgb(_reduced(loaded), loaded.icc, loaded.encoding)
    notes = [said for said in (loaded.note, note) if said]
    pixels = np.ascontiguousarray(upright(image, loaded.orientation))
    width, height = loaded.width, loaded.height
    if loaded.orientation in _SWAPS_SIDES:
        width, height = height, width
    return Picture(
        pixels=pixels,
        width=width,
        height=height,
        format=loaded.format,
        jpeg_quality=loaded.jpeg_quality,
        exif=loaded.exif,
        xmp=loaded.xmp,
        iptc=loaded.iptc,
        note="; ".join(notes) or None,
    )


def load(data: bytes, path: str, max_megapixels: float, *, long_side: int = LONG_SIDE) -> Loaded:
    """The picture as stored, by content, for one of `long_side` (px).

    Raises:
        UnsupportedPhoto, DamagedPhoto, OversizedPhoto.
    """
    head = data[:HEAD_BYTES]
    kind = detect(head, path)
    if kind is Kind.JPEG:
        return load_jpeg(data, max_megapixels, long_side=long_side)
    if kind is Kind.RAW:
        from aesplugin.imaging.raw import load_raw  # loads LibRaw: only once a RAW file comes

        try:
            name = raw_name(head, path)
            return load_raw(data, max_megapixels, name=name, long_side=long_side)
        except UnsupportedPhoto:
            from aesplugin.imaging.tiff_pages import is_plain

            if not is_plain(data):
                raise
            kind = Kind.TIFF  # under a RAW's name
    if kind is Kind.TIFF:
        from aesplugin.imaging.tiff_picture import load_tiff  # loads tifffile, likewise

        return load_tiff(data, max_megapixels, long_side=long_side)
    if kind is Kind.JXL:
        from aesplugin.imaging.jxl import load_jxl

        return load_jxl(data, max_megapixels, long_side=long_side)
    return load_raster(data, kind, max_megapixels, long_side=long_side)


def _reduced(loaded: Loaded) -> Image.Image:
    """At rendition size, 8 bits; colours are converted after, on far fewer pixels."""
    image, size = to_eight_bits(loaded.image), _size(loaded)
    least = nearly(size)
    is_near = all(
        low <= side <= most for low, side, most in zip(least, image.size, size, strict=True)
    )
    return image if is_near else resized(image, size)


def _size(loaded: Loaded) -> tuple[int, int]:
    """The rendition's; by the picture's own shape where the original's differs.

    A camera's preview may be cropped to another shape than the sensor has: never squeezed.
    """
    width, height = fitted((loaded.width, loaded.height))
    across, down = loaded.image.size
    differs = abs(across * height - down * width) > _SAME_SHAPE * across * height
    return fitted((across, down)) if differs else (width, height)
