"""Checks a model's suggestions against the measured attributes; drops contradictions.

Each limit lies beyond almost every copy that truly has the flaw, and on this side of most photos
that have not: right advice must hardly ever be dropped, wrong advice may slip through.
An attribute that was not measured contradicts nothing.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from aesplugin.assessment import Attribute, Flaw, Suggestion, Verdict
from aesplugin.models.wording.remedies import consistent

Attributes = Mapping[str, Attribute]

_DARK_EV, _BRIGHT_EV, _NO_ROOM_EV = -0.3, 1.0, 0.3
_UNCLIPPED, _HARDLY_BRIGHT_EV = 0.5, 0.3  # per cent of the frame; EV
_PALE, _COLOURFUL = 25.0, 50.0  # colourfulness
_CAST_EV, _TILT_DEGREES = 0.05, 1.0  # the other way by more than the measurement errs
_QUIET, _SHARP_PX, _STILL, _SMOOTH = (
    1.0,
    245.0,
    0.55,
    0.75,
)  # levels, px, % of the long side, levels
_EVEN_EV = -0.4  # stops from centre to corner


def ground(suggestions: Iterable[Suggestion], attributes: Attributes) -> tuple[Suggestion, ...]:
    """The suggestions in order, without those that measurements or earlier ones contradict."""
    return consistent(one for one in suggestions if not contradicts(one, attributes))


def levelled(suggestions: Iterable[Suggestion], attributes: Attributes) -> tuple[Suggestion, ...]:
    """The suggestions of a model calibrated on real photos: only those about a tilt are checked.

    A tilt is reported where lines in the picture are clearly tilted, with their angle and side.
    """
    turned = (
        _turned(one, attributes) if one.flaw is Flaw.TILTED_HORIZON else one for one in suggestions
    )
    return tuple(one for one in turned if one is not None)


def _turned(suggestion: Suggestion, attributes: Attributes) -> Suggestion | None:
    degrees = _value(attributes, "tilt")
    if degrees is None or abs(degrees) < _TILT_DEGREES or _is(attributes, "tilt", Verdict.GOOD):
        return None
    direction = "rotate left" if degrees > 0 else "rotate right"
    amount = round(abs(degrees), 1)
    advice = f"turn the photo to the {direction.split()[1]} by {amount:g} degrees"
    return replace(suggestion, direction=direction, amount=amount, advice=advice)


def contradicts(suggestion: Suggestion, attributes: Attributes) -> bool:
    """Whether the measurement says the opposite: brighten a bright photo, sharpen a sharp one."""
    opposite = _OPPOSITE.get(suggestion.flaw)
    return opposite is not None and opposite(attributes, suggestion.direction)


def _value(attributes: Attributes, name: str) -> float | None:
    found = attributes.get(name)
    return found.value if found is not None else None


def _is(attributes: Attributes, name: str, verdict: Verdict) -> bool:
    found = attributes.get(name)
    return found is not None and found.verdict is verdict


def _brighten(attributes: Attributes, _: str) -> bool:
    """A bright photo needs no lifting; nor does one that is not dark and has no room above."""
    ev, room = _value(attributes, "exposure"), _value(attributes, "headroom")
    if ev is None or _is(attributes, "exposure", Verdict.POOR):
        return ev is not None and ev > 0
    return ev > _BRIGHT_EV or (ev > _DARK_EV and room is not None and room < _NO_ROOM_EV)


def _darken(attributes: Attributes, _: str) -> bool:
    """A photo that is dark, or neither bright nor blown, needs no darkening."""
    ev, blown = _value(attributes, "exposure"), _value(attributes, "clipped_highlights")
    if ev is None or _is(attributes, "clipped_highlights", Verdict.POOR):
        return False
    if _is(attributes, "exposure", Verdict.POOR):
        return ev < 0
    return ev < _DARK_EV or (ev < _HARDLY_BRIGHT_EV and blown is not None and blown < _UNCLIPPED)


def _beyond(name: str, limit: float, *, sign: int) -> Callable[[Attributes, str], bool]:
    """Contradicts where the value lies beyond `limit` on the side of `sign`, and is not poor."""

    def opposite(attributes: Attributes, _: str) -> bool:
        value = _value(attributes, name)
        poor = _is(attributes, name, Verdict.POOR)
        return value is not None and not poor and sign * (value - limit) > 0

    return opposite


def _saturation(limit: float, *, sign: int) -> Callable[[Attributes, str], bool]:
    """Colourfulness is poor at both ends, and the verdict does not say which."""

    def opposite(attributes: Attributes, _: str) -> bool:
        value = _value(attributes, "colorfulness")
        return value is not None and sign * (value - limit) > 0

    return opposite


def _wrong_way(value: float | None, margin: float, *, wants_positive: bool) -> bool:
    return value is not None and (value if wants_positive else -value) < -margin


def _cast(attributes: Attributes, direction: str) -> bool:
    name = "color_cast" if direction in ("cool down", "warm up") else "color_tint"
    positive = direction in ("cool down", "less magenta")
    return _wrong_way(_value(attributes, name), _CAST_EV, wants_positive=positive)


def _tilt(attributes: Attributes, direction: str) -> bool:
    """A picture that is level needs no turning, and one that leans left none to the left."""
    value, positive = _value(attributes, "tilt"), direction == "rotate left"
    level = _is(attributes, "tilt", Verdict.GOOD)
    return level or _wrong_way(value, _TILT_DEGREES, wants_positive=positive)


def _blocking(attributes: Attributes, _: str) -> bool:
    value = _value(attributes, "jpeg_blocking")
    fine = _is(attributes, "jpeg_blocking", Verdict.GOOD)
    return fine and (value is None or value < _SMOOTH)


def _contrast(attributes: Attributes, _: str) -> bool:
    return _is(attributes, "contrast", Verdict.GOOD)


_OPPOSITE: dict[Flaw, Callable[[Attributes, str], bool]] = {
    Flaw.UNDEREXPOSED: _brighten,
    Flaw.OVEREXPOSED: _darken,
    Flaw.LOW_CONTRAST: _contrast,
    Flaw.OVERSATURATED: _saturation(_PALE, sign=-1),
    Flaw.UNDERSATURATED: _saturation(_COLOURFUL, sign=1),
    Flaw.COLOR_CAST: _cast,
    Flaw.NOISE: _beyond("noise", _QUIET, sign=-1),
    Flaw.BLUR: _beyond("subject_sharpness", _SHARP_PX, sign=1),
    Flaw.MOTION_BLUR: _beyond("motion_blur", _STILL, sign=-1),
    Flaw.JPEG_ARTIFACTS: _blocking,
    Flaw.TILTED_HORIZON: _tilt,
    Flaw.VIGNETTING: _beyond("vignetting", _EVEN_EV, sign=1),
}
