"""An advice that contradicts the measurement or an earlier advice is dropped; the others stay."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from aesplugin.assessment import Attribute, Flaw, Suggestion, Verdict
from aesplugin.models.wording.remedies import DIRECTIONS, suggest
from aesplugin.services.advice.suggest import suggestions_from
from aesplugin.services.advice.suggestion_check import contradicts, ground
from tests.services.advice.test_suggest import GOOD, POOR, with_poor

RANGES = {  # of what aesplugin.imaging.attributes measures
    "exposure": (-9.0, 2.5),
    "headroom": (0.0, 12.0),
    "clipped_highlights": (0.0, 100.0),
    "clipped_shadows": (0.0, 100.0),
    "contrast": (0.0, 100.0),
    "colorfulness": (0.0, 180.0),
    "color_cast": (-6.0, 6.0),
    "color_tint": (-6.0, 6.0),
    "subject_sharpness": (5.0, 512.0),
    "motion_blur": (0.0, 20.0),
    "noise": (0.0, 60.0),
    "tilt": (-15.0, 15.0),
    "jpeg_blocking": (-1.0, 12.0),
    "vignetting": (-8.0, 8.0),
}
PAIRS = [(flaw, way) for flaw, ways in DIRECTIONS.items() for way in ways]
FRAMING = {Flaw.CUT_SUBJECT, Flaw.POOR_PLACEMENT}  # "use a wider crop", "crop the right side"
OPPOSITES = [
    {"brighten", "darken"},
    {"add saturation", "reduce saturation"},
    {"cool down", "warm up"},
    {"less green", "less magenta"},
    {"rotate left", "rotate right"},
    {"aim left", "aim right"},
    {"aim up", "aim down"},
]


def attribute(name: str) -> st.SearchStrategy[Attribute]:
    values = st.none() | st.floats(*RANGES[name])
    return st.builds(Attribute, values, st.just(""), st.sampled_from(Verdict))


ATTRIBUTES = st.fixed_dictionaries({}, optional={name: attribute(name) for name in RANGES})
SUGGESTIONS = st.lists(
    st.sampled_from(PAIRS).flatmap(
        lambda pair: st.builds(suggest, st.just(pair[0]), st.just(pair[1]), st.floats(0, 1))
    ),
    max_size=8,
)


def advice(flaw: Flaw, direction: str) -> Suggestion:
    return suggest(flaw, direction, 0.5)


def agree(items: tuple[Suggestion, ...]) -> bool:
    ways = [item.direction for item in items]
    return len(ways) == len(set(ways)) and not any(pair <= set(ways) for pair in OPPOSITES)


@settings(deadline=None)
@given(SUGGESTIONS, ATTRIBUTES)
def test_what_is_kept_contradicts_nothing(
    items: list[Suggestion], attributes: dict[str, Attribute]
) -> None:
    kept = ground(items, attributes)
    assert not any(contradicts(item, attributes) for item in kept)
    assert agree(kept)
    assert ground(kept, attributes) == kept


@settings(deadline=None)
@given(SUGGESTIONS, ATTRIBUTES)
def test_what_is_dropped_contradicts_something(
    items: list[Suggestion], attributes: dict[str, Attribute]
) -> None:
    allowed: list[Suggestion] = []
    for item in items:
        if not contradicts(item, attributes) and agree((*allowed, item)):
            allowed.append(item)
    kept = ground(items, attributes)
    assert [item.flaw for item in kept] == list(dict.fromkeys(item.flaw for item in kept))
    assert {item.flaw for item in allowed} - {item.flaw for item in kept} <= FRAMING


@settings(deadline=None)
@given(ATTRIBUTES)
@example({"exposure": Attribute(0.25, "", Verdict.POOR)})
def test_the_measurements_own_suggestions_agree_with_it_and_each_other(
    attributes: dict[str, Attribute],
) -> None:
    found = suggestions_from(attributes)
    assert ground(found, attributes) == found
    assert [item.strength for item in found] == sorted(
        (item.strength for item in found), reverse=True
    )
    for item in found:
        assert item.direction in DIRECTIONS[item.flaw]
        assert 0 < item.strength <= 1
        assert item.advice.isprintable() and "nan" not in item.advice


@settings(deadline=None)
@given(ATTRIBUTES)
def test_a_photo_with_nothing_poor_gets_no_measured_suggestion(
    attributes: dict[str, Attribute],
) -> None:
    fine = {name: Attribute(one.value, one.unit, Verdict.GOOD) for name, one in attributes.items()}
    assert suggestions_from(fine) == ()


@settings(deadline=None)
@given(ATTRIBUTES)
def test_of_two_opposite_turns_at_most_one_is_left_where_the_tilt_is_clear(
    attributes: dict[str, Attribute],
) -> None:
    tilt = attributes.get("tilt")
    if tilt is None or tilt.value is None or abs(tilt.value) <= 1:
        return
    turns = [advice(Flaw.TILTED_HORIZON, way) for way in DIRECTIONS[Flaw.TILTED_HORIZON]]
    assert sum(not contradicts(turn, attributes) for turn in turns) <= 1


def test_a_good_photo_is_accused_of_no_measured_flaw() -> None:
    measured = {flaw for _, _, flaw, _ in POOR} - {Flaw.COLOR_CAST, Flaw.OVERSATURATED}
    values = {"vignetting": 0.0, "noise": 0.4, "exposure": 0.0}
    good = GOOD | {name: Attribute(v, "", Verdict.GOOD) for name, v in values.items()}
    accused = [advice(flaw, way) for flaw, way in PAIRS if flaw in measured]
    assert {item.flaw for item in ground(accused, good)} <= {Flaw.UNDERSATURATED}


@pytest.mark.parametrize(("name", "value", "flaw", "direction"), POOR)
def test_a_flaw_that_was_measured_may_be_named(
    name: str, value: float | None, flaw: Flaw, direction: str
) -> None:
    assert not contradicts(advice(flaw, direction), with_poor(name, value))


@pytest.mark.parametrize(
    ("flaw", "direction", "name", "value"),
    [
        (Flaw.UNDEREXPOSED, "brighten", "exposure", 1.5),
        (Flaw.OVEREXPOSED, "darken", "exposure", -1.5),
        (Flaw.TILTED_HORIZON, "rotate left", "tilt", -4.0),
        (Flaw.TILTED_HORIZON, "rotate right", "tilt", 4.0),
        (Flaw.COLOR_CAST, "warm up", "color_cast", 0.6),
        (Flaw.COLOR_CAST, "less green", "color_tint", 0.6),
    ],
)
def test_an_advice_the_wrong_way_is_a_contradiction(
    flaw: Flaw, direction: str, name: str, value: float
) -> None:
    measured = {name: Attribute(value, "", Verdict.CANT_TELL)}
    assert contradicts(advice(flaw, direction), measured)
    assert not contradicts(
        advice(flaw, direction), {name: Attribute(-value, "", Verdict.CANT_TELL)}
    )
    assert not contradicts(advice(flaw, direction), {})


def test_a_photo_with_no_room_above_is_not_lifted_unless_it_is_dark() -> None:
    full = {"headroom": Attribute(0.1, "EV", Verdict.CANT_TELL)}
    usual = full | {"exposure": Attribute(0.0, "EV", Verdict.GOOD)}
    night = full | {"exposure": Attribute(-2.0, "EV", Verdict.CANT_TELL)}
    lift = advice(Flaw.UNDEREXPOSED, "brighten")
    assert contradicts(lift, usual)
    assert not contradicts(lift, night)


def test_sharpening_a_sharp_subject_is_a_contradiction() -> None:
    assert contradicts(advice(Flaw.BLUR, "sharpen"), GOOD)
    assert not contradicts(advice(Flaw.BLUR, "sharpen"), with_poor("subject_sharpness", 90.0))


def test_what_is_not_measured_is_left_to_the_model() -> None:
    composed = [advice(Flaw.CUT_SUBJECT, "widen")]
    assert ground(composed, GOOD) == tuple(composed)
