"""What we know of one face in a photo: where it lies, how sharp it is, its eyes, where it faces.

Never who it is: no name and nothing that tells one person from another is computed or stored.
"""

from dataclasses import dataclass
from enum import StrEnum


class Eyes(StrEnum):
    """Of both eyes together; `UNSURE` where the face is too small, turned away or covered."""

    OPEN = "open"
    CLOSED = "closed"
    UNSURE = "unsure"


class Facing(StrEnum):
    """Where the head is turned, not the eyes; `UNSURE` between the two, and where not measured."""

    CAMERA = "camera"
    AWAY = "away"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """One face; measured on the original's pixels where `measured_width` says so.

    Attributes:
        box: left, top, right, bottom as fractions of the upright photo's width and height, 0..1.
        confidence: of the detector that this is a face, 0..1.
        width: of the face in the original's pixels.
        measured_width: of the face in the pixels that eyes and sharpness were measured on.
        eyes: open, closed, or not to be told.
        openness: the gap between the lids over the eye's width, of the eye that is less open:
            about .1 where closed and .3 where open; None where the face has too few pixels.
        sharpness: how fine the detail of the face is, 0..1; comparable between frames in which
            the face has about the same `measured_width`.
        brightness: mean luminance of the face, 0..1.
        facing: to the camera, away from it, or not to be told.
        turned: how far the head is turned to a side, 0 (straight to the camera) to 1 (in
            profile, or further); about .5 at 45 degrees. None where it was not measured.
        red_eyes: whether an eye at least is red from a flash; None where the face has too few
            pixels, or its eyes are not open.
    """

    box: tuple[float, float, float, float]
    confidence: float
    width: float
    measured_width: float
    eyes: Eyes = Eyes.UNSURE
    openness: float | None = None
    sharpness: float | None = None
    brightness: float | None = None
    facing: Facing = Facing.UNSURE
    turned: float | None = None
    red_eyes: bool | None = None
