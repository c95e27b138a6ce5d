"""Colourfulness and the colour of the light."""

import numpy as np
import pytest
from PIL import Image, ImageEnhance

from aesplugin.assessment import Verdict
from tests.imaging.attributes.scenes import Pixels, exposed, measured, tiles, value


def saturated(factor: float) -> Pixels:
    return np.asarray(ImageEnhance.Color(Image.fromarray(tiles())).enhance(factor))


def test_grey_has_no_colour_and_is_a_choice() -> None:
    attribute = measured(saturated(0))["colorfulness"]
    assert attribute.value == pytest.approx(0, abs=0.5)
    assert attribute.verdict is Verdict.CANT_TELL


def test_more_saturation_is_more_colour() -> None:
    values = [value(saturated(factor), "colorfulness") for factor in (0.2, 0.6, 1.0, 2.0)]
    assert values == sorted(values)


def test_garish_and_pale_are_poor() -> None:
    assert measured(tiles())["colorfulness"].verdict is Verdict.GOOD
    assert measured(saturated(4.0))["colorfulness"].verdict is Verdict.POOR
    assert measured(saturated(0.2))["colorfulness"].verdict is Verdict.POOR


def test_hasler_and_suesstrunk_by_hand() -> None:
    halves = np.zeros((40, 40, 3), np.uint8)
    halves[:, :20], halves[:, 20:] = (200, 0, 0), (0, 0, 200)
    # rg = 200, 0: mean 100, sd 100; yb = 100, -200: mean -50, sd 150
    expected = np.hypot(100, 150) + 0.3 * np.hypot(100, 50)
    assert value(halves, "colorfulness") == pytest.approx(expected, abs=0.5)


@pytest.mark.parametrize(
    ("gains", "name", "expected"),
    [
        ((1.0, 0.7, 0.49), "color_cast", 0.51),
        ((0.49, 0.7, 1.0), "color_cast", -0.51),
        ((1.0, 0.6, 1.0), "color_tint", 0.74),
        ((0.6, 1.0, 0.6), "color_tint", -0.74),
    ],
)
def test_a_known_cast_is_measured(
    gains: tuple[float, float, float], name: str, expected: float
) -> None:
    cast = exposed(tiles(), gains)
    assert value(cast, name) - value(tiles(), name) == pytest.approx(expected, abs=0.08)


def test_a_strong_cast_is_poor_and_neutral_light_good() -> None:
    neutral = measured(tiles())
    assert neutral["color_cast"].verdict is Verdict.GOOD
    assert neutral["color_tint"].verdict is Verdict.GOOD
    assert measured(exposed(tiles(), (0.4, 0.7, 1.0)))["color_cast"].verdict is Verdict.POOR
    assert measured(exposed(tiles(), (0.5, 1.0, 0.5)))["color_tint"].verdict is Verdict.POOR


def test_a_colourful_thing_is_no_cast() -> None:
    """A large red surface in neutral light; grey world would call it warm."""
    scene = tiles().copy()
    scene[60:260, 100:400] = (150, 40, 35)
    assert abs(value(scene, "color_cast")) < 0.2
