import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from aesplugin.imaging.renditions import LONG_SIDE, fitted, make_rendition
from tests.imaging.photos import noise


@pytest.mark.parametrize(
    ("size", "wanted"),
    [
        ((4000, 3000), (1024, 768)),
        ((3000, 4000), (768, 1024)),
        ((800, 600), (800, 600)),
        ((1, 1), (1, 1)),
        ((30000, 1), (1024, 1)),
        ((1025, 1025), (1024, 1024)),
    ],
)
def test_the_size_keeps_aspect_and_never_grows(
    size: tuple[int, int], wanted: tuple[int, int]
) -> None:
    assert fitted(size) == wanted


def grain(pixels: NDArray[np.uint8]) -> float:
    """How much neighbours differ in brightness, in levels."""
    luma = pixels @ np.array([0.299, 0.587, 0.114])
    return float(np.abs(np.diff(luma, axis=1)).mean())


def test_the_copy_is_a_plain_jpeg_that_keeps_the_grain() -> None:
    pixels = np.asarray(noise(LONG_SIDE, 400))
    rendition = make_rendition(pixels, "ab")
    with Image.open(io.BytesIO(rendition.jpeg)) as image:
        assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (1024, 400))
        assert not image.getexif()
        assert image.layer[0][1:3] == image.layer[1][1:3]  # type: ignore[attr-defined]  # 4:4:4
        decoded = np.asarray(image)
    assert np.abs(decoded.astype(int) - pixels).mean() < 3
    assert 0.85 < grain(decoded) / grain(pixels) < 1.15  # quality 60 keeps 0.5
    assert (rendition.content_hash, rendition.width, rendition.height) == ("ab", 1024, 400)
