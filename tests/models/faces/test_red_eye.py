"""Red eyes, painted on a real face: none is in the photos that can be had."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageEnhance
from skimage import data

from aesplugin.models.faces.detector import FaceDetector, FoundFace
from aesplugin.models.faces.reader import FaceReader
from aesplugin.models.faces.red_eye import LEAST_WIDTH, are_eyes_red

Colour = tuple[int, int, int]
FLASH: tuple[Colour, ...] = ((210, 50, 60), (150, 30, 30), (240, 90, 80))


@pytest.fixture(scope="module")
def portrait() -> Image.Image:
    return Image.fromarray(data.astronaut()).crop((100, 0, 356, 256)).resize((512, 512))


@pytest.fixture(scope="module")
def face(portrait: Image.Image) -> FoundFace:
    (found,) = FaceDetector().find(portrait)
    assert found.width >= LEAST_WIDTH
    return found


def painted(portrait: Image.Image, face: FoundFace, eyes: int, colour: Colour) -> Image.Image:
    """The pupils of so many eyes in this colour, each with a highlight in it."""
    picture = portrait.copy()
    draw = ImageDraw.Draw(picture)
    radius = 0.06 * float(np.hypot(*(face.eyes[1] - face.eyes[0])))
    for x, y in face.eyes[:eyes].tolist():
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)
        draw.ellipse((x - 1, y - 1, x + 1, y + 1), fill="white")
    return picture


def test_eyes_as_they_are(portrait: Image.Image, face: FoundFace) -> None:
    assert not are_eyes_red(portrait, face)


@pytest.mark.parametrize("colour", FLASH)
@pytest.mark.parametrize("eyes", [1, 2])
def test_pupils_red_from_a_flash(
    portrait: Image.Image, face: FoundFace, eyes: int, colour: Colour
) -> None:
    assert are_eyes_red(painted(portrait, face, eyes, colour), face)


@pytest.mark.parametrize("colour", [(40, 25, 20), (110, 80, 50), (90, 120, 170), (60, 10, 10)])
def test_eyes_of_other_colours(portrait: Image.Image, face: FoundFace, colour: Colour) -> None:
    assert not are_eyes_red(painted(portrait, face, 2, colour), face)


def test_red_light_and_red_lids_are_no_red_eyes(portrait: Image.Image, face: FoundFace) -> None:
    pixels = np.asarray(portrait) * np.array([1.0, 0.35, 0.35])
    assert not are_eyes_red(Image.fromarray(pixels.astype(np.uint8)), face)
    assert not are_eyes_red(ImageEnhance.Color(portrait).enhance(3), face)
    lids = portrait.copy()
    length = 0.2 * float(np.hypot(*(face.eyes[1] - face.eyes[0])))
    for x, y in face.eyes.tolist():
        ImageDraw.Draw(lids).rectangle((x - length, y - 4, x + length, y + 1), fill=FLASH[0])
    assert not are_eyes_red(lids, face)


def test_the_reader_asks_where_eyes_are_open_and_large_enough(
    portrait: Image.Image, face: FoundFace
) -> None:
    reader = FaceReader()
    red = painted(portrait, face, 2, FLASH[0])
    found = [reader.read(one, full_width=one.width)[0].red_eyes for one in (portrait, red)]
    assert found == [False, True]
    small = red.resize((128, 128))
    assert reader.read(small, full_width=128)[0].red_eyes is None
