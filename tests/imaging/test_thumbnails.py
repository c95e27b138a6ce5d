import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aesplugin.imaging.renditions import ThumbnailStore, make_rendition, thumbnail, thumbnail_of
from tests.imaging.photos import quarters


def _opened(jpeg: bytes) -> Image.Image:
    return Image.open(io.BytesIO(jpeg))


@pytest.mark.parametrize(
    ("size", "wanted"), [((1024, 768), (480, 360)), ((300, 200), (300, 200)), ((1, 900), (1, 480))]
)
def test_a_thumbnail_is_small_and_says_nothing_of_the_place(
    size: tuple[int, int], wanted: tuple[int, int]
) -> None:
    with _opened(thumbnail(np.asarray(quarters(*size)))) as small:
        assert (small.size, small.mode) == (wanted, "RGB")
        assert not small.getexif()


def test_from_pixels_and_from_their_rendition_it_looks_alike() -> None:
    pixels = np.asarray(quarters(1024, 683))
    ours = np.asarray(_opened(thumbnail(pixels)), np.int16)
    again = np.asarray(_opened(thumbnail_of(make_rendition(pixels, "ab").jpeg)), np.int16)
    assert np.abs(ours - again).mean() < 2


def test_what_is_kept_is_not_written_again(tmp_path: Path) -> None:
    store = ThumbnailStore(tmp_path)
    kept = store.add("abcd", b"first")
    assert store.add("abcd", b"second") == kept
    assert kept.read_bytes() == b"first"
    assert [path.name for path in kept.parent.iterdir()] == ["abcd.jpg"]
