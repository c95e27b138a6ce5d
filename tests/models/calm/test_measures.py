import numpy as np
import pytest
from PIL import Image

from aesplugin.models.calm import measures
from aesplugin.models.calm.measures import MEASURES, measure
from aesplugin.models.encoder.views import Pixels, patch_view, whole_view


@pytest.fixture(scope="module")
def scene() -> Pixels:
    """Level bands and upright posts, with texture."""
    rng = np.random.default_rng(0)
    values = np.full((600, 800, 3), 120.0)
    values[300:] = (90, 120, 70)
    for left in range(60, 800, 120):
        values[120:520, left : left + 24] = (60, 50, 45)
    return np.clip(values + rng.normal(0, 2, values.shape), 0, 255).astype(np.uint8)


def _of(pixels: Pixels) -> np.ndarray:
    return measure(whole_view(pixels), patch_view(pixels))


def _part(numbers: np.ndarray, name: str) -> np.ndarray:
    names = list(measures._SIZES)
    start = sum(measures._SIZES[before] for before in names[: names.index(name)])
    return numbers[start : start + measures._SIZES[name]]


def test_numbers_are_of_order_one_and_repeat(scene: Pixels) -> None:
    numbers = _of(scene)
    assert numbers.shape == (MEASURES,) and numbers.dtype == np.float32
    assert np.isfinite(numbers).all() and np.abs(numbers).max() < 12
    assert np.array_equal(numbers, _of(scene))


@pytest.mark.parametrize("shape", [(1, 1), (1, 5000), (5000, 1), (40, 40), (33, 400)])
@pytest.mark.parametrize("value", [0, 128, 255])
def test_any_shape_and_pictures_of_nothing(shape: tuple[int, int], value: int) -> None:
    assert np.isfinite(_of(np.full((*shape, 3), value, np.uint8))).all()


@pytest.mark.parametrize("degrees", [-7, -3, 3, 7])
def test_the_slant_is_read_in_degrees(scene: Pixels, degrees: int) -> None:
    turned = Image.fromarray(scene).rotate(-degrees, Image.Resampling.BICUBIC)  # clockwise
    inner = np.asarray(turned)[80:520, 100:700]
    slants = _part(_of(inner), "slants")
    level, plumb = slants[:41].argmax() - 20, slants[41:82].argmax() - 20
    assert abs(int(level) - degrees) <= 1
    assert abs(int(plumb) - degrees) <= 1


def test_dark_corners_show_in_the_rings(scene: Pixels) -> None:
    y, x = np.mgrid[-1:1:600j, -1:1:800j]
    shade = 1 - 0.6 * np.clip((x**2 + y**2) / 2, 0, 1)[..., None]
    even, dark = (_part(_of(pixels), "rings") for pixels in (scene, (scene * shade).astype("u1")))
    assert (dark[-4:] < even[-4:] - 0.5).all()


def test_a_jpeg_grid_shows_and_noise_does_not_look_like_one(scene: Pixels) -> None:
    import io

    buffer = io.BytesIO()
    Image.fromarray(scene).save(buffer, "JPEG", quality=8)
    coarse = np.asarray(Image.open(buffer).convert("RGB"))
    noisy = np.clip(scene + np.random.default_rng(1).normal(0, 12, scene.shape), 0, 255)
    grids = [_part(_of(p), "grid")[[3, 7]].mean() for p in (scene, coarse, noisy.astype("u1"))]
    assert grids[1] > max(grids[0], grids[2]) + 0.3


def test_movement_makes_the_spectrum_uneven(scene: Pixels) -> None:
    rng = np.random.default_rng(2)
    texture = rng.integers(0, 255, scene.shape, np.uint8)
    moved = np.mean([np.roll(texture, step, axis=1) for step in range(9)], axis=0).astype(np.uint8)
    still, streak = (
        _part(_of(p), "patch spectrum")[:64].reshape(8, 8)[4] for p in (texture, moved)
    )
    assert np.ptp(streak) > np.ptp(still) + 0.3
