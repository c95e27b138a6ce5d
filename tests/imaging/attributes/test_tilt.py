"""A known turn of straight lines, and scenes without any."""

import numpy as np
import pytest

from aesplugin.assessment import Verdict
from tests.imaging.attributes.scenes import facade, measured, value


@pytest.mark.parametrize("degrees", [-9.0, -4.0, 0.0, 2.5, 6.0, 11.0])
def test_a_known_turn_is_measured_with_its_sign(degrees: float) -> None:
    assert value(facade(degrees), "tilt") == pytest.approx(degrees, abs=0.7)


def test_level_is_good_and_turned_is_poor() -> None:
    assert measured(facade())["tilt"].verdict is Verdict.GOOD
    assert measured(facade(5))["tilt"].verdict is Verdict.POOR
    assert measured(facade(-5))["tilt"].verdict is Verdict.POOR


def test_without_lines_nothing_can_be_told() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (300, 400, 3), dtype=np.uint8)
    assert measured(noise)["tilt"].verdict is Verdict.CANT_TELL
    flat = measured(np.full((300, 400, 3), 90, np.uint8))["tilt"]
    assert (flat.value, flat.verdict) == (None, Verdict.CANT_TELL)
