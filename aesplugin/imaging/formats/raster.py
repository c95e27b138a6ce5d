"""Formats Pillow decodes: PNG, WebP, BMP, GIF, AVIF, and HEIF through pillow-heif."""

import io
from collections.abc import Callable
from functools import cache
from typing import Final

import numpy as np
from PIL import Image, ImageFile, PngImagePlugin
from PIL.BmpImagePlugin import BmpImageFile
from PIL.ExifTags import Base
from PIL.GifImagePlugin import GifImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.WebPImagePlugin import WebPImageFile

from aesplugin.imaging.colour.cicp import Encoding
from aesplugin.imaging.colour.hdr import load_deep, note_of
from aesplugin.imaging.formats.boxes import main_picture
from aesplugin.imaging.formats.detect import Kind
from aesplugin.imaging.formats.filled import check_filled
from aesplugin.imaging.formats.heif_tiles import check_tiles
from aesplugin.imaging.formats.png import RawProfiles, of_png, raw_profiles
from aesplugin.imaging.metadata.exif_colour import of_exif
from aesplugin.imaging.picture import DECODER_FAILURES, Loaded, check_size, refused
from aesplugin.imaging.renditions import LONG_SIDE

# A camera's whole EXIF block in hexadecimal is more text than Pillow takes by default.
PngImagePlugin.MAX_TEXT_CHUNK = 16 << 20

_Opener = Callable[[io.BytesIO], ImageFile.ImageFile]

# The decoder of the detected format and no other: `Image.open` would let a file choose an exotic
# one, and would hide why a header was refused.
_OPENERS: Final[dict[Kind, _Opener]] = {
    Kind.JPEG: JpegImageFile,
    Kind.PNG: PngImagePlugin.PngImageFile,
    Kind.GIF: GifImageFile,
    Kind.BMP: BmpImageFile,
    Kind.WEBP: WebPImageFile,
}


def open_image(data: bytes, kind: Kind) -> ImageFile.ImageFile:
    """Reads the header only.

    Raises:
        PhotoError: damaged, or a variant that cannot be decoded.
    """
    opener = _OPENERS.get(kind) or _boxed_openers()[kind]
    try:
        return opener(io.BytesIO(data))
    except DECODER_FAILURES as error:
        raise refused(kind, error) from None


def load_raster(
    data: bytes, kind: Kind, max_megapixels: float, *, long_side: int = LONG_SIDE
) -> Loaded:
    """Decodes the first frame, HDR no larger than a picture of `long_side` (px) needs.

    Raises:
        OversizedPhoto: by the header. DamagedPhoto, UnsupportedPhoto: no pixels.
    """
    image = open_image(data, kind)
    check_size(*image.size, max_megapixels)
    check_filled(data, kind, image)
    icc = image.info.get("icc_profile")
    coded = _encoding(image, data, kind)
    is_deep = coded is not None and coded.needs_depth and (coded.is_hdr or not icc)
    try:
        pixels = _pixels(image, data, kind, coded if is_deep else None, long_side)
    except DECODER_FAILURES as error:
        raise refused(kind, error) from None
    hidden = raw_profiles(image.info) if kind is Kind.PNG else RawProfiles()
    exif = image.info.get("exif") or hidden.exif
    icc = None if is_deep else icc or hidden.icc
    if coded is None and not icc and "srgb" not in image.info:
        coded = of_exif(image.getexif, exif)
    return Loaded(
        image=pixels,
        width=image.width,
        height=image.height,
        format=kind.value,
        orientation=_orientation(image, hidden.exif),
        icc=icc,
        encoding=None if is_deep else coded,
        note=(note_of(coded) or coded.problem) if coded else None,
        exif=exif,
        xmp=image.info.get("xmp") or hidden.xmp,
        iptc=hidden.iptc,
    )


def _pixels(
    image: ImageFile.ImageFile, data: bytes, kind: Kind, deep: Encoding | None, long_side: int
) -> Image.Image:
    """As stored; in sRGB already where eight bits are too few to be converted (`deep`)."""
    if deep is not None:
        if kind is Kind.PNG:
            image.load()  # it refuses damage that the other reader passes over
        return load_deep(data, kind, deep, long_side=long_side)
    image.load()
    if kind is Kind.HEIF:
        check_tiles(data, np.asarray(image), image.info)
    if kind is Kind.BMP and image.mode == "RGBA" and image.getchannel("A").getextrema() == (0, 0):
        return image.convert("RGB")  # its writer left the fourth byte empty, as viewers assume
    return image


def _orientation(image: Image.Image, hidden: bytes | None) -> int:
    """The picture's own, else that of the EXIF block hidden in its text."""
    own = orientation_of(image)
    if own != 1 or not hidden:
        return own
    exif = Image.Exif()
    try:
        exif.load(hidden)
    except DECODER_FAILURES:
        return 1
    return _valid(exif.get(Base.Orientation, 1))


def _encoding(image: ImageFile.ImageFile, data: bytes, kind: Kind) -> Encoding | None:
    """What the file says of its colours by codes; None where it does not."""
    if kind is Kind.HEIF:
        nclx = image.info.get("nclx_profile")
        return Encoding(nclx["color_primaries"], nclx["transfer_characteristics"]) if nclx else None
    if kind is Kind.AVIF:
        return main_picture(data).encoding
    return of_png(data, image.info) if kind is Kind.PNG else None


def orientation_of(image: Image.Image) -> int:
    """The EXIF orientation 1..8; 1 where the file says none or nonsense."""
    try:
        return _valid(image.getexif().get(Base.Orientation, 1))
    except DECODER_FAILURES:
        return 1


def _valid(value: object) -> int:
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
def _boxed_openers() -> dict[Kind, _Opener]:
    """HEIF and AVIF: their libraries load only once such a file comes; one thread each."""
    import pillow_heif
    from PIL import AvifImagePlugin

    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    pillow_heif.options.DECODE_THREADS = 1
    pillow_heif.options.DEPTH_IMAGES = False
    pillow_heif.options.AUX_IMAGES = False
    return {Kind.HEIF: pillow_heif.HeifImageFile, Kind.AVIF: AvifImagePlugin.AvifImageFile}
