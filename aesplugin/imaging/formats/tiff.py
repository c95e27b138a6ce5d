"""TIFF through tifffile: any depth, type, layout and compression, as the file says it is meant."""

import io
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import tifffile
from numpy.typing import NDArray
from PIL import Image
from PIL.ExifTags import IFD
from PIL.TiffImagePlugin import TiffImageFile
from tifffile import PHOTOMETRIC

from aesplugin.errors import DamagedPhoto, PhotoError, UnsupportedPhoto
from aesplugin.imaging.colour.depth import to_eight_bits
from aesplugin.imaging.colour.hdr import shrunk
from aesplugin.imaging.colour.profiles import is_steep, to_srgb, wide_to_srgb
from aesplugin.imaging.colour.tone_mapping import Codes
from aesplugin.imaging.formats.tiff_data import check_data
from aesplugin.imaging.formats.tiff_levels import (
    Found,
    Meaning,
    Samples,
    full_range,
    stated_white,
    to_codes,
    to_levels,
    white_of,
)
from aesplugin.imaging.formats.tiff_pages import RAW, main_page, orientation
from aesplugin.imaging.metadata.exif_colour import of_tiff
from aesplugin.imaging.picture import DECODER_FAILURES, Loaded, check_size, refused
from aesplugin.imaging.renditions import LONG_SIDE

_EXTRA_SAMPLES, _PHOTOMETRIC, _INK_SET, _JPEG_COMPRESSIONS = 338, 262, 332, (6, 7, 34892, 33007)
_LAYOUT: Final = frozenset({*range(254, 267), 273, *range(277, 285), *range(320, 326), IFD.Exif})
_XMP, _IPTC, _PHOTOSHOP = 700, 33723, 34377
_PREMULTIPLIED, _ALPHA = 1, 2
_CMYK_INKS: Final = 1
_MOST_GREY: Final = 2  # grey, and its transparency
_COLOURS: Final = {  # how many samples, and what Pillow calls them
    PHOTOMETRIC.MINISWHITE: (1, "L"),
    PHOTOMETRIC.MINISBLACK: (1, "L"),
    PHOTOMETRIC.MASK: (1, "L"),
    PHOTOMETRIC.RGB: (3, "RGB"),
    PHOTOMETRIC.PALETTE: (1, "RGB"),
    PHOTOMETRIC.SEPARATED: (4, "CMYK"),
    PHOTOMETRIC.YCBCR: (3, "YCbCr"),
    PHOTOMETRIC.CIELAB: (3, "LAB"),
    PHOTOMETRIC.ICCLAB: (3, "LAB"),
}
_BAND: Final = 1 << 21  # samples converted at once
_LARGE: Final = 200 << 20  # bytes: scaled down before Pillow makes its own copy

# What it cannot read it raises as well; our reason says it better.
logging.getLogger("tifffile").addHandler(logging.NullHandler())


def load_tiff(data: bytes, max_megapixels: float, *, long_side: int = LONG_SIDE) -> Loaded:
    """The photo in the file, for a picture of `long_side` (px).

    Raises:
        OversizedPhoto: by the header. DamagedPhoto, UnsupportedPhoto: no pixels, or none that
        can be told for sure.
    """
    try:
        with tifffile.TiffFile(io.BytesIO(data)) as file:
            page, left_out = main_page(file, lambda one: _look(one, data, max_megapixels))
            check_size(page.imagewidth, page.imagelength, max_megapixels)
            if page.photometric in RAW:
                return _raw(data, max_megapixels, long_side)
            profile = page.iccprofile or file.pages.first.iccprofile
            image, icc, note = _Reader(page, data, profile).picture(long_side)
            return Loaded(
                image=image,
                width=page.imagewidth,
                height=page.imagelength,
                format="TIFF",
                orientation=orientation(page, file),
                icc=icc,
                encoding=None if profile else of_tiff(data),
                exif=_classic(data) if file.is_bigtiff else None,
                xmp=_block(file, page, data, _XMP),
                iptc=_block(file, page, data, _IPTC) or _block(file, page, data, _PHOTOSHOP),
                note="; ".join(said for said in (left_out, note) if said) or None,
            )
    except ImportError as error:  # a codec that this build of imagecodecs lacks
        raise refused("TIFF", ValueError(f"not supported: {error}")) from None
    except DECODER_FAILURES as error:
        raise refused("TIFF", error) from None


def _look(page: Any, data: bytes, max_megapixels: float) -> Image.Image | None:
    """The page in grey, for a comparison; None where it cannot be had."""
    try:
        check_size(page.imagewidth, page.imagelength, max_megapixels)
        image, icc, _ = _Reader(page, data, page.iccprofile).picture(LONG_SIDE)
        image, _ = to_srgb(to_eight_bits(image), icc, None)
    except (PhotoError, ImportError, *DECODER_FAILURES):
        return None
    return image.convert("L")


