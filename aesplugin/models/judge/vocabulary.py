"""What the judge can tell of a photo, in words: strengths, subjects and keywords."""

from typing import Final

from aesplugin.assessment import Flaw

STRENGTHS: Final[dict[str, str]] = {
    "light": "attractive light",
    "colour": "striking colours",
    "detail": "crisp detail",
    "lines": "lines that lead the eye",
    "separation": "the subject stands out",
    "mood": "a strong mood",
    "moment": "a well-caught moment",
    "expression": "an expressive look",
    "depth": "a sense of depth",
    "shapes": "bold shapes",
}
"""By name, as a photographer would say it in favour of a photo."""

FLAW_REASONS: Final[dict[Flaw, str]] = {
    Flaw.UNDEREXPOSED: "too dark",
    Flaw.OVEREXPOSED: "too bright",
    Flaw.LOW_CONTRAST: "flat tones",
    Flaw.OVERSATURATED: "overdone colours",
    Flaw.UNDERSATURATED: "pale colours",
    Flaw.COLOR_CAST: "a colour cast",
    Flaw.NOISE: "noise",
    Flaw.BLUR: "not sharp",
    Flaw.MOTION_BLUR: "motion blur",
    Flaw.JPEG_ARTIFACTS: "compression artefacts",
    Flaw.TILTED_HORIZON: "not level",
    Flaw.CUT_SUBJECT: "the subject is cut off",
    Flaw.POOR_PLACEMENT: "awkward framing",
    Flaw.VIGNETTING: "dark corners",
    Flaw.CLUTTER: "distracting surroundings",
    Flaw.MIXED_OR_FLASH_LIGHT: "flash or hard light",
    Flaw.CLIPPED_HIGHLIGHTS: "blown highlights",
    Flaw.BLOCKED_SHADOWS: "blocked shadows",
}
"""As it is said against a photo."""

EMPTY_REASON: Final = "nothing to see in the frame"

_SUBJECTS: Final = (
    "cat dog bird horse insect fish animal man woman child person car bus truck motorcycle train "
    "boat plane vehicle flower waterfall mountain lake river beach shore sea bridge church tower "
    "house building street road city food"
)
_OTHERS: Final = (
    "tree forest sky cloud snow grass rock water wave sand sunset mist silhouette reflection hill "
    "field path track leaf garden window wall door sign lamp table chair sofa face hat wheel "
    "fence crowd night fire"
)

SUBJECTS: Final = tuple(_SUBJECTS.split())
"""Nouns a photo may be said to show, the narrower before the broader."""

WORDS: Final = (*SUBJECTS, *_OTHERS.split())
"""Keywords a photo may be given."""
