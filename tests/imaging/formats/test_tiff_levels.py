"""What is white in a TIFF: what the file says, unless something better tells."""

from typing import Any

import imagecodecs
import numpy as np
import pytest

from aesplugin.errors import UnsupportedPhoto
from tests.cases.tiffs import EXPOSED, GREY, RGB, WIDE, WIDE_GREY, Array, change, seen, tiff

CLIPPED = EXPOSED.astype(np.uint16)


def dimmed(peak: int) -> Array:
    """16 bits that reach up to this, and use all bits beneath."""
    return (WIDE_GREY * (peak / int(WIDE_GREY.max()))).round().astype(np.uint16)


@pytest.mark.parametrize("compression", [None, "lzw"])
@pytest.mark.parametrize("peak", [3855, 4050, 16100, 16300, 16382, 40000])
def test_a_bright_picture_stays_bright_where_white_is_zero(
    peak: int, compression: str | None
) -> None:
    raw = dimmed(peak)
    data = tiff(raw, photometric="miniswhite", compression=compression)
    assert change(data, 255 - (raw >> 8).astype(np.uint8)) <= 1
    assert seen(data).note is None


@pytest.mark.parametrize("peak", [4096, 5000, 8191, 16100, 16300, 16382, 20000])
@pytest.mark.parametrize("options", [{}, {"compression": "deflate"}, {"byteorder": ">"}])
def test_a_night_picture_stays_dark(peak: int, options: dict[str, Any]) -> None:
    raw = dimmed(peak)
    data = tiff(raw, **options)
    assert change(data, (raw >> 8).astype(np.uint8)) == 0
    assert seen(data).note is None


def test_a_night_picture_in_colour_stays_dark() -> None:
    raw = (WIDE * 0.2).astype(np.uint16)
    raw[..., 2] //= 3
    assert change(tiff(raw), (raw >> 8).astype(np.uint8)) == 0


@pytest.mark.parametrize("raw", [dimmed(3900), dimmed(4000), dimmed(1000), dimmed(300)], ids=str)
@pytest.mark.parametrize("dtype", [np.uint16, np.int16, np.uint32, np.float32])
def test_night_or_twelve_bits_nobody_can_tell(raw: Array, dtype: Any) -> None:
    with pytest.raises(UnsupportedPhoto, match="without a known white level"):
        seen(tiff(raw.astype(dtype)))


@pytest.mark.parametrize("raw", [GREY.astype(np.uint16) // 20 * 257, dimmed(3900) & 0xFFF0])
def test_eight_or_twelve_bits_made_sixteen_are_a_dark_picture(raw: Array) -> None:
    assert change(tiff(raw), (raw >> 8).astype(np.uint8)) == 0


def test_linear_light_in_the_dark_is_a_picture() -> None:
    icc = imagecodecs.cms_profile("gray", gamma=1.0, whitepoint=(0.3127, 0.329, 1.0))
    shown = seen(tiff(dimmed(3900), iccprofile=icc)).pixels
    assert 40 < int(shown.max()) < 90  # 6 % of the light


@pytest.mark.parametrize(
    "tag",
    [
        (281, "H", 1, 4095),
        (281, "I", 1, 4095),
        (341, "H", 1, 4095),
        (341, "d", 1, 4095.0),
        (50717, "I", 1, 4095),
        (270, "s", 0, '<OME><Image><Pixels SignificantBits="12" SizeX="9"/></Image></OME>'),
    ],
)
def test_a_tag_tells_how_many_bits_are_meant(tag: tuple[Any, ...]) -> None:
    raw = dimmed(3700)
    data = tiff(raw, extratags=[(*tag, True)])
    assert change(data, (raw >> 4).astype(np.uint8)) <= 1
    assert seen(data).note == "16-bit TIFF samples: 4095 taken as white"
    inverted = tiff(
        (4095 - raw).astype(np.uint16), photometric="miniswhite", extratags=[(*tag, True)]
    )
    assert change(inverted, (raw >> 4).astype(np.uint8)) <= 1


def test_a_tag_that_says_sixteen_bits_makes_it_a_dark_picture() -> None:
    raw = dimmed(3900)
    assert change(tiff(raw, extratags=[(281, "H", 1, 65535, True)]), raw >> 8) == 0


@pytest.mark.parametrize("most", [16300, 12000])
def test_the_brightest_sample_told_by_a_tag_is_a_statistic(most: int) -> None:
    raw = dimmed(most)
    for tag in (281, 341):
        assert change(tiff(raw, extratags=[(tag, "H", 1, most, True)]), raw >> 8) == 0


def test_a_tag_that_contradicts_the_samples_is_passed_over() -> None:
    assert change(tiff(WIDE, extratags=[(281, "H", 3, (4095,) * 3, True)]), RGB) == 0


@pytest.mark.parametrize(
    "raw",
    [
        CLIPPED << 4 | CLIPPED >> 4,
        CLIPPED << 4,
        CLIPPED << 6 | CLIPPED >> 2,
        CLIPPED << 6,
        CLIPPED << 2,
        CLIPPED,
    ],
    ids=lambda raw: str(raw.max()),
)
@pytest.mark.parametrize("dtype", [np.uint16, np.int16, np.uint32, np.float32])
def test_clipped_highlights_tell_how_many_bits_are_meant(raw: Array, dtype: Any) -> None:
    if dtype == np.float32 and raw.max() & 1 == 0:
        pytest.skip("floats do not tell which bits are empty")
    assert change(tiff(raw.astype(dtype)), EXPOSED) <= 1


def test_black_of_twelve_bits_or_nearly_white_nobody_can_tell() -> None:
    with pytest.raises(UnsupportedPhoto, match="without a known white level"):
        seen(tiff(4095 - (WIDE_GREY - WIDE_GREY.min() >> 4), photometric="miniswhite"))
