"""Flawed copies: the flaw asked for, the way out in our words, nothing else changed."""

import numpy as np
import pytest
from numpy.typing import NDArray

from aesplugin.assessment import SYNTHETIC_FLAWS, Flaw
from aesplugin.errors import UsageError
from aesplugin.evaluation.synthetic_flaws import Strength, flawed
from aesplugin.models.wording.remedies import DIRECTIONS
from tests.imaging.attributes.scenes import exposed, facade, tiles, value

pytest.importorskip("cv2")
Pixels = NDArray[np.uint8]


def copy_of(
    pixels: Pixels, flaw: Flaw, strength: str = "strong", seed: int = 0
) -> tuple[Pixels, str]:
    return flawed(pixels, flaw, strength=strength, rng=np.random.default_rng(seed))


def distance(one: Pixels, other: Pixels) -> float:
    return float(np.abs(one.astype(float) - other.astype(float)).mean())


RESHAPED = {Flaw.TILTED_HORIZON, Flaw.CUT_SUBJECT, Flaw.POOR_PLACEMENT}


@pytest.mark.parametrize("flaw", SYNTHETIC_FLAWS)
@pytest.mark.parametrize("strength", Strength)
def test_every_flaw_gives_a_picture_and_a_known_direction(flaw: Flaw, strength: Strength) -> None:
    clean = tiles()
    before = clean.copy()
    copy, direction = copy_of(clean, flaw, strength)
    assert np.array_equal(clean, before)
    assert copy.dtype == np.uint8
    assert copy.ndim == 3
    assert direction in DIRECTIONS[flaw]
    if flaw in RESHAPED:
        assert min(copy.shape[:2]) >= 100
        assert copy.size < clean.size
    else:
        assert copy.shape == clean.shape
        assert distance(copy, clean) > 0.5


@pytest.mark.parametrize("flaw", [f for f in SYNTHETIC_FLAWS if f not in RESHAPED])
def test_a_stronger_flaw_lies_farther_from_the_original(flaw: Flaw) -> None:
    clean = tiles()
    distances = [distance(copy_of(clean, flaw, strength)[0], clean) for strength in Strength]
    assert distances == sorted(distances)


@pytest.mark.parametrize("flaw", SYNTHETIC_FLAWS)
def test_the_same_draw_gives_the_same_copy(flaw: Flaw) -> None:
    (one, way), (other, same) = copy_of(tiles(), flaw, seed=5), copy_of(tiles(), flaw, seed=5)
    assert np.array_equal(one, other)
    assert way == same


def test_exposure_moves_by_two_stops() -> None:
    dark, _ = copy_of(tiles(), Flaw.UNDEREXPOSED)
    assert value(dark, "exposure") - value(tiles(), "exposure") == pytest.approx(-2, abs=0.1)
    bright, _ = copy_of(exposed(tiles(), 0.1), Flaw.OVEREXPOSED)
    low = value(exposed(tiles(), 0.1), "exposure")
    assert value(bright, "exposure") - low == pytest.approx(2, abs=0.1)


def test_the_named_turn_undoes_the_tilt() -> None:
    seen = set()
    for seed in range(8):
        copy, direction = copy_of(facade(), Flaw.TILTED_HORIZON, seed=seed)
        clockwise = value(copy, "tilt")
        assert abs(clockwise) == pytest.approx(9, abs=0.6)
        assert direction == ("rotate left" if clockwise > 0 else "rotate right")
        seen.add(direction)
    assert seen == set(DIRECTIONS[Flaw.TILTED_HORIZON])


def test_the_named_shift_undoes_the_cast() -> None:
    seen = set()
    expected = {"cool down": 1, "warm up": -1, "less magenta": 1, "less green": -1}
    for seed in range(24):
        copy, direction = copy_of(tiles(), Flaw.COLOR_CAST, seed=seed)
        name = "color_cast" if direction in ("cool down", "warm up") else "color_tint"
        assert np.sign(value(copy, name)) == expected[direction]
        seen.add(direction)
    assert seen == set(expected)


def test_the_aim_points_to_the_side_the_subject_is_on() -> None:
    scene = np.full((240, 360, 3), 120, np.uint8)
    scene[90:150, 150:210] = tiles()[90:150, 150:210]
    copy, direction = copy_of(scene, Flaw.POOR_PLACEMENT)
    busy = np.abs(copy.astype(float) - 120).sum((0, 2))
    centre = float(busy @ np.arange(len(busy))) / float(busy.sum()) / len(busy)
    assert (centre < 0.3) if direction == "aim left" else (centre > 0.7)


def test_too_small_a_picture_is_refused_in_one_line() -> None:
    with pytest.raises(UsageError, match="at least 32 x 32"):
        copy_of(tiles()[:20], Flaw.BLUR)


def test_an_unknown_strength_is_refused() -> None:
    with pytest.raises(ValueError, match="fierce"):
        copy_of(tiles(), Flaw.BLUR, "fierce")
