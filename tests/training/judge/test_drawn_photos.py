"""Drawn night skies, silhouettes and empty frames: the same again by number, and what they say."""

import numpy as np

from aesplugin.assessment import Flaw, Kind
from aesplugin.training.judge.drawn_photos import drawn_photo

_ALL = 7  # manners


def test_the_same_number_and_seed_draw_the_same() -> None:
    for number in range(_ALL):
        known, pixels = drawn_photo(number, seed=0)
        again, same = drawn_photo(number, seed=0)
        assert known == again and np.array_equal(pixels, same)
        assert pixels.dtype == np.uint8 and pixels.ndim == 3 and max(pixels.shape[:2]) <= 1024
        assert not np.array_equal(pixels, drawn_photo(number, seed=1)[1])


def test_dark_scenes_are_photos_whose_darkness_is_meant() -> None:
    scenes = [drawn_photo(number, seed=0) for number in range(2 * _ALL)]
    night = [pixels for known, pixels in scenes if known.kind is Kind.NIGHT]
    assert night and all(np.median(pixels) < 128 for pixels in night)
    for known, _ in scenes:
        assert known.empty == (known.kind is None)
        assert known.empty or known.flaws[Flaw.UNDEREXPOSED] == 0


def test_an_empty_frame_has_no_structure() -> None:
    for number in (2, 5):  # flat, and one colour into another
        known, pixels = drawn_photo(number, seed=3)
        assert known.empty
        blocks = pixels[: pixels.shape[0] // 16 * 16, : pixels.shape[1] // 16 * 16].astype(float)
        small = blocks.reshape(blocks.shape[0] // 16, 16, -1, 16, 3).mean((1, 3))
        assert np.abs(np.diff(small, axis=0)).max() < 12
