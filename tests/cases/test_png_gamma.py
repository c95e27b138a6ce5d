"""PNG that tells its colours by gAMA and cHRM, and other things old writers do to transparency."""

import struct

import imagecodecs
import numpy as np
import pytest
from PIL import Image

from aesplugin.errors import DamagedPhoto
from aesplugin.imaging.decode import decode
from tests.cases.test_heif_nclx import light_of, signal
from tests.imaging.photos import encoded, noise, png_chunk

PHOTO = noise(320, 240)
RGB = np.asarray(PHOTO)
P3 = (31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000)


def with_chunks(data: bytes, *chunks: bytes) -> bytes:
    return data[:33] + b"".join(chunks) + data[33:]


def gamma(value: float) -> bytes:
    return png_chunk(b"gAMA", struct.pack(">I", round(1e5 / value)))


def change(data: bytes) -> float:
    return float(np.abs(decode(data, "a.png", 300).pixels.astype(int) - RGB).mean())


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("value", [1.0, 1.8, 2.2, 2.6])
def test_a_gamma_is_believed(value: float, bits: int) -> None:
    full = (1 << bits) - 1
    codes = light_of(PHOTO) ** (1 / value) * full + 0.5
    data = bytes(imagecodecs.png_encode(codes.astype(np.uint8 if bits == 8 else np.uint16)))
    assert change(with_chunks(data, gamma(value))) < 3


def test_a_damaged_file_with_a_gamma_is_refused() -> None:
    whole = with_chunks(encoded(PHOTO, "PNG"), gamma(1.0))
    for data in (whole[: len(whole) // 2], whole[:8] + b"\0\0\0\x0c" + whole[12:]):
        with pytest.raises(DamagedPhoto):
            change(data)


def test_primaries_are_believed() -> None:
    codes = (np.clip(signal(light_of(PHOTO), 12, 13), 0, 1) * 255 + 0.5).astype(np.uint8)
    data = encoded(Image.fromarray(codes), "PNG")
    chunk = png_chunk(b"cHRM", struct.pack(">8I", *P3))
    assert change(data) > 3
    assert change(with_chunks(data, gamma(2.2), chunk)) < 1


@pytest.mark.parametrize("value", [1e5, 1e-4])
def test_a_senseless_gamma_is_ignored(value: float) -> None:
    assert change(with_chunks(encoded(PHOTO, "PNG"), gamma(value))) == 0


def test_the_word_srgb_counts_more() -> None:
    data = with_chunks(encoded(PHOTO, "PNG"), png_chunk(b"sRGB", b"\0"), gamma(1.0))
    assert change(data) == 0


def test_one_clear_grey_of_sixteen_bits() -> None:
    grey = np.full((40, 60), 30000, np.uint16)
    grey[:, 30:] = 30001
    data = bytes(imagecodecs.png_encode(grey))
    clear = png_chunk(b"tRNS", struct.pack(">H", 30001))
    at = data.index(b"IDAT") - 4
    pixels = decode(data[:at] + clear + data[at:], "a.png", 300).pixels
    assert (pixels[:, :30] == 30000 >> 8).all()
    assert (pixels[:, 30:] == 255).all()


@pytest.mark.parametrize("alpha", [0, 255])
def test_a_bitmap_whose_fourth_byte_is_empty(alpha: int) -> None:
    """Many programs write no transparency though the header names a place for it."""
    rows = np.dstack([RGB[::-1, :, ::-1], np.full(RGB.shape[:2], alpha, np.uint8)]).tobytes()
    masks = struct.pack("<IIII4s", 0xFF0000, 0xFF00, 0xFF, 0xFF000000, b"BGRs")
    head = struct.pack("<IiiHHIIiiII", 124, 320, 240, 1, 32, 3, len(rows), 2835, 2835, 0, 0)
    whole = (head + masks).ljust(124, b"\0")
    data = b"BM" + struct.pack("<IHHI", 138 + len(rows), 0, 0, 138) + whole + rows
    assert change(data) == 0


def test_a_palette_with_transparency_in_a_tiff() -> None:
    image = PHOTO.convert("PA")
    found = decode(encoded(image, "TIFF"), "a.tif", 300).pixels
    assert np.array_equal(found, np.asarray(image.convert("RGB")))
