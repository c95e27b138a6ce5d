"""A model's own words as comment and suggestions; what cannot be grounded in a flaw is dropped."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aesplugin.assessment import Flaw, Suggestion
from aesplugin.models.vlm.dialogue import read_comment, read_suggestions
from aesplugin.models.wording.remedies import DIRECTIONS, consistent, suggest


def parsed(said: str) -> tuple[Suggestion, ...]:
    return read_suggestions(said) or ()


def read(line: str) -> tuple[Flaw, str] | None:
    found = parsed(line)
    return (found[0].flaw, found[0].direction) if found else None


@pytest.mark.parametrize(("flaw", "way"), [(f, w) for f, ways in DIRECTIONS.items() for w in ways])
def test_every_flaw_and_direction_is_read_as_it_is_asked_for(flaw: Flaw, way: str) -> None:
    (found,) = parsed(f"{flaw.value.replace('_', ' ')}, {way}, strongly: do it well.")
    assert (found.flaw, found.direction, found.advice) == (flaw, way, "do it well.")
    assert found.strength > 0.62


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("1. **Underexposed, brighten, slightly:** lift the shadows.", Flaw.UNDEREXPOSED),
        ("- noise: reduce noise a little", Flaw.NOISE),
        ("* Too dark: brighten the photo", Flaw.UNDEREXPOSED),
        ("motion_blur", Flaw.MOTION_BLUR),
        ("Tilted horizon: rotate left by 2 degrees", Flaw.TILTED_HORIZON),
        ("Brighten the photo", Flaw.UNDEREXPOSED),
        ("Busy background, simplify, slightly", Flaw.CLUTTER),
        ("harsh flash: soften the light", Flaw.MIXED_OR_FLASH_LIGHT),
        ("Clipped highlights: recover highlights in the sky", Flaw.CLIPPED_HIGHLIGHTS),
        ("crushed shadows, open shadows, strongly", Flaw.BLOCKED_SHADOWS),
    ],
)
def test_other_manners_are_understood(line: str, wanted: Flaw) -> None:
    found = read(line)
    assert found is not None and found[0] is wanted


@pytest.mark.parametrize(
    "line",
    [
        "",
        "none",
        "None.",
        "Nothing needs improving.",
        "The photo is beautiful as it is.",
        "No noise is visible.",
        "The picture is not tilted.",
        "tilted horizon",  # which way?
        "underexposed, darken: make it darker",  # the wrong way out
        "tilted horizon, rotate left or rotate right: level it",
        "unfriendly, smile, strongly: smile more",
    ],
)
def test_what_names_no_flaw_or_no_way_out_is_dropped(line: str) -> None:
    assert read(line) is None


def test_no_flaw_is_another_answer_than_no_sense() -> None:
    assert read_suggestions("None.") == ()
    assert read_suggestions("**Nothing** needs improving") == ()
    assert read_suggestions("What a lovely evening!") is None
    assert read_suggestions("") is None


def test_lines_keep_their_order_and_contradictions_fall() -> None:
    said = (
        "underexposed, brighten, strongly: lift it\n"
        "overexposed, darken, strongly: lower it\n"
        "noise, reduce noise, slightly: denoise\n"
        "underexposed, brighten, slightly: again\n"
        "blur, sharpen: sharpen\n"
        "vignetting: lighten corners\n"
    )
    found = parsed(said)
    assert [item.flaw for item in found] == [Flaw.UNDEREXPOSED, Flaw.NOISE, Flaw.BLUR]
    assert found[0].strength > found[2].strength > found[1].strength


def test_without_a_sentence_the_phrase_bank_speaks() -> None:
    assert (
        parsed("noise, reduce noise")[0].advice == suggest(Flaw.NOISE, "reduce noise", 0.45).advice
    )


@settings(deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_read_or_dropped(said: str) -> None:
    for item in parsed(said):
        assert item.direction in DIRECTIONS[item.flaw]
        assert 0 <= item.strength <= 1
        assert item.advice.isprintable() and item.advice
    comment = read_comment(said)
    assert comment is None or (comment.isprintable() and comment)


def test_a_comment_is_whole_sentences() -> None:
    assert read_comment("Good light.\n\nThe frame is **level**. And the su") == (
        "Good light. The frame is level."
    )
    assert read_comment("No end in sight") == "No end in sight"
    assert read_comment("One. Two! Three? Four. Five.") == "One. Two! Three? Four."
    assert read_comment(" \n\x00 ") is None


ANY = st.builds(
    lambda pair, strength: suggest(pair[0], pair[1], strength),
    st.sampled_from([(flaw, way) for flaw, ways in DIRECTIONS.items() for way in ways]),
    st.floats(0, 1),
)


@settings(deadline=None)
@given(st.lists(ANY, max_size=8))
def test_consistent_keeps_the_first_of_what_contradicts(items: list[Suggestion]) -> None:
    kept = consistent(items)
    remaining = iter(items)
    assert all(any(one is other for other in remaining) for one in kept)  # in their order
    assert not items or kept[0] == items[0]
    assert consistent(kept) == kept
    flaws = {item.flaw for item in kept}
    assert len(flaws) == len(kept)
    assert not {Flaw.UNDEREXPOSED, Flaw.OVEREXPOSED} <= flaws
    assert not {Flaw.OVERSATURATED, Flaw.UNDERSATURATED} <= flaws
