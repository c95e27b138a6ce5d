"""The quick resizing gives what Pillow gives, and Pillow stands in where it is absent."""

import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from aesplugin.resizing import resized, resized_pixels

DOWN, ACROSS = np.mgrid[:301, :407]
WAVES = 127 + 60 * np.sin(DOWN / 3) + 40 * np.cos(ACROSS * DOWN / 900)
GRAIN = np.random.default_rng(7).normal(0, 6, (301, 407, 3))
PICTURE = np.clip(WAVES[..., None] + GRAIN, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("size", [(204, 151), (407, 100), (40, 301), (814, 602), (133, 99)])
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_the_result_is_pillows_but_for_rounding(mode: str, size: tuple[int, int]) -> None:
    picture = Image.fromarray(PICTURE).convert(mode)
    theirs = np.asarray(picture.resize(size, Image.Resampling.BICUBIC), np.int16)
    ours = np.asarray(resized(picture, size), np.int16)
    assert np.abs(ours - theirs).max() <= 1
    assert np.abs(ours - theirs).mean() < 0.02


@pytest.mark.parametrize("size", [(1, 1), (500, 40), (40, 500), (7, 300)])
def test_other_shapes_differ_by_little(size: tuple[int, int]) -> None:
    """Pillow may go down first where a picture is squeezed."""
    theirs = np.asarray(Image.fromarray(PICTURE).resize(size, Image.Resampling.BICUBIC), np.int16)
    assert np.abs(resized_pixels(PICTURE, size) - theirs).mean() < 0.5


def test_a_picture_of_that_size_stays_itself() -> None:
    picture = Image.fromarray(PICTURE)
    assert resized(picture, picture.size) is picture
    assert resized_pixels(PICTURE, (407, 301)) is PICTURE


def test_transparent_colours_do_not_bleed() -> None:
    """A red that nobody sees, beside an opaque blue."""
    pixels = np.zeros((64, 64, 4), np.uint8)
    pixels[:, :31] = 255, 0, 0, 0
    pixels[:, 31:] = 0, 0, 255, 255
    small = np.asarray(resized(Image.fromarray(pixels), (32, 32)))
    assert small[..., 0][small[..., 3] > 0].max() == 0


def test_pillow_takes_over_where_the_library_is_absent() -> None:
    script = (
        "import sys; sys.modules['cykooz_resizer'] = None\n"
        "import numpy as np; from aesplugin.resizing import resized_pixels\n"
        "made = resized_pixels(np.full((60, 80, 3), 7, np.uint8), (40, 30))\n"
        "print(made.shape, made.min(), made.max())"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout.split() == ["(30,", "40,", "3)", "7", "7"], done.stderr
