"""Formats Pillow decodes: PNG, TIFF, WebP, BMP, GIF, AVIF, and HEIF through pillow-heif."""

import io
from functools import cache
from typing import Final

from PIL import Image
from PIL.ExifTags import Base

from aesplugin.imaging.formats import Kind
from aesplugin.imaging.picture import DECODER_FAILURES, Loaded, check_size, damaged

Image.init()  # registers every plugin, so that `formats=` below finds each by name
# Only the decoder of the format we detected may try: a file cannot pick an exotic one.
_PLUGINS: Final = {
    Kind.JPEG: ("JPEG", "MPO"),
    Kind.PNG: ("PNG",),
    Kind.GIF: ("GIF",),
    Kind.BMP: ("BMP",),
    Kind.WEBP: ("WEBP",),
    Kind.TIFF: ("TIFF",),
    Kind.HEIF: ("HEIF",),
    Kind.AVIF: ("AVIF",),
}


def open_image(data: bytes | bytearray, kind: Kind) -> Image.Image:
    """Reads the header only.

    Raises:
        DamagedPhoto: the header makes no sense.
    """
    if kind is Kind.HEIF:
        _register_heif()
    try:
        return Image.open(io.BytesIO(data), formats=_PLUGINS[kind])
    except DECODER_FAILURES as error:
        raise damaged(kind, error) from None


def load_raster(data: bytes | bytearray, kind: Kind, max_megapixels: float) -> Loaded:
    """Decodes the first frame.

    Raises:
        OversizedPhoto: by the header. DamagedPhoto: the pixels cannot be decoded.
    """
    image = open_image(data, kind)
    check_size(*image.size, max_megapixels)
    width, height = image.size
    try:
        image.load()
    except DECODER_FAILURES as error:
        raise damaged(kind, error) from None
    return Loaded(
        image=image,
        width=width,
        height=height,
        format=kind.value,
        orientation=orientation_of(image),
        icc=image.info.get("icc_profile"),
        exif=image.info.get("exif"),
    )


def orientation_of(image: Image.Image) -> int:
    """The EXIF orientation 1..8; 1 where the file says none or nonsense."""
    try:
        value = image.getexif().get(Base.Orientation, 1)
    except DECODER_FAILURES:
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def upright(image: Image.Image, orientation: int) -> Image.Image:
    """Turned and mirrored as the EXIF orientation asks."""
    turn = _TURNS.get(orientation)
    return image if turn is None else image.transpose(turn)


@cache
def _register_heif() -> None:
    import pillow_heif  # loads libheif: only once a HEIF file comes

    pillow_heif.register_heif_opener(thumbnails=False)
