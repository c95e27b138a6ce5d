import numpy as np
import pytest

from aesplugin.assessment import SYNTHETIC_FLAWS, Flaw
from aesplugin.models.wording.remedies import DIRECTIONS
from aesplugin.training.flaws.augment import RECIPES, Level, apply, harmless
from aesplugin.training.flaws.pixel_operations import Pixels, luma, to_float


@pytest.fixture(scope="module")
def photo() -> Pixels:
    """A plain landscape: sky over ground, a bright disk a little to the right."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[0:200, 0:300].astype(np.float32)
    values = np.stack([90 + 60 * (y < 110), 110 + 50 * (y < 110), 70 + 130 * (y < 110)], 2)
    values[(x - 190) ** 2 + (y - 100) ** 2 < 900] = (230, 190, 60)
    return np.clip(values + rng.normal(0, 6, values.shape), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("flaw", SYNTHETIC_FLAWS)
@pytest.mark.parametrize("severity", [0.0, 0.5, 1.0])
def test_every_flaw_changes_the_photo_and_names_a_way_out(
    photo: Pixels, flaw: Flaw, severity: float
) -> None:
    made = apply(photo, flaw, severity, np.random.default_rng(1))
    assert made.pixels.dtype == np.uint8 and made.pixels.ndim == 3
    assert min(made.pixels.shape[:2]) >= 32
    assert made.direction in DIRECTIONS[flaw]
    assert made.pixels.shape != photo.shape or not np.array_equal(made.pixels, photo)


@pytest.mark.parametrize("flaw", SYNTHETIC_FLAWS)
def test_the_same_seed_makes_the_same_copy(photo: Pixels, flaw: Flaw) -> None:
    one, two = (apply(photo, flaw, 0.6, np.random.default_rng(5)) for _ in range(2))
    assert np.array_equal(one.pixels, two.pixels)


@pytest.mark.parametrize(
    "flaw", [f for f in SYNTHETIC_FLAWS if f not in (Flaw.CUT_SUBJECT, Flaw.POOR_PLACEMENT)]
)
def test_stronger_is_further_from_the_photo(photo: Pixels, flaw: Flaw) -> None:
    def change(severity: float) -> float:
        copies = [apply(photo, flaw, severity, np.random.default_rng(n)).pixels for n in range(8)]
        return float(np.mean([np.abs(copy.astype(float) - photo).mean() for copy in copies]))

    assert change(1.0) > change(0.0) * 1.2


def test_direction_follows_the_pixels(photo: Pixels) -> None:
    before = luma(to_float(photo)).mean()
    for seed in range(6):
        dark = apply(photo, Flaw.UNDEREXPOSED, 0.5, np.random.default_rng(seed)).pixels
        bright = apply(photo, Flaw.OVEREXPOSED, 0.5, np.random.default_rng(seed)).pixels
        assert luma(to_float(dark)).mean() < before < luma(to_float(bright)).mean()


def test_cast_names_the_opposite(photo: Pixels) -> None:
    base = photo.reshape(-1, 3).mean(0)
    for seed in range(12):
        made = apply(photo, Flaw.COLOR_CAST, 0.8, np.random.default_rng(seed))
        red, green, blue = made.pixels.reshape(-1, 3).mean(0) / base
        ratio = {
            "cool down": red / blue,
            "warm up": blue / red,
            "less green": 2 * green / (red + blue),
            "less magenta": (red + blue) / (2 * green),
        }
        assert ratio[made.direction] > 1.05


@pytest.mark.parametrize("severity", [0.2, 1.0])
def test_tilt_adds_no_black_corners(severity: float) -> None:
    white = np.full((200, 300, 3), 255, np.uint8)
    for seed in range(6):
        made = apply(white, Flaw.TILTED_HORIZON, severity, np.random.default_rng(seed))
        assert made.pixels.min() > 250


def test_tilt_way_out_undoes_the_turn() -> None:
    """A level edge that falls to the right leans clockwise: rotate left."""
    level = np.zeros((200, 300, 3), np.uint8)
    level[100:] = 255
    for seed in range(8):
        made = apply(level, Flaw.TILTED_HORIZON, 0.8, np.random.default_rng(seed))
        edge = (made.pixels[..., 0] > 127).argmax(0)
        falls = edge[-1] > edge[0]
        assert made.direction == ("rotate left" if falls else "rotate right")


def test_harmless_stays_close(photo: Pixels) -> None:
    for seed in range(10):
        made = harmless(photo, np.random.default_rng(seed))
        assert made.flaw is None
        assert abs(float(made.pixels.mean()) - float(photo.mean())) < 25


def test_levels_cover_all_flaws() -> None:
    assert set(RECIPES) == set(SYNTHETIC_FLAWS)
    assert {recipe.level for recipe in RECIPES.values()} == set(Level)
