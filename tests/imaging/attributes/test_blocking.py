"""The JPEG grid where it can be seen, and the file's quality where it cannot."""

import io

import numpy as np
import pytest
from PIL import Image

from aesplugin.assessment import Attribute, Verdict
from aesplugin.imaging.attributes import measure
from tests.imaging.attributes.scenes import Pixels, blurred, measured, tiles, value


def compressed(pixels: Pixels, quality: int) -> Pixels:
    data = io.BytesIO()
    Image.fromarray(pixels).save(data, "JPEG", quality=quality)
    return np.asarray(Image.open(data))


def scaled(quality: float | None, factor: float) -> Attribute:
    pixels = tiles()
    size = (round(pixels.shape[1] * factor), round(pixels.shape[0] * factor))
    return measure(pixels, jpeg_quality=quality, native_size=size)["jpeg_blocking"]


def test_harder_compression_measures_higher() -> None:
    scene = blurred(tiles(), 2)
    values = [value(compressed(scene, q), "jpeg_blocking") for q in (95, 40, 20, 8)]
    assert values == sorted(values)


def test_fine_is_good_and_coarse_poor() -> None:
    scene = blurred(tiles(), 2)
    assert measured(compressed(scene, 92), 92)["jpeg_blocking"].verdict is Verdict.GOOD
    assert measured(compressed(scene, 8), 8)["jpeg_blocking"].verdict is Verdict.POOR


def test_a_coarse_copy_saved_again_finely_is_still_poor() -> None:
    twice = compressed(compressed(blurred(tiles(), 2), 8), 95)
    assert measured(twice, 95)["jpeg_blocking"].verdict is Verdict.POOR


def test_a_cropped_grid_is_found() -> None:
    cropped = compressed(blurred(tiles(), 2), 8)[3:, 5:]
    assert measured(cropped)["jpeg_blocking"].verdict is Verdict.POOR


@pytest.mark.parametrize(
    ("quality", "factor", "verdict"),
    [
        (90, 4, Verdict.GOOD),
        (None, 4, Verdict.CANT_TELL),
        (35, 4, Verdict.CANT_TELL),
        (10, 1.5, Verdict.POOR),
        (10, 6, Verdict.CANT_TELL),
    ],
)
def test_downscaled_photos_are_judged_by_the_files_quality(
    quality: float | None, factor: float, verdict: Verdict
) -> None:
    attribute = scaled(quality, factor)
    assert (attribute.value, attribute.verdict) == (None, verdict)