def _block(file: Any, page: Any, data: bytes, number: int) -> bytes | None:
    """A tag's bytes, of the page or the file, whatever type its writer gave them."""
    for holder in (page, file.pages.first):
        tag = holder.tags.get(number)
        if tag is not None:
            return data[tag.valueoffset : tag.valueoffset + tag.valuebytecount]
    return None


def _classic(data: bytes) -> bytes | None:
    """The tags of a BigTIFF as the EXIF reader takes them."""
    classic = Image.Exif()
    try:
        exif = TiffImageFile(io.BytesIO(data)).getexif()
        classic.update({tag: value for tag, value in exif.items() if tag not in _LAYOUT})
        classic.get_ifd(IFD.Exif).update(exif.get_ifd(IFD.Exif))
        return classic.tobytes()
    except DECODER_FAILURES:
        return None


def _raw(data: bytes, max_megapixels: float, long_side: int) -> Loaded:
    from aesplugin.imaging.formats.raw import load_raw

    return load_raw(data, max_megapixels, long_side=long_side)


@dataclass(frozen=True)
class _Reader:
    """One page, the file's bytes and the colour profile."""

    page: Any
    data: bytes
    icc: bytes | None

    def picture(self, long_side: int) -> tuple[Image.Image, bytes | None, str | None]:
        """Pixels in one of Pillow's modes, their profile, and a note where white was looked for."""
        self._check()
        assumed = white = full_range(self._dtype, self._bits)
        found = Found()
        levels = self._levels(white, found)
        is_linear = self._is_deep and is_steep(self.icc, self._mode)
        if self._is_plain and not (is_linear and self._dtype.kind == "f"):
            stated = stated_white(self.page, assumed)
            meaning = Meaning(self._dtype, self._bits, stated, self._is_inverted, is_linear)
            white = white_of(found, meaning)
        note = f"{self._bits}-bit TIFF samples: {white:.4g} taken as white"
        if is_linear and self.icc:
            codes = shrunk(self._levels(white, Found(), wide=True), long_side)
            image = Image.fromarray(wide_to_srgb(codes, self.icc, self._mode))
            return image, None, note if white != assumed else None
        if white != assumed:
            levels = self._levels(white, Found())
        if levels.nbytes > _LARGE:
            levels = shrunk(levels, long_side)
        return self._image(levels.astype(np.uint8)), self.icc, note if white != assumed else None

    @property
    def _is_deep(self) -> bool:
        return self._bits > 8 and self._is_plain and self._alpha is None

    @property
    def _dtype(self) -> np.dtype[Any]:
        dtype: np.dtype[Any] = np.dtype(self.page.dtype)
        return dtype

    @property
    def _bits(self) -> int:
        bits = self.page.bitspersample
        return int(max(bits) if isinstance(bits, tuple) else bits)

    @property
    def _has_tag(self) -> bool:
        return _PHOTOMETRIC in self.page.tags

    @property
    def _is_inverted(self) -> bool:
        return bool(self._has_tag and self.page.photometric == PHOTOMETRIC.MINISWHITE)

    @property
    def _is_plain(self) -> bool:
        """Whether samples are amounts of light, whose white can be looked for."""
        return self._mode in ("L", "RGB") and self.page.photometric != PHOTOMETRIC.PALETTE

    @cached_property
    def _colour(self) -> tuple[int, str]:
        if not self._has_tag:  # as other readers guess
            return (3, "RGB") if self.page.samplesperpixel >= 3 else (1, "L")
        try:
            count, mode = _COLOURS[self.page.photometric]
        except KeyError:
            raise _refusal(f"photometric interpretation {self.page.photometric}") from None
        if mode == "YCbCr" and self.page.compression in _JPEG_COMPRESSIONS:
            return count, "RGB"  # converted by the codec
        return count, mode

    @property
    def _mode(self) -> str:
        return self._colour[1]

    @cached_property
    def _alpha(self) -> int | None:
        """What kind of transparency follows the colours, where one does."""
        extra = self.page.tags.valueof(_EXTRA_SAMPLES)
        if self.page.samplesperpixel <= self._colour[0] or not self._is_plain:
            return None
        if extra is None:
            return _ALPHA if self._mode == "RGB" else None
        kind = extra[0] if isinstance(extra, tuple) else extra
        return int(kind) if kind in (_PREMULTIPLIED, _ALPHA) else None

    def _check(self) -> None:
        """Refuses what would give no picture or a wrong one."""
        page, count = self.page, self._colour[0]
        if page.dtype is None or self._dtype.kind not in "buif":
            raise _refusal(f"sample format {page.sampleformat} with {page.bitspersample} bits")
        if page.samplesperpixel < count:
            raise _refusal(f"{page.samplesperpixel} samples per pixel instead of {count}")
        if self._mode == "L" and page.samplesperpixel > _MOST_GREY:
            raise _refusal(f"spectral bands, {page.samplesperpixel} per pixel")
        if page.imagedepth > 1:
            raise _refusal("a volume")
        if self._mode == "CMYK" and page.tags.valueof(_INK_SET, _CMYK_INKS) != _CMYK_INKS:
            raise _refusal("inks other than CMYK")
        if self._mode in ("CMYK", "LAB", "YCbCr") and not (
            self._dtype.itemsize <= 2 and self._dtype.kind == "u" and self._bits in (8, 16)
        ):
            raise _refusal(f"{self._mode} with samples of {self._dtype}")
        if page.photometric == PHOTOMETRIC.PALETTE and page.colormap is None:
            raise _refusal("a missing palette")
        check_data(page, self.data)

    def _levels(self, white: float, found: Found, *, wide: bool = False) -> Codes:
        """The picture with this white, [H, W, C], the transparency last: 8 bits, or 16."""
        count = self._colour[0]
        is_palette = self._is_palette
        depth = 3 if is_palette else count + (self._alpha is not None)
        size = (self.page.imagelength, self.page.imagewidth, depth)
        out: Codes = np.zeros(size, np.uint16) if wide else np.zeros(size, np.uint8)
        convert = to_codes if wide else to_levels
        full = full_range(self._dtype, self._bits)
        for part, plane, top, left in self._parts():
            target = out[top : top + part.shape[0], left : left + part.shape[1]]
            if is_palette:
                target[...] = self._palette[np.minimum(part[..., 0], len(self._palette) - 1)]
                continue
            end = plane + part.shape[2]
            if plane < count:
                colours = part[..., : count - plane]
                found.add(colours)
                target[..., plane : min(end, count)] = convert(colours, white)
            if plane <= count < min(end, depth):  # the transparency
                target[..., count] = convert(part[..., count - plane], full)
        if self._is_inverted:
            out[..., 0] = np.iinfo(out.dtype).max - out[..., 0]
        return out

    def _parts(self) -> Iterator[tuple[Samples, int, int, int]]:
        """Decoded samples [h, w, c], and the plane, row and column where they belong."""
        height, width = self.page.imagelength, self.page.imagewidth
        for samples, (plane, _, top, left, _), _ in self._segments():
            if samples is None:
                raise DamagedPhoto("a TIFF file whose image data is incomplete; copy it again")
            part = samples[0, : height - top, : width - left]
            rows = max(1, _BAND // max(1, part.shape[1] * part.shape[2]))
            for start in range(0, part.shape[0], rows):
                yield part[start : start + rows], plane, top + start, left

    def _segments(self) -> Iterator[tuple[Any, Any, Any]]:
        page = self.page
        if not page.is_memmappable:
            yield from page.segments(maxworkers=1)
            return
        # Samples as they lie in the file, without a copy of them all.
        dtype = np.dtype(page.parent.byteorder + self._dtype.char)
        shape = page.shaped  # planes, depth, rows, columns, samples
        size = int(np.prod(shape))
        if page.dataoffsets[0] + size * dtype.itemsize > len(self.data):
            raise DamagedPhoto("a TIFF file that ends before its image data does; copy it again")
        whole = np.frombuffer(self.data, dtype, size, page.dataoffsets[0]).reshape(shape)
        for plane in range(shape[0]):
            yield whole[plane], (plane, 0, 0, 0, 0), shape[1:]

    @property
    def _is_palette(self) -> bool:
        return bool(self._has_tag and self.page.photometric == PHOTOMETRIC.PALETTE)

    @cached_property
    def _palette(self) -> NDArray[np.uint8]:
        """[colours, 3]; some writers store 8 bits where 16 are asked for."""
        colours = np.asarray(self.page.colormap)[:3].T
        wide = colours.max(initial=0) > 255
        return (colours >> 8 if wide else colours).astype(np.uint8)

    def _image(self, levels: NDArray[np.uint8]) -> Image.Image:
        mode = self._mode
        if mode == "LAB" and self.page.photometric == PHOTOMETRIC.ICCLAB:
            levels[..., 1:] ^= 0x80  # unsigned with an offset, where CIELAB is signed
        if self._alpha is not None and levels[..., -1].any():
            if mode == "L":
                levels = levels[..., [0, 0, 0, 1]]
            mode = "RGBa" if self._alpha == _PREMULTIPLIED else "RGBA"
        else:
            levels = levels[..., : len(Image.new(mode, (1, 1)).getbands())]
        height, width = levels.shape[:2]
        return Image.frombytes(mode, (width, height), np.ascontiguousarray(levels))


def _refusal(what: str) -> UnsupportedPhoto:
    return UnsupportedPhoto(
        f"a TIFF variant that cannot be decoded ({what}); export it as JPEG or 8-bit TIFF"
    )
