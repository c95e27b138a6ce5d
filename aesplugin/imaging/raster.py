"""Formats Pillow decodes: PNG, WebP, BMP, GIF, AVIF, and HEIF through pillow-heif."""

import io
import struct
from collections.abc import Callable
from functools import cache
from typing import Final

from PIL import Image, ImageFile, PngImagePlugin
from PIL.BmpImagePlugin import BmpImageFile
from PIL.ExifTags import Base
from PIL.GifImagePlugin import GifImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.WebPImagePlugin import WebPImageFile

from aesplugin.imaging.boxes import main_picture
from aesplugin.imaging.encoding import Encoding
from aesplugin.imaging.exif_colour import of_exif
from aesplugin.imaging.formats import Kind
from aesplugin.imaging.picture import DECODER_FAILURES, Loaded, check_size, refused
from aesplugin.imaging.raw_profiles import RawProfiles, raw_profiles
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
    width, height = image.size
    icc = image.info.get("icc_profile")
    try:
        encoding = _encoding(image, data, kind)
        deep = encoding is not None and encoding.needs_depth and (encoding.is_hdr or not icc)
        if encoding is not None and deep:
            from aesplugin.imaging.hdr import load_deep, note_of

            pixels: Image.Image = load_deep(data, kind, encoding, long_side=long_side)
            note = note_of(encoding)
            icc, encoding = None, None
        else:
            image.load()
            pixels, note = image, encoding.problem if encoding else None
    except DECODER_FAILURES as error:
        raise refused(kind, error) from None
    hidden = raw_profiles(image.info) if kind is Kind.PNG else RawProfiles()
    exif = image.info.get("exif") or hidden.exif
    icc = icc or (None if note else hidden.icc)
    return Loaded(
        image=pixels,
        width=width,
        height=height,
        format=kind.value,
        orientation=_orientation(image, hidden.exif),
        icc=icc,
        encoding=encoding
        or (None if icc or "srgb" in image.info else of_exif(image.getexif, exif)),
        note=note,
        exif=exif,
        xmp=image.info.get("xmp") or hidden.xmp,
        iptc=hidden.iptc,
    )


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
    if kind is Kind.PNG:
        return _cicp(data)
    return None


def _cicp(png: bytes) -> Encoding | None:
    """PNG's chunk of that name; it stands before the pixels and counts more than a profile."""
    at = 8
    while at + 12 <= len(png):
        size, name = struct.unpack_from(">I4s", png, at)
        if name == b"IDAT":
            return None
        if name == b"cICP" and size >= 2:
            return Encoding(png[at + 8], png[at + 9])
        at += 12 + size
    return None


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
