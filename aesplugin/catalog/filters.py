"""What a gallery shows and by what it is sorted."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from aesplugin.catalog.search.query import Query

MOST_MS: Final = 10**14
"""The latest moment, in the year 5138: what calendars hold, and every browser's clock."""


class Order(StrEnum):
    """By what photos are sorted. Personal order is applied by the caller (see `hashes`).

    Without words to search for, the order by match is that by score.
    """

    SCORE = "score"
    LOWEST = "lowest"
    NEWEST = "newest"
    OLDEST = "oldest"
    PERSONAL = "personal"
    MATCH = "match"


class Measure(StrEnum):
    """What is measured of every photo, by its name in `photos.attributes`."""

    EXPOSURE = "exposure"
    HEADROOM = "headroom"
    CLIPPED_HIGHLIGHTS = "clipped_highlights"
    CLIPPED_SHADOWS = "clipped_shadows"
    CONTRAST = "contrast"
    COLORFULNESS = "colorfulness"
    COLOR_CAST = "color_cast"
    COLOR_TINT = "color_tint"
    SUBJECT_SHARPNESS = "subject_sharpness"
    MOTION_BLUR = "motion_blur"
    NOISE = "noise"
    TILT = "tilt"
    JPEG_BLOCKING = "jpeg_blocking"
    VIGNETTING = "vignetting"


@dataclass(frozen=True, slots=True)
class ByMeasure:
    """By a measured value, the largest first or the smallest; a tilt by how far, either way.

    Photos without the value come last.
    """

    measure: Measure
    largest: bool = True

    @property
    def value(self) -> str:
        """As in addresses: "largest-contrast"."""
        return f"{'largest' if self.largest else 'smallest'}-{self.measure.value}"


Sorting = Order | ByMeasure
SORTINGS: Final[tuple[Sorting, ...]] = (
    *Order,
    *(ByMeasure(measure, largest) for measure in Measure for largest in (True, False)),
)


def sorting_of(text: str) -> Sorting:
    """The order with this `value`.

    Raises:
        ValueError: there is none.
    """
    found = next((one for one in SORTINGS if one.value == text), None)
    if found is None:
        raise ValueError(f"{text!r} is not an order: use {', '.join(o.value for o in SORTINGS)}")
    return found


class Shown(StrEnum):
    """Which photos, by what the model made of them."""

    ASSESSED = "assessed"
    PENDING = "pending"
    QUARANTINED = "quarantined"


class Kinds(StrEnum):
    """Which pictures, by whether the model takes them for photographs (see `Kind.is_photo`)."""

    PHOTOS = "photos"
    ALL = "all"
    NOT_PHOTOS = "not_photos"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a gallery shows; None and the empty string mean everything.

    `choice` is "pick", "reject" or "none" (undecided); `stars` the least number of stars;
    scores 1..10; days as the camera's clock told them, both included. With `as_of` only decisions
    up to this number count: who decides while scrolling must not have photos slip away. So it is
    with `scored_by`, ms since 1970: photos with a later score are not shown. `kind`
    counts among pictures with a score only: of the others nothing is known. `q` are words that a
    photo has to have (see `catalog.search`), `asked` the same where it was understood before.
    """

    user: str = ""
    shown: Shown = Shown.ASSESSED
    kind: Kinds = Kinds.ALL
    choice: str | None = None
    stars: int | None = None
    favorite: bool | None = None
    camera: str | None = None
    folder: str | None = None
    taken_from: date | None = None
    taken_to: date | None = None
    score_min: float | None = None
    score_max: float | None = None
    as_of: int | None = None
    q: str | None = None
    asked: Query | None = None
    scored_by: int | None = None

    @property
    def is_broad(self) -> bool:
        """Whether most photos with a score may match: nothing else is asked of them.

        Undecided, without stars and no favourite are most photos of a catalog, too.
        """
        decided = self.choice not in (None, "", "none") or bool(self.stars) or bool(self.favorite)
        taken = self.camera or self.folder or self.taken_from or self.taken_to
        few = self.shown is not Shown.ASSESSED or self.kind is Kinds.NOT_PHOTOS
        return not (few or decided or taken)

    @property
    def needs_decisions(self) -> bool:
        """Whether what a person decided tells what is shown."""
        return bool(self.choice) or self.stars is not None or self.favorite is not None
