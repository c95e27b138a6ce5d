"""JPEG XL through imagecodecs, where its header tells for sure what the numbers mean."""

from dataclasses import dataclass
from typing import Final

import imagecodecs
import numpy as np
from PIL import Image

from aesplugin.errors import UnsupportedPhoto
from aesplugin.imaging.colour.cicp import Encoding
from aesplugin.imaging.colour.hdr import note_of, shrunk
from aesplugin.imaging.colour.tone_mapping import Codes, to_srgb_levels
from aesplugin.imaging.formats.boxes import top_boxes
from aesplugin.imaging.formats.detect import Kind
from aesplugin.imaging.metadata.exif_colour import of_tiff
from aesplugin.imaging.picture import DECODER_FAILURES, Loaded, check_size, refused
from aesplugin.imaging.renditions import LONG_SIDE

_D65: Final = 1
_GREY: Final = 1
_ALPHA: Final = 0
_MOST_EXTRA: Final = 16
_RATIOS: Final = {1: (1, 1), 2: (12, 10), 3: (4, 3), 4: (3, 2), 5: (16, 9), 6: (5, 4), 7: (2, 1)}
# (bits to read, what is added) for each of the four ways a number is written.
_Ways = tuple[tuple[int, int], tuple[int, int], tuple[int, int], tuple[int, int]]
_SIZE: Final[_Ways] = ((9, 1), (13, 1), (18, 1), (30, 1))
_DEPTH: Final[_Ways] = ((0, 8), (0, 10), (0, 12), (6, 1))
_FLOAT_DEPTH: Final[_Ways] = ((0, 32), (0, 16), (0, 24), (6, 1))
_EXTRA: Final[_Ways] = ((0, 0), (0, 1), (4, 2), (12, 1))
_SHIFT: Final[_Ways] = ((0, 0), (0, 3), (0, 4), (3, 1))
_NAME: Final[_Ways] = ((0, 0), (4, 0), (5, 16), (10, 48))
_ENUM: Final[_Ways] = ((0, 0), (0, 1), (4, 2), (6, 18))


class UnknownHeader(Exception):
    """A feature whose fields are not read here; the message names it."""


@dataclass(frozen=True, slots=True)
class Header:
    """`primaries` and `transfer` are codes of ITU-T H.273; `bits` is 0 of floating point."""

    width: int
    height: int
    bits: int = 8
    alpha: bool = False
    primaries: int = 1
    transfer: int = 13


def read_header(codestream: bytes) -> Header:
    """Reads what stands before the first frame.

    Raises:
        UnknownHeader: a feature that photos do not have. IndexError: it is cut.
    """
    bits = _Bits(codestream, 16)
    height, width = _size(bits)
    if bits.flag():  # everything as usual
        return Header(width, height)
    if bits.flag():
        _pass_over_extra_fields(bits)
    depth = _depth(bits)
    bits.flag()  # narrow buffers
    alpha = _has_alpha(bits)
    bits.flag()  # XYB: the decoder gives back the colours named below all the same
    if bits.flag():
        return Header(width, height, depth, alpha)
    primaries, transfer = _colours(bits)
    return Header(width, height, depth, alpha, primaries, transfer)


def _size(bits: "_Bits") -> tuple[int, int]:
    is_small = bits.flag()
    height = (bits.number(5) + 1) * 8 if is_small else bits.choice(_SIZE)
    ratio = bits.number(3)
    if ratio:
        across, down = _RATIOS[ratio]
        return height, height * across // down
    return height, (bits.number(5) + 1) * 8 if is_small else bits.choice(_SIZE)


def _pass_over_extra_fields(bits: "_Bits") -> None:
    bits.number(3)  # orientation: the decoder turns
    if bits.flag():
        _size(bits)
    if bits.flag():
        raise UnknownHeader("a preview")
    if bits.flag():
        raise UnknownHeader("an animation")


def _depth(bits: "_Bits") -> int:
    if not bits.flag():
        return bits.choice(_DEPTH)
    bits.choice(_FLOAT_DEPTH)
    bits.number(4)
    return 0


def _has_alpha(bits: "_Bits") -> bool:
    count = bits.choice(_EXTRA)
    if count > _MOST_EXTRA:
        raise UnknownHeader(f"{count} extra channels")
    found = [_is_alpha(bits) for _ in range(count)]  # every one has to be read
    return any(found)


def _is_alpha(bits: "_Bits") -> bool:
    if bits.flag():
        return True
    kind = bits.choice(_ENUM)
    if kind > 6:
        raise UnknownHeader(f"extra channels of kind {kind}")
    _depth(bits)
    bits.choice(_SHIFT)
    bits.number(8 * bits.choice(_NAME))
    if kind == _ALPHA:
        if bits.flag():
            raise UnknownHeader("premultiplied transparency")
        return True
    raise UnknownHeader("extra channels")


def _colours(bits: "_Bits") -> tuple[int, int]:
    if bits.flag():
        raise UnknownHeader("a colour profile")
    space = bits.choice(_ENUM)
    if space > _GREY:
        raise UnknownHeader("a colour space other than RGB and grey")
    white = bits.choice(_ENUM)
    primaries = 1 if space == _GREY else bits.choice(_ENUM)
    if white != _D65 or primaries == 2:
        raise UnknownHeader("a white or primaries of its own")
    if bits.flag():
        raise UnknownHeader("a gamma of its own")
    transfer = bits.choice(_ENUM)
    return {11: 12}.get(primaries, primaries), transfer  # with D65 it is Display P3


class _Bits:
    """Reads from the lowest bit of each byte up."""

    def __init__(self, data: bytes, at: int) -> None:
        self._data, self._at = data, at

    def number(self, count: int) -> int:
        value = 0
        for place in range(count):
            value |= (self._data[self._at >> 3] >> (self._at & 7) & 1) << place
            self._at += 1
        return value

    def flag(self) -> bool:
        return bool(self.number(1))

    def choice(self, ways: _Ways) -> int:
        count, more = ways[self.number(2)]
        return self.number(count) + more


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
