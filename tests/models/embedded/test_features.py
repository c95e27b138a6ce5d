import numpy as np
import pytest
import torch

from aesplugin.models.efficientnet import CHANNELS
from aesplugin.models.embedded.features import (
    PATCH_STAGES,
    part_widths,
    patch_parts,
    same_shape,
    whole_parts,
)
from aesplugin.models.embedded.theme import TASTE, head_means_of_taste, taste_features
from aesplugin.models.embedded.tones import TONES, tones


def _photo(seed: int, shape: tuple[int, int]) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 255, (*shape, 3), np.uint8)


def test_pooling_is_mean_deviation_maximum() -> None:
    maps = [torch.rand(2, channels, 6, 4) for channels in CHANNELS]
    parts = whole_parts(maps)
    mean, deviation, largest = parts["whole0"].split(CHANNELS[0], dim=1)
    torch.testing.assert_close(mean, maps[0].mean((2, 3)))
    torch.testing.assert_close(deviation, maps[0].std((2, 3), correction=0))
    torch.testing.assert_close(largest, maps[0].amax((2, 3)))


def test_parts_have_their_widths() -> None:
    maps = [torch.rand(3, channels, 7, 5) for channels in CHANNELS]
    parts = whole_parts(maps) | patch_parts(maps[:PATCH_STAGES])
    assert {name: part.shape for name, part in parts.items()} == {
        name: (3, width) for name, width in part_widths().items()
    }


def test_the_classifiers_means_are_found_again_in_taste() -> None:
    maps = [torch.randn(2, channels, 7, 5) for channels in CHANNELS]
    taste = taste_features(whole_parts(maps))
    assert taste.shape == (2, TASTE)
    torch.testing.assert_close(head_means_of_taste(taste), maps[-1].mean((2, 3)))


def test_like_shapes_stand_together() -> None:
    photos = [_photo(0, (30, 40)), _photo(1, (40, 30)), _photo(2, (30, 40))]
    assert same_shape(photos) == [[0, 2], [1]]


@pytest.mark.parametrize("shape", [(8, 8), (48, 432), (128, 160)])
def test_tones_are_finite_for_any_shape(shape: tuple[int, int]) -> None:
    for pixels in (_photo(0, shape), np.zeros((*shape, 3), np.uint8)):
        found = tones(pixels)
        assert found.shape == (TONES,)
        assert np.isfinite(found).all()


def test_tones_tell_light_cast_and_vignette() -> None:
    grey = np.full((90, 120, 3), 100, np.uint8)
    assert tones(np.full_like(grey, 180))[9] - tones(grey)[9] == pytest.approx(80 / 255, abs=0.01)
    warm = grey.copy()
    warm[..., 0] = 140
    red_green = 11 + 11 + 6
    assert tones(warm)[red_green] == pytest.approx(40 / 255, abs=0.01)
    dark_corners = grey.copy()
    dark_corners[:15, :15] = dark_corners[-15:, -15:] = 10
    outer_ring = red_green + 14 + 9 + 9 + 3
    assert tones(dark_corners)[outer_ring] < tones(grey)[outer_ring] - 0.1
