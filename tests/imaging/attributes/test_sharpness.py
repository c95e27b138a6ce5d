"""The subject's sharpness, bokeh, and streaks of movement."""

import numpy as np
import pytest
from PIL import Image

from aesplugin.assessment import Verdict
from tests.imaging.attributes.scenes import Pixels, blurred, measured, tiles, value


def streaked(pixels: Pixels, length: int, degrees: float = 0) -> Pixels:
    image = Image.fromarray(pixels)
    turn = np.radians(degrees)
    total = np.zeros(pixels.shape)
    steps = np.linspace(-length / 2, length / 2, 2 * length + 1)
    for step in steps:
        move = (1, 0, step * np.cos(turn), 0, 1, step * np.sin(turn))
        moved = image.transform(image.size, Image.Transform.AFFINE, move, Image.Resampling.BILINEAR)
        total += np.asarray(moved)
    return np.rint(total / len(steps)).astype(np.uint8)[16:-16, 16:-16]


def bokeh() -> Pixels:
    """A sharp subject in a sixth of the frame, all else far out of focus."""
    scene = blurred(tiles(), 9).copy()
    scene[90:240, 160:340] = tiles(seed=3)[90:240, 160:340]
    return scene


def test_more_blur_resolves_less() -> None:
    values = [value(blurred(tiles(), r), "subject_sharpness") for r in (0, 1, 2, 4)]
    assert values == sorted(values, reverse=True)


def test_the_resolved_pixels_follow_from_the_blur() -> None:
    resolved = value(blurred(tiles(), 2.0), "subject_sharpness")
    assert resolved == pytest.approx(480 * 0.5 / 2.0, rel=0.2)


def test_sharp_is_good_and_blurred_poor() -> None:
    assert measured(tiles())["subject_sharpness"].verdict is Verdict.GOOD
    assert measured(blurred(tiles(), 3))["subject_sharpness"].verdict is Verdict.POOR


def test_bokeh_is_no_flaw() -> None:
    attributes = measured(bokeh())
    assert attributes["subject_sharpness"].verdict is Verdict.GOOD
    assert attributes["motion_blur"].verdict is not Verdict.POOR


def test_the_same_blur_of_a_larger_picture_is_judged_alike() -> None:
    large = tiles(size=(1020, 680))
    assert measured(large)["subject_sharpness"].verdict is Verdict.GOOD
    assert measured(blurred(large, 6))["subject_sharpness"].verdict is Verdict.POOR


def test_without_edges_nothing_can_be_told() -> None:
    attribute = measured(np.full((300, 400, 3), 90, np.uint8))["subject_sharpness"]
    assert (attribute.value, attribute.verdict) == (None, Verdict.CANT_TELL)


@pytest.mark.parametrize("degrees", [0, 40, 90, 135])
def test_streaks_in_any_direction_are_poor(degrees: float) -> None:
    assert measured(streaked(tiles(), 18, degrees))["motion_blur"].verdict is Verdict.POOR


def test_longer_streaks_measure_longer() -> None:
    values = [value(streaked(tiles(), length), "motion_blur") for length in (3, 8, 16)]
    assert values == sorted(values)


def test_defocus_is_not_movement() -> None:
    assert measured(tiles())["motion_blur"].verdict is Verdict.GOOD
    assert measured(blurred(tiles(), 3))["motion_blur"].verdict is not Verdict.POOR
