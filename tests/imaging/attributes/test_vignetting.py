"""Corners darkened by a known amount."""

import numpy as np
import pytest

from aesplugin.assessment import Verdict
from tests.imaging.attributes.scenes import darker_corners, measured, tiles, value


@pytest.mark.parametrize("stops", [0.0, 1.0, 2.0, 3.0])
def test_a_known_falloff_is_measured(stops: float) -> None:
    wall = np.full((300, 400, 3), 200, np.uint8)
    assert value(darker_corners(wall, stops), "vignetting") == pytest.approx(-stops, abs=0.35)


def test_only_a_strong_falloff_is_poor() -> None:
    wall = np.full((300, 400, 3), 200, np.uint8)
    assert measured(wall)["vignetting"].verdict is Verdict.GOOD
    assert measured(darker_corners(wall, 3))["vignetting"].verdict is Verdict.POOR


def test_a_scene_of_many_things_is_not_poor() -> None:
    assert measured(tiles())["vignetting"].verdict is not Verdict.POOR
