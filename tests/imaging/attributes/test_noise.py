"""Noise of known strength, and texture that is none."""

import numpy as np
import pytest

from aesplugin.assessment import Verdict
from tests.imaging.attributes.scenes import blurred, grainy, measured, tiles, value


@pytest.mark.parametrize("sigma", [4.0, 8.0, 16.0])
def test_a_known_sigma_is_measured(sigma: float) -> None:
    flat = np.full((400, 600, 3), 118, np.uint8)
    assert value(grainy(flat, sigma), "noise") == pytest.approx(sigma, rel=0.25)
    assert value(grainy(tiles(), sigma), "noise") == pytest.approx(sigma, rel=0.25)


def test_more_noise_measures_higher() -> None:
    values = [value(grainy(tiles(), sigma), "noise") for sigma in (0, 3, 6, 12, 24)]
    assert values == sorted(values)


def test_clean_is_good_and_strong_noise_poor() -> None:
    assert measured(tiles())["noise"].verdict is Verdict.GOOD
    assert measured(grainy(tiles(), 10))["noise"].verdict is Verdict.POOR


def test_texture_beside_a_flat_part_is_not_noise() -> None:
    texture = np.random.default_rng(0).integers(0, 256, (400, 600), dtype=np.uint8)
    scene = np.repeat(texture[..., None], 3, 2)
    scene[:120] = 140
    assert measured(scene)["noise"].verdict is Verdict.GOOD


def test_a_smooth_gradient_is_not_noise() -> None:
    ramp = np.linspace(30, 220, 600)[None, :, None] * np.ones((400, 1, 3))
    assert value(blurred(np.rint(ramp).astype(np.uint8), 1), "noise") < 1
