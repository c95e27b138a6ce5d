"""The photo page's details: camera data (never the location), faces, and measurements as SVG."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aesplugin.assessment import Assessment, Attribute, Flaw, Verdict
from aesplugin.catalog.filters import ByMeasure, Sorting
from aesplugin.catalog.records import Entry
from aesplugin.face import Eyes
from aesplugin.photo import Exif
from aesplugin.services.faces import eyes_of
from aesplugin.web.languages.language import ENGLISH, Language


def camera_facts(exif: Exif, language: Language = ENGLISH) -> list[tuple[str, str]]:
    """(name, value) of the known camera data, the most useful first, in English but for dates."""
    facts = [
        ("taken", language.moment(exif.taken_at, seconds=True) if exif.taken_at else None),
        ("camera", " ".join(part for part in (_maker(exif), exif.model) if part)),
        ("lens", exif.lens),
        ("focal length", _focal_length(exif)),
        ("aperture", f"f/{exif.f_number:g}" if exif.f_number else None),
        ("exposure", _exposure(exif)),
        ("ISO", None if exif.iso is None else str(exif.iso)),
        ("flash", None if exif.flash_fired is None else "fired" if exif.flash_fired else "no"),
        ("rating in the file", None if exif.rating is None else str(exif.rating)),
        ("serial", exif.serial),
    ]
    return [(name, value) for name, value in facts if value]


def _maker(exif: Exif) -> str | None:
    """Most cameras repeat it in the model's name."""
    make, model = exif.make or "", exif.model or ""
    return None if model.lower().startswith(make.lower().partition(" ")[0]) else make


def _focal_length(exif: Exif) -> str | None:
    if not exif.focal_length:
        return None
    alike = f", like {exif.focal_length_35mm:g} mm" if exif.focal_length_35mm else ""
    return f"{exif.focal_length:g} mm{alike}"


def _exposure(exif: Exif) -> str | None:
    parts = [seconds(exif.exposure_time)] if exif.exposure_time else []
    parts += [f"{exif.exposure_bias:+.1f} EV"] if exif.exposure_bias else []
    parts += [exif.exposure_mode] if exif.exposure_mode else []
    return ", ".join(parts)


def seconds(time: float) -> str:
    """As cameras show it: 1/250 s, 2.5 s."""
    if 0 < time < 0.4:
        return f"1/{round(1 / time)} s"
    return f"{time:g} s"


_MOST_FACES = 12
_AROUND = 1.5  # side of the square that is shown over the longer side of the face's box


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceCrop:
    """A square around a face, as the `viewBox` of an SVG in pixels of the photo; its eyes.

    `at` is the middle of the face, as shares of the photo: "0.412,0.300".
    """

    view: str
    said: str
    at: str
    eyes: Eyes


def face_crops(entry: Entry) -> list[FaceCrop]:
    """The largest faces; a square may reach beyond the photo, where there is nothing to see."""
    if entry.photo is None:
        return []
    width, height = entry.photo.width, entry.photo.height
    found = []
    for face in (entry.faces or ())[:_MOST_FACES]:
        left, top, right, bottom = face.box
        side = _AROUND * max((right - left) * width, (bottom - top) * height)
        start = ((left + right) * width - side) / 2, ((top + bottom) * height - side) / 2
        view = f"{start[0]:.1f} {start[1]:.1f} {side:.1f} {side:.1f}"
        at = f"{(left + right) / 2:.4f},{(top + bottom) / 2:.4f}"
        found.append(FaceCrop(view=view, said=eyes_of(face), at=at, eyes=face.eyes))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceBox:
    """Where a face is, in pixels of the photo; its eyes."""

    left: float
    top: float
    width: float
    height: float
    eyes: Eyes


def face_boxes(entry: Entry) -> list[FaceBox]:
    """All faces, the largest first; none where the photo's size is unknown."""
    if entry.photo is None:
        return []
    wide, high = entry.photo.width, entry.photo.height
    return [
        FaceBox(
            left=round(left * wide, 1),
            top=round(top * high, 1),
            width=round((right - left) * wide, 1),
            height=round((bottom - top) * high, 1),
            eyes=face.eyes,
        )
        for face in entry.faces or ()
        for left, top, right, bottom in (face.box,)
    ]


def straightening(assessment: Assessment | None) -> float | None:
    """Degrees clockwise by which a suggestion turns the photo; None where none says how far."""
    for one in assessment.suggestions if assessment else ():
        if one.flaw is Flaw.TILTED_HORIZON and one.amount:
            return one.amount if "right" in one.direction else -one.amount
    return None


WIDTH, HEIGHT = 256, 72
# The span of each unit that a bar shows; values outside are drawn at its end.
_SPANS = {
    "EV": (-3.0, 3.0),
    "%": (0.0, 100.0),
    "degrees": (-10.0, 10.0),
    "levels": (0.0, 5.0),
    "px": (0.0, 400.0),
    "": (0.0, 100.0),
}
_OTHER_SPAN = (0.0, 100.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One attribute: the filled part from `start` over `width`, of 100; no part, no value."""

    name: str
    text: str
    verdict: Verdict
    start: float = 0.0
    width: float = 0.0


def bars(attributes: Mapping[str, Attribute]) -> list[Bar]:
    """A bar per attribute; a unit with a negative side fills from its middle."""
    return [_bar(name, attribute) for name, attribute in attributes.items()]


def _bar(name: str, attribute: Attribute) -> Bar:
    if attribute.value is None:
        return Bar(name=name, text="-", verdict=attribute.verdict)
    value, unit = attribute.value, attribute.unit
    low, high = _span(unit)
    if unit not in _SPANS and 0 <= value <= 1:
        high = 1.0
    zero = 100 * (max(low, 0.0) - low) / (high - low)
    at = 100 * (min(high, max(low, value)) - low) / (high - low)
    return Bar(
        name=name,
        text=_in_unit(value, unit),
        verdict=attribute.verdict,
        start=round(min(zero, at), 1),
        width=round(max(abs(at - zero), 1.0), 1),
    )


def _span(unit: str) -> tuple[float, float]:
    return _SPANS.get(unit, _OTHER_SPAN)


def measured(entry: Entry, order: Sorting) -> str | None:
    """The value by which a gallery is sorted, with its unit; None where it is no measured one."""
    if not isinstance(order, ByMeasure):
        return None
    found = entry.attributes.get(order.measure.value)
    return None if found is None or found.value is None else _in_unit(found.value, found.unit)


def _in_unit(value: float, unit: str) -> str:
    is_signed = _span(unit)[0] < 0
    text = _signed(value) if is_signed else f"{value:.3g}" if value >= 0.01 else "0"
    return f"{text}°" if unit == "degrees" else f"{text} {unit}".strip()


def _signed(value: float) -> str:
    """One decimal place, with its sign where it is not zero."""
    rounded = round(value, 1)
    return f"{rounded:+.1f}" if rounded else "0.0"


def histogram_paths(shares: Mapping[str, Sequence[float]]) -> dict[str, str]:
    """An SVG path per channel in a box of `WIDTH` x `HEIGHT`."""
    return {name: _path(values) for name, values in shares.items()}


def _path(values: Sequence[float]) -> str:
    step = WIDTH / max(1, len(values) - 1)
    points = " ".join(
        f"L{i * step:.1f} {HEIGHT - share * (HEIGHT - 2):.1f}" for i, share in enumerate(values)
    )
    return f"M0 {HEIGHT} {points} L{WIDTH} {HEIGHT} Z"
