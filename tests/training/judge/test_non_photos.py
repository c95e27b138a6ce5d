"""Drawn non-photos: the same again for the same number, each kind, no two alike."""

import time
from collections import Counter

import numpy as np
import pytest
from PIL import Image

from aesplugin.assessment import NOT_PHOTOS, Kind
from aesplugin.training.flaws.pixel_operations import Pixels
from aesplugin.training.judge.non_photos import LONGEST, SHORTEST, non_photo

_MANY = 84  # each manner twice


@pytest.fixture(scope="module")
def pictures() -> list[tuple[Kind, Pixels]]:
    return [non_photo(number, seed=0) for number in range(_MANY)]


@pytest.fixture(scope="module")
def photos() -> list[Pixels]:
    rng = np.random.default_rng(0)
    coarse = Image.fromarray(rng.integers(0, 255, (6, 8, 3), np.uint8))
    shapes = ((320, 240), (200, 400), (900, 300))
    return [np.asarray(coarse.resize(shape, Image.Resampling.BICUBIC)) for shape in shapes]


def _thumbnail(pixels: Pixels) -> np.ndarray:
    return np.asarray(Image.fromarray(pixels).resize((24, 24), Image.Resampling.BOX), np.float32)


def test_the_same_number_and_seed_draw_the_same(pictures: list[tuple[Kind, Pixels]]) -> None:
    for number, (kind, pixels) in enumerate(pictures[:42]):
        again, same = non_photo(number, seed=0)
        assert again is kind and np.array_equal(same, pixels), number


def test_another_seed_draws_another_picture(pictures: list[tuple[Kind, Pixels]]) -> None:
    for number, (_, pixels) in enumerate(pictures[:20]):
        other = non_photo(number, seed=1)[1]
        assert other.shape != pixels.shape or not np.array_equal(other, pixels)


def test_each_kind_that_is_no_photo_is_there_often(pictures: list[tuple[Kind, Pixels]]) -> None:
    counted = Counter(kind for kind, _ in pictures)
    assert set(counted) == NOT_PHOTOS
    assert min(counted.values()) >= _MANY * 0.2


def test_sizes_are_as_promised_and_vary(pictures: list[tuple[Kind, Pixels]]) -> None:
    for _, pixels in pictures:
        assert pixels.dtype == np.uint8 and pixels.ndim == 3 and pixels.shape[2] == 3
        assert SHORTEST <= max(pixels.shape) <= LONGEST and pixels.flags.writeable
    shapes = [pixels.shape[1] / pixels.shape[0] for _, pixels in pictures]
    assert min(shapes) < 0.6 and max(shapes) > 1.4
    assert len({pixels.shape for _, pixels in pictures}) > _MANY * 0.9


def test_no_two_are_alike_and_none_is_empty(pictures: list[tuple[Kind, Pixels]]) -> None:
    assert all(pixels.std() > 2 for _, pixels in pictures)
    small = np.stack([_thumbnail(pixels) for _, pixels in pictures])
    for n, one in enumerate(small[:-1]):
        nearest = np.abs(small[n + 1 :] - one).mean((1, 2, 3)).min()
        assert nearest > 2, n


def test_photos_are_turned_or_embedded_at_times(photos: list[Pixels]) -> None:
    plain = [non_photo(number, seed=5) for number in range(_MANY)]
    held = [non_photo(number, seed=5, photos=photos) for number in range(_MANY)]
    changed = [
        kind
        for (_, one), (kind, other) in zip(plain, held, strict=True)
        if one.shape != other.shape
    ]
    assert 0.08 * _MANY < len(changed) < 0.4 * _MANY
    assert set(changed) <= NOT_PHOTOS
    again = non_photo(3, seed=5, photos=photos)[1]
    assert np.array_equal(again, held[3][1])


def test_a_picture_takes_no_longer_than_a_tenth_of_a_second() -> None:
    start = time.process_time()
    for number in range(42):
        non_photo(number, seed=9)
    assert (time.process_time() - start) / 42 < 0.1
