import numpy as np
import pytest
import torch

from aesplugin.models.embedded.embedding import TASTE, head_means_of_taste, taste_features
from aesplugin.models.embedded.features import (
    PATCH_STAGES,
    cells,
    part_widths,
    patch_parts,
    same_shape,
    whole_parts,
)
from aesplugin.models.embedded.tones import TONES, tones
from aesplugin.models.encoder.lite2 import CHANNELS


def _photo(seed: int, shape: tuple[int, int]) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 255, (*shape, 3), np.uint8)


def _maps(photos: int, height: int, width: int) -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    shapes = [(photos, channels, height, width) for channels in CHANNELS]
    return [rng.random(shape, np.float32) for shape in shapes]


def test_pooling_is_mean_deviation_maximum() -> None:
    maps = _maps(2, 6, 4)
    parts = whole_parts(maps)
    mean, deviation, largest = np.split(parts["whole0"], 3, axis=1)
    np.testing.assert_allclose(mean, maps[0].mean((2, 3)), rtol=1e-5)
    np.testing.assert_allclose(deviation, maps[0].std((2, 3)), rtol=1e-4)
    np.testing.assert_allclose(largest, maps[0].max((2, 3)))


@pytest.mark.parametrize(("height", "width"), [(9, 12), (7, 5), (2, 11), (1, 1)])
@pytest.mark.parametrize("count", [3, 6])
def test_cells_are_those_of_adaptive_pooling(height: int, width: int, count: int) -> None:
    map_ = _maps(2, height, width)[0]
    theirs = torch.nn.functional.adaptive_avg_pool2d(torch.from_numpy(map_), count)
    np.testing.assert_allclose(cells(map_, count), theirs.flatten(1), atol=1e-6)


def test_parts_have_their_widths() -> None:
    maps = _maps(3, 7, 5)
    parts = whole_parts(maps) | patch_parts(maps[:PATCH_STAGES])
    assert {name: part.shape for name, part in parts.items()} == {
        name: (3, width) for name, width in part_widths().items()
    }


def test_the_classifiers_means_are_found_again_in_taste() -> None:
    maps = [map_ - 0.5 for map_ in _maps(2, 7, 5)]
    taste = taste_features(whole_parts(maps))
    assert taste.shape == (2, TASTE)
    np.testing.assert_allclose(head_means_of_taste(taste), maps[-1].mean((2, 3)), atol=1e-6)


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
