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
}
ASPECT_NAMES = ("light", "colour", "sharpness", "composition", "level frame")


def told(
    content: str | None, score: float, flaws: list[tuple[str, str]], works: list[str]
) -> list[str]:
    """Facts as terse notes for the language model; `flaws` are (strength word, flaw value)."""
    listed = [f"subject {content or 'unclear'}", f"score {score:.1f}"]
    listed += [f"{how} {flaw.replace('_', ' ')}" for how, flaw in flaws] or ["no flaw"]
    return [*listed, f"good {' and '.join(works)}"] if works else listed
