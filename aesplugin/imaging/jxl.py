"""JPEG XL through imagecodecs, where its header tells for sure what the numbers mean."""

from typing import Final

import imagecodecs
import numpy as np
from PIL import Image

from aesplugin.errors import UnsupportedPhoto
from aesplugin.imaging.boxes import top_boxes
from aesplugin.imaging.encoding import Encoding
from aesplugin.imaging.exif_colour import of_tiff
from aesplugin.imaging.formats import Kind
from aesplugin.imaging.hdr import note_of, shrunk
from aesplugin.imaging.jxl_header import Header, UnknownHeader, read_header
from aesplugin.imaging.picture import DECODER_FAILURES, Loaded, check_size, refused
from aesplugin.imaging.renditions import LONG_SIDE
from aesplugin.imaging.tones import Codes, to_srgb_levels

_BARE: Final = b"\xff\x0a"
_LARGEST_TAGS: Final = 16 << 20


def load_jxl(data: bytes, max_megapixels: float, *, long_side: int = LONG_SIDE) -> Loaded:
    """Decodes the first frame, upright.

    Raises:
        OversizedPhoto: by the header. DamagedPhoto, UnsupportedPhoto: no pixels, or colours
        that cannot be told.
    """
    try:
        boxes = [] if data.startswith(_BARE) else list(top_boxes(data))
        header = read_header(_codestream(data, boxes))
        check_size(header.width, header.height, max_megapixels)
        if header.bits == 0 or header.bits > 16:
            raise UnknownHeader("samples that are not of 8 to 16 bits")
        codes = imagecodecs.jpegxl_decode(data, index=0, numthreads=1)
        encoding = Encoding(header.primaries, header.transfer)
        image = _picture(codes, header, encoding, long_side)
    except UnknownHeader as error:
        raise UnsupportedPhoto(f"a JPEG XL with {error}; export it as JPEG or PNG") from None
    except DECODER_FAILURES as error:
        raise refused("JPEG XL", error) from None
    height, width = codes.shape[:2]
    exif = _tags(boxes, b"Exif")
    exif = exif[4 + int.from_bytes(exif[:4], "big") :] if exif else None
    return Loaded(
        image=image,
        width=width,
        height=height,
        format=Kind.JXL.value,
        encoding=of_tiff(exif) if exif and encoding.is_srgb else None,
        note=note_of(encoding) or encoding.problem,
        exif=exif,
        xmp=_tags(boxes, b"xml "),
    )


def _codestream(data: bytes, boxes: list[tuple[bytes, memoryview]]) -> bytes:
    """Its beginning; the header is short."""
    for name, body in boxes:
        if name in (b"jxlc", b"jxlp"):
            return bytes(body[4 if name == b"jxlp" else 0 :][:1024])
    return data[:1024]


def _picture(codes: Codes, header: Header, encoding: Encoding, long_side: int) -> Image.Image:
    full = (1 << header.bits) - 1
    codes = shrunk(codes if codes.ndim == 3 else codes[..., None], long_side)
    count = codes.shape[2] - header.alpha
    if count not in (1, 3):
        raise UnknownHeader(f"{codes.shape[2]} channels")
    colours: Codes = codes[..., :3]
    if count == 1:
        colours = codes[..., [0, 0, 0]]
    levels = _levels(colours, full)
    if not encoding.is_srgb:
        levels = to_srgb_levels(colours, encoding, full=full)
    image = Image.fromarray(np.ascontiguousarray(levels, np.uint8))
    if header.alpha:
        image.putalpha(Image.fromarray(np.ascontiguousarray(_levels(codes[..., -1], full))))
    return image


def _levels(codes: Codes, full: int) -> Codes:
    """0..255 by the high byte, as of the other formats."""
    return codes if full == 255 else (codes >> (full.bit_length() - 8)).astype(np.uint8)


def _tags(boxes: list[tuple[bytes, memoryview]], wanted: bytes) -> bytes | None:
    """A box of metadata, packed or not."""
    for name, body in boxes:
        if name == wanted:
            return bytes(body)
        if name == b"brob" and bytes(body[:4]) == wanted:
            try:
                return bytes(imagecodecs.brotli_decode(bytes(body[4:]), out=_LARGEST_TAGS))
            except DECODER_FAILURES:
                return None
    return None
