from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pytest

from aesplugin.errors import DamagedPhoto, OversizedPhoto, PhotoError, UnsupportedPhoto
from aesplugin.imaging.content import read_content
from aesplugin.imaging.decode import decode
from aesplugin.imaging.examine import examine
from aesplugin.imaging.fullsize import render
from tests.imaging.photos import encoded, fuzzed, noise

PHOTO = noise(320, 240)
RGB = np.asarray(PHOTO)
GREY = np.asarray(PHOTO.convert("L"))
CLEAR = np.full_like(GREY, 255)


def jxl(pixels: np.ndarray[Any, Any], **options: Any) -> bytes:
    return bytes(imagecodecs.jpegxl_encode(pixels, **options))


def change(data: bytes, wanted: np.ndarray[Any, Any]) -> float:
    found = decode(data, "a.jxl", 300).pixels.astype(int)
    reference = wanted if wanted.ndim == 3 else np.repeat(wanted[..., None], 3, axis=2)
    return float(np.abs(found - reference).mean())


@pytest.mark.parametrize("options", [{"lossless": True}, {"distance": 0.5}, {"usecontainer": True}])
@pytest.mark.parametrize(
    ("pixels", "wanted"),
    [
        (RGB, RGB),
        (GREY, GREY),
        (np.dstack([RGB, CLEAR]), RGB),
        (np.dstack([GREY, CLEAR]), GREY),
        (np.dstack([RGB, CLEAR * 0]), np.full_like(RGB, 255)),
    ],
    ids=["RGB", "grey", "RGBA", "grey with alpha", "transparent"],
)
def test_pixels(
    options: dict[str, Any], pixels: np.ndarray[Any, Any], wanted: np.ndarray[Any, Any]
) -> None:
    assert change(jxl(pixels, **options), wanted) < 4


@pytest.mark.parametrize("bits", [10, 12, 16])
def test_deep_ones_are_linear_where_their_header_says_so(bits: int) -> None:
    """The encoder marks samples of more than eight bits as linear light."""
    light = np.where(RGB <= 10, RGB / 255 / 12.92, ((RGB / 255 + 0.055) / 1.055) ** 2.4)
    codes = (light * ((1 << bits) - 1) + 0.5).astype(np.uint16)
    assert change(jxl(codes, bitspersample=bits, lossless=True), RGB) < 2


def test_a_jpeg_in_it_is_the_same_photo() -> None:
    jpeg = encoded(PHOTO, quality=95)
    data = bytes(imagecodecs.jpegxl_encode_jpeg(jpeg))
    assert change(data, decode(jpeg, "a.jpg", 300).pixels) < 1


def test_exif_and_xmp_in_boxes(tmp_path: Path) -> None:
    block = b"II*\0\x08\0\0\0\x01\0\x0f\x01\x02\0\x04\0\0\0Abc\0\0\0\0\0"
    for packed in (False, True):
        body, name = bytes(4) + block, b"Exif"
        if packed:
            body, name = b"Exif" + bytes(imagecodecs.brotli_encode(body)), b"brob"
        box = (len(body) + 8).to_bytes(4, "big") + name + body
        path = tmp_path / "a.jxl"
        path.write_bytes(jxl(RGB, usecontainer=True) + box)
        found = examine(str(path), max_megapixels=300)
        assert (found.photo.exif.make, found.photo.format) == ("Abc", "JPEG XL")


def test_the_page_shows_it(tmp_path: Path) -> None:
    path = tmp_path / "a.jxl"
    path.write_bytes(jxl(RGB))
    assert render(str(path), read_content(str(path)).content_hash, 300)


def test_limits_and_refusals() -> None:
    with pytest.raises(OversizedPhoto, match="320 x 240"):
        decode(jxl(RGB), "a.jxl", 0.05)
    with pytest.raises(UnsupportedPhoto, match="export it"):
        decode(jxl((RGB / 255).astype(np.float32)), "a.jxl", 300)
    with pytest.raises(DamagedPhoto):
        decode(jxl(RGB)[:3000], "a.jxl", 300)


def test_broken_ones_end_in_a_picture_or_a_named_state() -> None:
    for options in ({}, {"usecontainer": True}):
        for data in fuzzed(jxl(np.asarray(noise(60, 40)), **options), 150, seed=3):
            try:
                assert max(decode(data, "a.jxl", 300).pixels.shape) <= 1024
            except PhotoError as error:
                assert "\n" not in str(error)
