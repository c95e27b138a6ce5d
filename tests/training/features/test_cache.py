from collections import Counter

import numpy as np
import pytest
from PIL import Image

from aesplugin.assessment import SYNTHETIC_FLAWS
from aesplugin.training.features.cache import plan, rendered, travelled, versions
from aesplugin.training.flaws.pixel_operations import Pixels


@pytest.fixture(scope="module")
def photo() -> Pixels:
    rng = np.random.default_rng(0)
    coarse = Image.fromarray(rng.integers(0, 255, (6, 8, 3), np.uint8))
    return np.asarray(coarse.resize((288, 224), Image.Resampling.BICUBIC))


def test_two_rounds_show_every_flaw_and_an_order_to_learn() -> None:
    rng = np.random.default_rng(0)
    for photo in range(5):
        steps = [plan(photo, turn, rng) for turn in (0, 1)]
        flaws = Counter(flaw for turn in steps for flaw, _ in turn)
        assert set(flaws) == set(SYNTHETIC_FLAWS)
        for turn in steps:
            (first, mild), (same, strong) = turn[:2]
            assert first is same and mild < strong


def test_versions_repeat_and_begin_clean(photo: Pixels) -> None:
    one, two = (versions(photo, 3, seed=0, turn=1) for _ in range(2))
    assert [item.made.flaw for item in one[:2]] == [None, None]
    assert np.array_equal(one[0].made.pixels, photo)
    for first, second in zip(one, two, strict=True):
        assert np.array_equal(first.made.pixels, second.made.pixels)
        assert np.array_equal(first.far, second.far)


def test_later_rounds_show_the_photo_as_it_came_another_way(photo: Pixels) -> None:
    clean = versions(photo, 3, seed=0, turn=2)[0].made
    assert clean.flaw is None and clean.pixels.shape != photo.shape
    again = versions(photo, 4, seed=0, turn=2)[0].made
    assert again.pixels.shape != clean.pixels.shape


def test_a_travelled_photo_is_still_that_photo(photo: Pixels) -> None:
    for seed in range(8):
        other = travelled(photo, np.random.default_rng(seed))
        assert min(other.shape[:2]) >= 150
        back = np.asarray(Image.fromarray(other).resize(photo.shape[1::-1]))
        assert np.abs(back.astype(int) - photo).mean() < 25  # another photo: 80


def test_even_rounds_show_all_versions_at_one_size() -> None:
    fine = np.random.default_rng(1).integers(0, 255, (300, 400, 3), np.uint8)
    for turn in (3, 4):
        shown = versions(fine, 5, seed=0, turn=turn)
        longest = [max(one.made.pixels.shape) for one in shown]
        assert max(longest) - min(longest) <= 2
        assert max(longest) < 400


def test_another_rendering_moves_the_baseline_and_is_no_flaw(photo: Pixels) -> None:
    for seed in range(8):
        other = rendered(photo, np.random.default_rng(seed))
        moved = np.abs(other.astype(int) - photo).mean()
        assert other.shape == photo.shape
        assert 0.5 < moved < 25  # the mildest underexposure: about 20
