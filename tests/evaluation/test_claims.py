import pytest

from aesplugin.assessment import Flaw
from aesplugin.evaluation.claims import claims


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("A dog. However, it is clearly too dark.", {Flaw.UNDEREXPOSED}),
        ("It is badly grainy; the ISO was high.", {Flaw.NOISE}),
        ("It is blurred by movement.", {Flaw.MOTION_BLUR}),
        ("The picture is blurred.", {Flaw.BLUR}),
        ("The frame is not level.", {Flaw.TILTED_HORIZON}),
        ("Too bright, and the white balance is off.", {Flaw.OVEREXPOSED, Flaw.COLOR_CAST}),
        ("It is missing part of its subject at the edge.", {Flaw.CUT_SUBJECT}),
        ("It loses light toward its corners.", {Flaw.VIGNETTING}),
        ("Not only too dark but noisy.", {Flaw.UNDEREXPOSED, Flaw.NOISE}),
        ("The background is cluttered.", {Flaw.CLUTTER}),
        ("A busy street distracts from her.", {Flaw.CLUTTER}),
        ("It is harshly lit.", {Flaw.MIXED_OR_FLASH_LIGHT}),
        ("The sky is clipped.", {Flaw.CLIPPED_HIGHLIGHTS}),
        ("The highlights have lost their detail.", {Flaw.CLIPPED_HIGHLIGHTS}),
        ("It is blocked in the shadows.", {Flaw.BLOCKED_SHADOWS}),
    ],
)
def test_accusations_are_read(said: str, expected: set[Flaw]) -> None:
    assert claims(said) == expected


@pytest.mark.parametrize(
    "said",
    [
        "A lovely take on a dog. The colours look natural.",
        "It is free of noise.",
        "There is no visible noise, and nothing is too dark.",
        "It isn't grainy.",
        "The corners are clear and no corner is dark.",
        "Sharp without any blur.",
        "The shadows are deep but not blocked.",
        "A clean background without clutter.",
    ],
)
def test_praise_and_denial_accuse_of_nothing(said: str) -> None:
    assert claims(said) == set()


def test_a_denial_ends_with_its_clause() -> None:
    assert claims("It is not too dark, but noisy.") == {Flaw.NOISE}
