"""One file's bytes to the upright sRGB picture everything else looks at."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from aesplugin.errors import PhotoError, UnsupportedPhoto
from aesplugin.imaging.colour.depth import to_eight_bits
from aesplugin.imaging.colour.profiles import to_srgb
from aesplugin.imaging.formats.detect import HEAD_BYTES, Kind, detect, raw_name
from aesplugin.imaging.formats.jpeg import load_jpeg
from aesplugin.imaging.formats.raster import load_raster, upright
from aesplugin.imaging.picture import Loaded
from aesplugin.imaging.renditions import LONG_SIDE, fitted, nearly
from aesplugin.resizing import resized

_SWAPS_SIDES = range(5, 9)  # EXIF orientations that turn by a quarter
_SAME_SHAPE = 0.02  # sides' ratios that differ by less do so by rounding


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """An upright photo at rendition size: `pixels` [H, W, 3] uint8 sRGB.

    `width` and `height` are the original's, upright; `note` says what was ignored
    or changed. `larger` gives the picture so many times as wide as `pixels` or more (or a
    sixteenth less, where that is had for less work), or as wide as it can be had. What was decoded
    is kept for it, so a `Picture` is best let go soon.
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
    larger: Callable[[float], Image.Image]


def decode(data: bytes, path: str, max_megapixels: float) -> Picture:
    """Decodes by content; `path` only tells RAW formats apart by their extension.

    Raises:
        UnsupportedPhoto, DamagedPhoto, OversizedPhoto.
    """
    loaded = load(data, path, max_megapixels)
    image, note = to_srgb(_reduced(loaded), loaded.icc, loaded.encoding)
    notes = [one for one in (loaded.note, note) if one]
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
        larger=_Larger(data, path, max_megapixels, loaded, pixels),
    )


class _Larger:
    """The same picture with more pixels: those decoded anyway, or of a second, larger decoding.

    A JPEG is decoded at a fraction of its size, which is a third of the work, and only few photos
    are asked for more.
    """

    def __init__(
        self,
        data: bytes,
        path: str,
        max_megapixels: float,
        loaded: Loaded,
        pixels: NDArray[np.uint8],
    ) -> None:
        self._load = partial(load, data, path, max_megapixels)
        self._loaded = loaded
        self._pixels = pixels

    def __call__(self, factor: float) -> Image.Image:
        """`factor` times as wide; the small picture where no larger one can be had."""
        small = Image.fromarray(self._pixels)
        wanted = round(factor * max(small.size))
        try:
            image = self._decoded(wanted)
        except (PhotoError, MemoryError):
            return small
        differs = abs(image.width * small.height - image.height * small.width)
        return small if differs > _SAME_SHAPE * image.width * small.height else image

    def _decoded(self, wanted: int) -> Image.Image:
        found = self._loaded
        if max(found.image.size) < min(wanted, max(found.width, found.height)):
            found = self._load(long_side=wanted)
        image = to_eight_bits(found.image)
        if (shrink := max(image.size) // wanted) > 1:  # colours are converted after, on fewer
            image = image.reduce(shrink)
        return upright(to_srgb(image, found.icc, found.encoding)[0], found.orientation)


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
        from aesplugin.imaging.formats.raw import (
            load_raw,  # loads LibRaw: only once a RAW file comes
        )

        try:
            name = raw_name(head, path)
            return load_raw(data, max_megapixels, name=name, long_side=long_side)
        except UnsupportedPhoto:
            from aesplugin.imaging.formats.tiff_pages import is_plain

            if not is_plain(data):
                raise
            kind = Kind.TIFF  # under a RAW's name
    if kind is Kind.TIFF:
        from aesplugin.imaging.formats.tiff import load_tiff  # loads tifffile, likewise

        return load_tiff(data, max_megapixels, long_side=long_side)
    if kind is Kind.JXL:
        from aesplugin.imaging.formats.jpeg_xl import load_jxl

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
