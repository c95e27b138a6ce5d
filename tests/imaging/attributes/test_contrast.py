"""The tonal range: a veil is poor, a night scene is not."""

import numpy as np
import pytest

from aesplugin.assessment import Verdict
from tests.imaging.attributes.scenes import Pixels, exposed, measured, tiles, value


def veiled(keep: float) -> Pixels:
    return np.rint(tiles() * keep + 118 * (1 - keep)).astype(np.uint8)


@pytest.mark.parametrize("keep", [1.0, 0.6, 0.3])
def test_the_span_is_that_of_the_tones(keep: float) -> None:
    assert value(veiled(keep), "contrast") == pytest.approx(100 * keep, abs=3)


def test_only_a_veil_is_poor() -> None:
    assert measured(tiles())["contrast"].verdict is Verdict.GOOD
    assert measured(veiled(0.4))["contrast"].verdict is Verdict.POOR
    assert measured(exposed(tiles(), 0.06))["contrast"].verdict is Verdict.CANT_TELL
