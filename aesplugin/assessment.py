"""What the plug-in says of one photo: score, measured attributes, comment, suggestions."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

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
    CLUTTER = "clutter"
    MIXED_OR_FLASH_LIGHT = "mixed_or_flash_light"
    CLIPPED_HIGHLIGHTS = "clipped_highlights"
    BLOCKED_SHADOWS = "blocked_shadows"


SYNTHETIC_FLAWS: Final = tuple(Flaw)[:14]
"""The flaws that can be put into a clean photo by code; the others need another scene or light."""


class Kind(StrEnum):
    """What sort of picture it is; the last three are no photographs and get no photo advice."""

    PORTRAIT = "portrait"
    GROUP = "group"
    STREET = "street"
    EVENT = "event"
    LANDSCAPE = "landscape"
    ARCHITECTURE = "architecture"
    INTERIOR = "interior"
    WILDLIFE = "wildlife"
    PET = "pet"
    MACRO = "macro"
    FLOWER = "flower"
    FOOD = "food"
    SPORT = "sport"
    VEHICLE = "vehicle"
    NIGHT = "night"
    OBJECT = "object"
    AERIAL = "aerial"
    OTHER = "other"
    GRAPHIC = "graphic"
    DOCUMENT = "document"
    SCIENTIFIC = "scientific"

    @property
    def is_photo(self) -> bool:
        """Whether it is a photograph: no drawing, screenshot, page or scientific image."""
        return self not in NOT_PHOTOS


NOT_PHOTOS: Final = frozenset({Kind.GRAPHIC, Kind.DOCUMENT, Kind.SCIENTIFIC})


@dataclass(frozen=True, slots=True)
class Attribute:
    """One measurement of the pixels: a value in `unit`, and what it means. Never an opinion."""

    value: float | None
    unit: str
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """One advice. `strength` is 0..1, how strong the flaw is; `direction` the way out in a word.

    `amount` is how much of it, where a number is known: degrees for a tilted horizon.
    """

    flaw: Flaw
    direction: str  # "brighten", "darken", "rotate left", ...
    strength: float
    advice: str
    amount: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a picture shows, each only where the model is confident: `None` or empty otherwise.

    `subject` is a noun phrase with its article ("a bird"), `keywords` are plain nouns.
    """

    kind: Kind | None = None
    subject: str | None = None
    keywords: tuple[str, ...] = ()

    @property
    def is_photo(self) -> bool:
        """Whether it is a photograph as far as the model knows: an unknown kind counts as one."""
        return self.kind is None or self.kind.is_photo


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """What moved a score against that of a typical photo, in a photographer's words.

    `points` are points of score (1..10): above 0 it speaks for the photo, below 0 against it.
    """

    text: str
    points: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """One model's answer about one photo; stored once per (content, model revision).

    The measured attributes stand beside the photo: they do not depend on the model.

    `score` is 1..10, higher is better. `embedding` is the model's compact view of the photo
    (little-endian float16, model-specific length), used to rank by taste without a new look.
    `uncertainty` is the score's standard error in points, `content` what the picture shows,
    `reasons` what moved the score, strongest first (empty: nothing stands out); each is None where
    the model does not give it.
    """

    content_hash: str
    model: str
    model_revision: str
    score: float
    comment: str | None = None
    suggestions: tuple[Suggestion, ...] = ()
    embedding: bytes | None = None
    uncertainty: float | None = None
    content: Content | None = None
    reasons: tuple[Reason, ...] | None = None

    @property
    def is_photo(self) -> bool:
        """Whether it is a photograph, as far as the model knows."""
        return self.content is None or self.content.is_photo
