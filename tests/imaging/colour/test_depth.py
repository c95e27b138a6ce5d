import numpy as np
import pytest
from PIL import Image

from aesplugin.imaging.colour.depth import to_eight_bits


def grey(values: list[float], dtype: str) -> Image.Image:
    return Image.fromarray(np.array([values], dtype=dtype))


def levels(image: Image.Image) -> list[int]:
    return [int(v) for v in np.asarray(to_eight_bits(image)).ravel()]


def test_sixteen_bits_are_scaled_not_clipped() -> None:
    image = grey([0, 257, 32768, 65535], "uint16")
    assert image.mode == "I;16"
    assert levels(image) == [0, 1, 128, 255]


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ([0, 100, 255], [0, 100, 255]),
        ([0, 32768, 65535], [0, 128, 255]),
        ([0, 2**30, 2**31 - 1], [0, 128, 255]),
        ([-5, 0, 200], [0, 0, 200]),
    ],
)
def test_thirty_two_bits_find_their_white(values: list[float], wanted: list[int]) -> None:
    assert levels(grey(values, "int32")) == wanted


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ([0.0, 0.5, 1.0], [0, 128, 255]),
        ([0.0, 128.0, 255.0], [0, 128, 255]),
        ([float("nan"), 0.5, float("inf")], [0, 128, 0]),
        ([0.0, 0.0, 0.0], [0, 0, 0]),
    ],
)
def test_floats_without_nonsense(values: list[float], wanted: list[int]) -> None:
    assert levels(grey(values, "float32")) == wanted


def test_palettes_keep_their_transparency() -> None:
    palette = Image.new("P", (2, 1))
    palette.putpalette([255, 0, 0, 0, 255, 0])
    palette.putpixel((1, 0), 1)
    assert to_eight_bits(palette).mode == "RGB"
    palette.info["transparency"] = 1
    assert to_eight_bits(palette).getpixel((0, 0)) == (255, 0, 0, 255)
    assert to_eight_bits(palette).getpixel((1, 0))[3] == 0  # type: ignore[index]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "RGB", "RGBA", "CMYK", "YCbCr", "HSV", "LAB"])
def test_every_mode_ends_in_one_that_colour_knows(mode: str) -> None:
    image = to_eight_bits(Image.new(mode, (3, 2)))
    assert image.mode in {"L", "LA", "RGB", "RGBA", "CMYK", "LAB"}
    assert image.size == (3, 2)
