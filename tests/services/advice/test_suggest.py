"""What the measurements say in words: grounded, ranked, silent where nothing is poor."""

import pytest

from aesplugin.assessment import Attribute, Flaw, Verdict
from aesplugin.models.wording.remedies import DIRECTIONS
from aesplugin.services.advice.suggest import reasons, suggestions_from

GOOD = {
    "exposure": Attribute(-0.4, "EV", Verdict.GOOD),
    "headroom": Attribute(0.2, "EV", Verdict.CANT_TELL),
    "clipped_highlights": Attribute(0.1, "%", Verdict.GOOD),
    "clipped_shadows": Attribute(0.5, "%", Verdict.GOOD),
    "contrast": Attribute(97.0, "%", Verdict.GOOD),
    "colorfulness": Attribute(45.0, "", Verdict.GOOD),
    "color_cast": Attribute(0.1, "EV", Verdict.GOOD),
    "color_tint": Attribute(0.0, "EV", Verdict.GOOD),
    "subject_sharpness": Attribute(400.0, "px", Verdict.GOOD),
    "motion_blur": Attribute(0.1, "%", Verdict.GOOD),
    "noise": Attribute(1.0, "levels", Verdict.GOOD),
    "tilt": Attribute(0.2, "degrees", Verdict.GOOD),
    "jpeg_blocking": Attribute(0.1, "levels", Verdict.GOOD),
    "vignetting": Attribute(-0.1, "EV", Verdict.GOOD),
}

POOR = [
    ("exposure", -2.0, Flaw.UNDEREXPOSED, "brighten"),
    ("exposure", 2.0, Flaw.OVEREXPOSED, "darken"),
    ("clipped_highlights", 30.0, Flaw.OVEREXPOSED, "darken"),
    ("contrast", 40.0, Flaw.LOW_CONTRAST, "raise contrast"),
    ("colorfulness", 100.0, Flaw.OVERSATURATED, "reduce saturation"),
    ("colorfulness", 8.0, Flaw.UNDERSATURATED, "add saturation"),
    ("color_cast", 1.0, Flaw.COLOR_CAST, "cool down"),
    ("color_cast", -1.0, Flaw.COLOR_CAST, "warm up"),
    ("color_tint", 1.0, Flaw.COLOR_CAST, "less magenta"),
    ("color_tint", -1.0, Flaw.COLOR_CAST, "less green"),
    ("subject_sharpness", 90.0, Flaw.BLUR, "sharpen"),
    ("motion_blur", 2.0, Flaw.MOTION_BLUR, "steady"),
    ("noise", 15.0, Flaw.NOISE, "reduce noise"),
    ("tilt", 5.0, Flaw.TILTED_HORIZON, "rotate left"),
    ("tilt", -5.0, Flaw.TILTED_HORIZON, "rotate right"),
    ("jpeg_blocking", 4.0, Flaw.JPEG_ARTIFACTS, "save finer"),
    ("jpeg_blocking", None, Flaw.JPEG_ARTIFACTS, "save finer"),
    ("vignetting", -2.5, Flaw.VIGNETTING, "lighten corners"),
]


def with_poor(name: str, value: float | None) -> dict[str, Attribute]:
    return GOOD | {name: Attribute(value, GOOD[name].unit, Verdict.POOR)}


def test_a_good_photo_gets_no_suggestion() -> None:
    assert suggestions_from(GOOD) == ()
    assert suggestions_from({}) == ()


@pytest.mark.parametrize(("name", "value", "flaw", "direction"), POOR)
def test_a_poor_attribute_names_its_flaw_and_the_way_out(
    name: str, value: float | None, flaw: Flaw, direction: str
) -> None:
    (suggestion,) = suggestions_from(with_poor(name, value))
    assert (suggestion.flaw, suggestion.direction) == (flaw, direction)
    assert direction in DIRECTIONS[flaw]
    assert 0 < suggestion.strength <= 1
    assert suggestion.advice


def test_the_stronger_flaw_comes_first_and_grows_with_its_value() -> None:
    both = with_poor("noise", 18.0) | {"tilt": Attribute(2.0, "degrees", Verdict.POOR)}
    assert [s.flaw for s in suggestions_from(both)] == [Flaw.NOISE, Flaw.TILTED_HORIZON]
    mild, strong = (suggestions_from(with_poor("tilt", v))[0].strength for v in (2.0, 8.0))
    assert mild < strong


def test_a_dark_photo_with_blown_highlights_gets_one_advice_on_light() -> None:
    dark = with_poor("exposure", -2.0) | {"headroom": Attribute(2.0, "EV", Verdict.CANT_TELL)}
    for clipped, flaw in ((20.0, Flaw.UNDEREXPOSED), (39.0, Flaw.OVEREXPOSED)):
        blown = {"clipped_highlights": Attribute(clipped, "%", Verdict.POOR)}
        assert [s.flaw for s in suggestions_from(dark | blown)] == [flaw]


def test_what_cannot_be_told_is_not_suggested() -> None:
    unsure = GOOD | {"exposure": Attribute(-3.0, "EV", Verdict.CANT_TELL)}
    assert suggestions_from(unsure) == ()


def test_reasons_put_what_is_poor_first() -> None:
    said = reasons(with_poor("noise", 12.0))
    assert said[0] == "noise of 12 levels"
    assert "sharp subject" in said
    assert len(said) <= 5
    assert reasons({}) == []
