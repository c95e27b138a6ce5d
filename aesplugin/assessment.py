"""What the plug-in says of one photo: score, measured attributes, comment, suggestions."""

from dataclasses import dataclass
from enum import StrEnum

SCORE_MIN, SCORE_MAX = 1.0, 10.0


class Verdict(StrEnum):
    GOOD = "good"
    POOR = "poor"
    CANT_TELL = "can't tell"


class Flaw(StrEnum):
    """The known causes a suggestion may name."""

    UNDEREXPOSED = "underexposed"
    OVEREXPOSED = "overexposed"
    LOW_CONTRAST = "low_contrast"
    OVERSATURATED = "oversaturated"
    UNDERSATURATED = "undersaturated"
    COLOR_CAST = "color_cast"
    NOISE = "noise"
    BLUR = "blur"
    MOTION_BLUR = "motion_blur"
    JPEG_ARTIFACTS = "jpeg_artifacts"
    TILTED_HORIZON = "tilted_horizon"
    CUT_SUBJECT = "cut_subject"
    POOR_PLACEMENT = "poor_placement"
    VIGNETTING = "vignetting"


@dataclass(frozen=True, slots=True)
class Attribute:
    """One measurement of the pixels: a value in `unit`, and what it means. Never an opinion."""

    value: float | None
    unit: str
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """One advice. `strength` is 0..1, how strong the flaw is; `direction` the way out in a word."""

    flaw: Flaw
    direction: str  # "brighten", "darken", "rotate left", ...
    strength: float
    advice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """One model's answer about one photo; stored once per (content, model revision).

    The measured attributes stand beside the photo: they do not depend on the model.

    `score` is 1..10, higher is better. `embedding` is the model's compact view of the photo
    (little-endian float16, model-specific length), used to rank by taste without a new look.
    """

    content_hash: str
    model: str
    model_revision: str
    score: float
    comment: str | None = None
    suggestions: tuple[Suggestion, ...] = ()
    embedding: bytes | None = None
