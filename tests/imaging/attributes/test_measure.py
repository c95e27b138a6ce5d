"""All attributes together: names, finite values, no shape refused, all flaws apart."""

import numpy as np
import pytest

from aesplugin.assessment import Verdict
from aesplugin.imaging.attributes import measure
from tests.imaging.attributes.scenes import Pixels, measured, tiles

NAMES = {
    "exposure",
    "headroom",
    "clipped_shadows",
    "clipped_highlights",
    "contrast",
    "colorfulness",
    "color_cast",
    "color_tint",
    "subject_sharpness",
    "motion_blur",
    "noise",
    "tilt",
    "jpeg_blocking",
    "vignetting",
}


def odd_pictures() -> dict[str, Pixels]:
    noise = np.random.default_rng(0).integers(0, 256, (120, 90, 3), dtype=np.uint8)
    return {
        "one pixel": np.full((1, 1, 3), 128, np.uint8),
        "one row": np.tile(noise[:1], (1, 60, 1))[:, :5000],
        "one column": np.tile(noise[:, :1], (45, 1, 1))[:5000],
        "two rows": noise[:2],
        "seven by nine": noise[:7, :9],
        "thin": noise[:, :9],
        "black": np.zeros((60, 80, 3), np.uint8),
        "white": np.full((60, 80, 3), 255, np.uint8),
        "grey": np.full((700, 1024, 3), 118, np.uint8),
        "noise": noise,
        "red": np.full((64, 64, 3), (255, 0, 0), np.uint8),
        "not contiguous": noise[::-1, ::-1],
        "longer than a rendition": np.tile(noise, (1, 20, 1)),
    }


@pytest.mark.parametrize("kind", odd_pictures())
@pytest.mark.filterwarnings("error")
def test_every_value_is_finite_or_none(kind: str) -> None:
    attributes = measured(odd_pictures()[kind])
    assert set(attributes) == NAMES
    for name, attribute in attributes.items():
        assert attribute.value is None or np.isfinite(attribute.value), name
        assert attribute.value is None or type(attribute.value) is float, name


@pytest.mark.parametrize("kind", ["one pixel", "black", "white", "grey"])
def test_pictures_of_nothing_are_not_called_flawed(kind: str) -> None:
    verdicts = {n: a.verdict for n, a in measured(odd_pictures()[kind]).items()}
    assert [n for n, verdict in verdicts.items() if verdict is Verdict.POOR] == []


def test_a_faultless_scene_has_no_poor_attribute() -> None:
    attributes = measured(tiles())
    assert [n for n, a in attributes.items() if a.verdict is Verdict.POOR] == []


def test_the_same_pixels_give_the_same_values() -> None:
    assert measured(tiles()) == measured(tiles().copy())


def test_the_pixels_are_left_as_they_were() -> None:
    pixels = tiles()
    before = pixels.copy()
    measure(pixels, jpeg_quality=90, native_size=(4800, 3200))
    assert np.array_equal(pixels, before)
