"""JPEG: decoded at reduced size by the DCT, its quality told by its quantisation tables."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile

from aesplugin.errors import DamagedPhoto
from aesplugin.imaging.formats.detect import Kind
from aesplugin.imaging.formats.jpeg_check import is_sound, strictly
from aesplugin.imaging.formats.jpeg_end import has_hole, is_usual, lacks_scans, with_end
from aesplugin.imaging.formats.raster import open_image, orientation_of
from aesplugin.imaging.formats.zeros import filled
from aesplugin.imaging.metadata.exif_colour import of_exif
from aesplugin.imaging.picture import DECODER_FAILURES, Loaded, check_size, refused
from aesplugin.imaging.renditions import LONG_SIDE, fitted, nearly
from aesplugin.resizing import resized_pixels

# Annex K.1 of ITU-T T.81, the luminance table that the usual "quality" scales, natural order.
_STANDARD: Final = np.array(
    [16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55,
     14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
     18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92,
     49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99]
)  # fmt: skip
_IPTC_RESOURCE: Final = 0x0404
# What libjpeg says when it makes pixels up.
_INVENTED: Final = (
    "Premature end",
    "premature end",
    "Huffman",
    "arithmetic code",
    "instead of RST",
)


def _tables_by_quality() -> NDArray[np.int64]:
    """The luminance table of each quality 1..100 as libjpeg scales it: [100, 64]."""
    quality = np.arange(1, 101)
    scale = np.where(quality < 50, 5000 // quality, 200 - 2 * quality)[:, None]
    tables: NDArray[np.int64] = np.clip((_STANDARD * scale + 50) // 100, 1, 255)
    return tables


_TABLES: Final = _tables_by_quality()


def load_jpeg(data: bytes, max_megapixels: float, *, long_side: int = LONG_SIDE) -> Loaded:
    """The picture at this `long_side` (px), or a sixteenth below where a DCT scale ends there.

    A quarter of a phone's 4032 px is 1008: to decode twice that and resize it takes twice the time.

    Raises:
        OversizedPhoto: by the header.
        DamagedPhoto: truncated or damaged; pixels the decoder would have to invent are no photo.
    """
    image = open_image(data, Kind.JPEG)
    check_size(*image.size, max_megapixels)
    if has_hole(data):
        raise filled("JPEG")
    if lacks_scans(data):
        raise DamagedPhoto("a JPEG file whose image data is incomplete; copy it again")
    width, height = image.size
    icc, exif = image.info.get("icc_profile"), image.info.get("exif")
    return Loaded(
        image=_decode(data, image, fitted(image.size, long_side)),
        width=width,
        height=height,
        format=Kind.JPEG.value,
        orientation=orientation_of(image),
        icc=icc,
        encoding=None if icc else of_exif(image.getexif, exif),
        exif=exif,
        xmp=image.info.get("xmp"),
        iptc=_iptc(image),
        jpeg_quality=estimate_quality(image),
    )


def _iptc(image: Image.Image) -> bytes | None:
    """From the segment that Photoshop and its like write."""
    resources = image.info.get("photoshop")
    return resources.get(_IPTC_RESOURCE) if isinstance(resources, dict) else None


def _decode(data: bytes, image: ImageFile.ImageFile, size: tuple[int, int]) -> Image.Image:
    try:
        return _decoded(data, image, size)
    except DECODER_FAILURES as error:
        whole = _closed(data, image.mode)
        if whole is None:
            raise refused("JPEG", error, is_known=is_usual(data)) from None
        try:
            return _decoded(whole, open_image(whole, Kind.JPEG), size)
        except DECODER_FAILURES as error:
            raise refused("JPEG", error, is_known=True) from None


def _decoded(data: bytes, image: ImageFile.ImageFile, size: tuple[int, int]) -> Image.Image:
    # Of CMYK only whether it is sound: Pillow knows which way round its writer meant the inks.
    is_cmyk = image.mode == "CMYK"
    try:
        pixels = strictly(data, image.mode, (1, 1) if is_cmyk else nearly(size))
    except DECODER_FAILURES as error:
        if _is_harmful(str(error), data):
            raise
    else:
        if not is_cmyk:
            pixels = pixels if image.mode == "RGB" else pixels[:, :, 0]
            is_larger = max(pixels.shape[:2]) > max(size)
            return Image.fromarray(resized_pixels(pixels, size) if is_larger else pixels)
    image.draft(image.mode, size)
    image.load()
    return image


def invents_pixels(data: bytes) -> bool:
    """Whether a decoder would make up pixels of a JPEG that it can read."""
    if has_hole(data):
        return True
    try:
        strictly(data, "L", (1, 1))
    except DECODER_FAILURES as error:
        return _is_harmful(str(error), data)
    return False


def _is_harmful(said: str, data: bytes) -> bool:
    """Whether what the decoder stopped at, or what it may come to later, cost pixels.

    It stops at every oddity. Cameras write harmless ones; where pixels were invented, the photo is
    damaged even if viewers show something.
    """
    return any(sign in said for sign in _INVENTED) or not is_sound(data)


def _closed(data: bytes, mode: str) -> bytes | None:
    """The file with its end marker put back; None where pixels are missing as well."""
    for whole in with_end(data):
        try:
            strictly(whole, mode, (1, 1))
        except DECODER_FAILURES as error:
            if _is_harmful(str(error), whole):
                continue
        return whole
    return None


def estimate_quality(image: Image.Image) -> float | None:
    """The libjpeg quality 1..100 whose luminance table lies nearest to the file's (L1)."""
    tables = getattr(image, "quantization", None)
    if not tables:
        return None
    table = np.asarray(tables[min(tables)])
    if table.shape != (64,):
        return None
    distance = np.abs(_TABLES - table).sum(axis=1)
    return float(distance.argmin() + 1)
