"""Known shifts of exposure, and the intents that are no flaw."""

import numpy as np
import pytest

from aesplugin.assessment import Verdict
from tests.imaging.attributes.scenes import exposed, measured, tiles, value


@pytest.mark.parametrize("stops", [-2.0, -1.0, -0.5])
def test_a_known_shift_is_measured(stops: float) -> None:
    shift = value(exposed(tiles(), 2.0**stops), "exposure") - value(tiles(), "exposure")
    assert shift == pytest.approx(stops, abs=0.05)


def test_mid_grey_is_zero() -> None:
    grey = np.full((50, 50, 3), 118, np.uint8)  # 18 % of linear light
    assert value(grey, "exposure") == pytest.approx(0, abs=0.03)


def test_headroom_is_what_the_highlights_allow() -> None:
    assert value(tiles(), "headroom") == pytest.approx(0, abs=0.1)
    assert value(exposed(tiles(), 0.25), "headroom") == pytest.approx(2, abs=0.1)


def test_strong_shifts_are_poor() -> None:
    dark, bright = measured(exposed(tiles(), 0.25)), measured(exposed(tiles(), 8.0))
    assert dark["exposure"].verdict is Verdict.POOR
    assert bright["exposure"].verdict is Verdict.POOR
    assert bright["clipped_highlights"].verdict is Verdict.POOR


def test_low_key_with_true_highlights_is_not_poor() -> None:
    scene = exposed(tiles(), 0.03)
    scene[100:200, 100:250] = tiles()[100:200, 100:250]
    assert measured(scene)["exposure"].verdict is not Verdict.POOR


def test_a_white_backdrop_is_not_poor() -> None:
    scene = np.full((320, 480, 3), 255, np.uint8)
    scene[80:240, 160:320] = tiles()[80:240, 160:320]
    attributes = measured(scene)
    assert attributes["exposure"].verdict is Verdict.CANT_TELL
    assert attributes["clipped_highlights"].verdict is Verdict.CANT_TELL


@pytest.mark.parametrize(("name", "level"), [("clipped_shadows", 0), ("clipped_highlights", 255)])
def test_the_clipped_share_is_counted(name: str, level: int) -> None:
    scene = np.full((100, 200, 3), 118, np.uint8)
    scene[:, :50] = level
    assert value(scene, name) == pytest.approx(25)


def test_one_saturated_channel_is_not_a_clipped_highlight() -> None:
    scene = np.full((100, 200, 3), (255, 60, 20), np.uint8)
    assert value(scene, "clipped_highlights") == 0
