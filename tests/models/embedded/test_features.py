import numpy as np
import pytest
import torch

from aesplugin.models.efficientnet import EfficientNetLite2, load_encoder
from aesplugin.models.embedded.features import describe, part_widths
from aesplugin.models.embedded.tones import TONES, tones


@pytest.fixture(scope="module")
def encoder() -> EfficientNetLite2:
    return load_encoder()


def _photo(seed: int, shape: tuple[int, int]) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 255, (*shape, 3), np.uint8)


def test_parts_have_their_widths_in_the_order_of_the_photos(encoder: EfficientNetLite2) -> None:
    photos = [_photo(0, (300, 400)), _photo(1, (400, 300)), _photo(2, (300, 400))]
    parts = describe(encoder, photos)
    for name, width in part_widths().items():
        assert parts[name].shape == (3, width), name
    for index, photo in enumerate(photos):
        alone = describe(encoder, [photo])
        for name in parts:
            torch.testing.assert_close(parts[name][index], alone[name][0], atol=1e-3, rtol=1e-3)


def test_pooling_is_mean_deviation_maximum(encoder: EfficientNetLite2) -> None:
    flat = describe(encoder, [np.full((288, 288, 3), 127, np.uint8)])["whole0"][0]
    mean, deviation, largest = flat.split(16)
    assert (deviation >= 0).all()
    assert (largest >= mean - 1e-4).all()


def test_no_photos_no_rows(encoder: EfficientNetLite2) -> None:
    assert all(len(rows) == 0 for rows in describe(encoder, []).values())


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
