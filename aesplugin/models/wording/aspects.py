"""Which aspect of a photo each flaw spoils; what is left is what works."""

from aesplugin.assessment import Flaw

ASPECT_OF: dict[Flaw, str] = {
    Flaw.UNDEREXPOSED: "light",
    Flaw.OVEREXPOSED: "light",
    Flaw.LOW_CONTRAST: "light",
    Flaw.VIGNETTING: "light",
    Flaw.OVERSATURATED: "colour",
    Flaw.UNDERSATURATED: "colour",
    Flaw.COLOR_CAST: "colour",
    Flaw.NOISE: "sharpness",
    Flaw.BLUR: "sharpness",
    Flaw.MOTION_BLUR: "sharpness",
    Flaw.JPEG_ARTIFACTS: "sharpness",
    Flaw.TILTED_HORIZON: "level frame",
    Flaw.CUT_SUBJECT: "composition",
    Flaw.POOR_PLACEMENT: "composition",
    Flaw.CLUTTER: "composition",
    Flaw.MIXED_OR_FLASH_LIGHT: "light",
    Flaw.CLIPPED_HIGHLIGHTS: "light",
    Flaw.BLOCKED_SHADOWS: "light",
}
NAMED: dict[Flaw, str] = {
    Flaw.UNDEREXPOSED: "underexposed",
    Flaw.OVEREXPOSED: "overexposed",
    Flaw.LOW_CONTRAST: "low in contrast",
    Flaw.OVERSATURATED: "oversaturated",
    Flaw.UNDERSATURATED: "pale in its colours",
    Flaw.COLOR_CAST: "tinted by a colour cast",
    Flaw.NOISE: "noisy",
    Flaw.BLUR: "out of focus",
    Flaw.MOTION_BLUR: "blurred by movement",
    Flaw.JPEG_ARTIFACTS: "marred by compression",
    Flaw.TILTED_HORIZON: "tilted",
    Flaw.CUT_SUBJECT: "cropped into its subject",
    Flaw.POOR_PLACEMENT: "unbalanced in its framing",
    Flaw.VIGNETTING: "dark in the corners",
    Flaw.CLUTTER: "cluttered",
    Flaw.MIXED_OR_FLASH_LIGHT: "harshly lit",
    Flaw.CLIPPED_HIGHLIGHTS: "blown out in the highlights",
    Flaw.BLOCKED_SHADOWS: "blocked in the shadows",
}
ASPECT_NAMES = ("light", "colour", "sharpness", "composition", "level frame")


def fact_notes(
    content: str | None, score: float, flaws: list[tuple[str, str]], works: list[str]
) -> list[str]:
    """Facts as terse notes for the language model; `flaws` are (strength word, flaw value)."""
    listed = [f"subject {content or 'unclear'}", f"score {score:.1f}"]
    listed += [f"{how} {flaw.replace('_', ' ')}" for how, flaw in flaws] or ["no flaw"]
    return [*listed, f"good {' and '.join(works)}"] if works else listed
