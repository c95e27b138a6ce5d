"""The phrase bank: what a flaw is called, how it looks, where it comes from, what works.

Written for this project. `cue` gives the textual cues of self-supervision; their variety is
the point, so that the language model's own embedding of the meaning is what gets aligned.
"""

import numpy as np

from aesplugin.assessment import Flaw
from aesplugin.training.flaws.augment import Level

STRENGTHS = {
    "slightly": ("slightly", "a little", "mildly", "somewhat", "just noticeably"),
    "clearly": ("clearly", "noticeably", "visibly", "quite", "plainly"),
    "strongly": ("strongly", "badly", "heavily", "severely", "far too much"),
}

DESCRIPTIONS: dict[Flaw, tuple[str, ...]] = {
    Flaw.UNDEREXPOSED: (
        "underexposed",
        "too dark",
        "short of light, with shadows closing up",
        "dim, and the dark areas lose their detail",
    ),
    Flaw.OVEREXPOSED: (
        "overexposed",
        "too bright",
        "washed out in the highlights",
        "burnt out, and the bright areas lose their detail",
    ),
    Flaw.LOW_CONTRAST: (
        "low in contrast",
        "flat",
        "grey and hazy, without real black or white",
        "dull in its tones",
    ),
    Flaw.OVERSATURATED: (
        "oversaturated",
        "garish in its colours",
        "pushed to unnatural colours",
        "too vivid to be believed",
    ),
    Flaw.UNDERSATURATED: (
        "undersaturated",
        "pale in its colours",
        "drained of colour",
        "faded, with little colour left",
    ),
    Flaw.COLOR_CAST: (
        "tinted by a colour cast",
        "off in its white balance",
        "covered by a false tint",
        "wrong in its colour temperature",
    ),
    Flaw.NOISE: (
        "noisy",
        "grainy",
        "covered with sensor noise",
        "speckled, above all in the even areas",
    ),
    Flaw.BLUR: ("blurred", "out of focus", "soft all over", "lacking fine detail"),
    Flaw.MOTION_BLUR: (
        "blurred by movement",
        "smeared by camera shake",
        "streaked in one direction",
        "unsteady, with doubled edges",
    ),
    Flaw.JPEG_ARTIFACTS: (
        "marred by compression",
        "blocky from coarse JPEG",
        "broken into squares by compression",
        "ringing around its edges from compression",
    ),
    Flaw.TILTED_HORIZON: (
        "tilted",
        "leaning to one side",
        "not level",
        "crooked, with a sloping horizon",
    ),
    Flaw.CUT_SUBJECT: (
        "cropped into its subject",
        "framed so that the subject is cut off",
        "missing part of its subject at the edge",
        "cut too tightly through the subject",
    ),
    Flaw.POOR_PLACEMENT: (
        "unbalanced, the subject pushed to one edge",
        "poorly placed in its frame",
        "crowded at one side and empty at the other",
        "off in its composition, with the subject at the edge",
    ),
    Flaw.VIGNETTING: (
        "dark in the corners",
        "vignetted",
        "losing light toward its corners",
        "shaded around the edges",
    ),
}

CAUSES: dict[Flaw, tuple[str, ...]] = {
    Flaw.UNDEREXPOSED: ("the exposure was too short", "the camera metered for the highlights"),
    Flaw.OVEREXPOSED: ("the exposure was too long", "the camera metered for the shadows"),
    Flaw.LOW_CONTRAST: ("haze or flare lifted the blacks", "the tone curve is too gentle"),
    Flaw.OVERSATURATED: ("the saturation was pushed too far", "a vivid preset was overdone"),
    Flaw.UNDERSATURATED: ("the saturation was pulled down", "the colours were left unprocessed"),
    Flaw.COLOR_CAST: ("the white balance was wrong", "the light had a colour of its own"),
    Flaw.NOISE: ("the ISO was high", "the shadows were lifted too far"),
    Flaw.BLUR: ("the focus missed", "the lens was not focused on the subject"),
    Flaw.MOTION_BLUR: ("the camera moved", "the shutter was too slow for the hand"),
    Flaw.JPEG_ARTIFACTS: ("the file was saved too small", "it was compressed again and again"),
    Flaw.TILTED_HORIZON: ("the camera was not held level", "the horizon was not checked"),
    Flaw.CUT_SUBJECT: ("the crop is too tight", "the photographer stood too close"),
    Flaw.POOR_PLACEMENT: ("the camera pointed beside the subject", "the crop is off balance"),
    Flaw.VIGNETTING: ("the lens darkens its corners", "a filter or hood shades the corners"),
}

FINE: dict[Level, tuple[str, ...]] = {
    Level.LOW: (
        "exposure, colour and sharpness are fine",
        "the light is well judged and the detail is crisp",
        "tones and colours look natural",
        "technically the photo is clean",
    ),
    Level.MIDDLE: (
        "the frame is level and evenly lit",
        "the horizon is straight and the corners are clear",
        "the photo stands upright and the light is even",
        "nothing leans and no corner is dark",
    ),
    Level.HIGH: (
        "the composition is balanced and the subject is whole",
        "the subject is well placed with room around it",
        "the framing suits the subject",
        "the eye finds the subject at once",
    ),
}


def strength_class(severity: float) -> str:
    """slightly, clearly or strongly, for a severity 0..1."""
    return "slightly" if severity < 0.33 else "clearly" if severity < 0.67 else "strongly"


def cue(flaw: Flaw, severity: float, rng: np.random.Generator) -> str:
    """One textual cue for a known flaw: its strength and look, sometimes its cause."""
    strength = str(rng.choice(STRENGTHS[strength_class(severity)]))
    look = str(rng.choice(DESCRIPTIONS[flaw]))
    if strength == "far too much":
        sentence = f"The photo is {look}, {strength}"
    else:
        sentence = f"The photo is {strength} {look}"
    if rng.random() < 0.4:
        sentence += f"; {rng.choice(CAUSES[flaw])}"
    return sentence + "."


def fine(level: Level, rng: np.random.Generator) -> str:
    """One textual cue for a photo without a flaw of this level."""
    sentence = str(rng.choice(FINE[level]))
    return sentence[0].upper() + sentence[1:] + "."
