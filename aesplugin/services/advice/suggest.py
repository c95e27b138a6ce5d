"""Suggestions and reasons from the measured attributes.

Everything here is drawn from `aesplugin.imaging.attributes`; nothing is an opinion. The directions
are those of `aesplugin.models.wording.remedies`.
"""

from collections.abc import Callable, Mapping

from aesplugin.assessment import Attribute, Flaw, Suggestion, Verdict
from aesplugin.models.wording.remedies import consistent

Attributes = Mapping[str, Attribute]

# How far a value must lie beyond good to count as strength 1: the strong flaws of calibration.
_STRONG_EV, _STRONG_CLIPPED = 3.0, 40.0
_SHARP_PX, _STRONG_STREAK, _STRONG_NOISE = 220.0, 2.5, 20.0
_STRONG_TILT, _STRONG_CAST, _STRONG_BLOCKING, _STRONG_CORNERS = 10.0, 1.5, 5.0, 4.0
_LEAST_CAST = 0.05  # EV; a smaller one would be shown as 0.0
_FLAT_CONTRAST, _STRONG_CONTRAST = 70.0, 30.0
_MUTED_BELOW = 40.0  # colourfulness: garish photos lie far above, washed-out ones below
_LOST_SHADOWS = 5.0  # per cent of black pixels from which on shadows hold no detail


def suggestions_from(attributes: Attributes) -> tuple[Suggestion, ...]:
    """One suggestion for each flaw measured as poor, the strongest first; none for a good photo.

    Where two ask for opposite things (a dark photo with blown highlights), the stronger wins.
    """
    found = [made for make in _MAKERS if (made := make(attributes)) is not None]
    found.sort(key=lambda suggestion: (-suggestion.strength, suggestion.flaw))
    return consistent(found)


def reasons(attributes: Attributes) -> list[str]:
    """Short reasons, what is poor before what is good; at most five."""
    found = [(words[1], a) for name, words in _WORDS.items() if (a := attributes.get(name))]
    poor = [_against(name, attributes[name]) for name in _WORDS if _is_poor(attributes, name)]
    good = [words for words, attribute in found if attribute.verdict is Verdict.GOOD and words]
    return [*poor, *good][:5]


# The reason for an attribute that is poor, and for one that is good ("" = none).
_WORDS: dict[str, tuple[str, str]] = {
    "subject_sharpness": ("no part is sharp", "sharp subject"),
    "motion_blur": ("streaked by movement, {:.1f} % of the frame", ""),
    "exposure": ("{:+.1f} EV from mid grey", "well exposed"),
    "clipped_highlights": ("highlights clipped on {:.0f} % of the frame", ""),
    "clipped_shadows": ("shadows black on {:.0f} % of the frame", ""),
    "contrast": ("only {:.0f} % of the tonal range used", "full tonal range"),
    "color_cast": ("colour cast {:+.1f} EV (warm +, cool -)", ""),
    "color_tint": ("tint {:+.1f} EV (magenta +, green -)", ""),
    "colorfulness": ("colours out of balance ({:.0f})", "natural colours"),
    "noise": ("noise of {:.0f} levels", "little noise"),
    "tilt": ("tilted {:+.1f} degrees", "level"),
    "jpeg_blocking": ("compression blocks show", ""),
    "vignetting": ("corners {:.1f} EV darker", ""),
}


def _against(name: str, attribute: Attribute) -> str:
    value = attribute.value
    return _WORDS[name][0].format(value) if value is not None else name.replace("_", " ")


def _is_poor(attributes: Attributes, name: str) -> bool:
    found = attributes.get(name)
    return found is not None and found.verdict is Verdict.POOR


def _value(attributes: Attributes, name: str) -> float | None:
    found = attributes.get(name)
    return found.value if found is not None else None


def _poor_value(attributes: Attributes, name: str) -> float | None:
    return _value(attributes, name) if _is_poor(attributes, name) else None


def _suggestion(flaw: Flaw, direction: str, strength: float, advice: str) -> Suggestion:
    bounded = round(min(max(strength, 0.05), 1.0), 3)
    return Suggestion(flaw=flaw, direction=direction, strength=bounded, advice=advice)


def _underexposed(attributes: Attributes) -> Suggestion | None:
    ev = _poor_value(attributes, "exposure")
    if ev is None or ev >= 0:
        return None
    room = _value(attributes, "headroom")
    stops = max(0.5, min(-ev, room if room is not None and room > 0 else -ev))
    lost = (_value(attributes, "clipped_shadows") or 0.0) > _LOST_SHADOWS
    rest = "the deepest shadows stay black" if lost else "the shadows hold detail"
    advice = f"lift the exposure by about {_stops(stops)}; {rest}"
    return _suggestion(Flaw.UNDEREXPOSED, "brighten", stops / _STRONG_EV, advice)


def _overexposed(attributes: Attributes) -> Suggestion | None:
    ev = _poor_value(attributes, "exposure")
    clipped = _poor_value(attributes, "clipped_highlights")
    if (ev is None or ev <= 0) and clipped is None:
        return None
    lost = _value(attributes, "clipped_highlights") or 0.0
    strength = max((ev or 0.0) / _STRONG_EV, lost / _STRONG_CLIPPED)
    advice = f"pull the highlights down: {lost:.0f} % of the frame is white without detail"
    if ev is not None and ev > 0:
        advice = f"lower the exposure by about {_stops(ev)}; {lost:.0f} % of the frame is white"
    return _suggestion(Flaw.OVEREXPOSED, "darken", strength, advice)


def _low_contrast(attributes: Attributes) -> Suggestion | None:
    used = _poor_value(attributes, "contrast")
    if used is None:
        return None
    strength = (_FLAT_CONTRAST - used) / (_FLAT_CONTRAST - _STRONG_CONTRAST)
    advice = f"set black and white points: the tones use only {used:.0f} % of the range"
    return _suggestion(Flaw.LOW_CONTRAST, "raise contrast", strength, advice)


def _colours(attributes: Attributes) -> Suggestion | None:
    value = _poor_value(attributes, "colorfulness")
    if value is None:
        return None
    if value < _MUTED_BELOW:
        advice = f"add some vibrance: the colours are pale (colourfulness {value:.0f})"
        strength = 1 - value / _MUTED_BELOW
        return _suggestion(Flaw.UNDERSATURATED, "add saturation", strength, advice)
    advice = f"reduce the saturation: colours run out of range (colourfulness {value:.0f})"
    return _suggestion(Flaw.OVERSATURATED, "reduce saturation", value / 110, advice)


def _cast(attributes: Attributes) -> Suggestion | None:
    warm = _poor_value(attributes, "color_cast") or 0.0
    tint = _poor_value(attributes, "color_tint") or 0.0
    if max(abs(warm), abs(tint)) < _LEAST_CAST:
        return None
    if abs(warm) >= abs(tint):
        value = warm
        direction = "cool down" if value > 0 else "warm up"
        advice = f"move the white balance toward {'blue' if value > 0 else 'yellow'}"
    else:
        value = tint
        direction = "less magenta" if value > 0 else "less green"
        advice = f"move the tint toward {'green' if value > 0 else 'magenta'}"
    advice += f": the light is {abs(value):.1f} EV off neutral"
    return _suggestion(Flaw.COLOR_CAST, direction, abs(value) / _STRONG_CAST, advice)


def _noise(attributes: Attributes) -> Suggestion | None:
    sigma = _poor_value(attributes, "noise")
    if sigma is None:
        return None
    advice = f"reduce the noise ({sigma:.0f} levels in flat parts); next time use a lower ISO"
    return _suggestion(Flaw.NOISE, "reduce noise", sigma / _STRONG_NOISE, advice)


def _blur(attributes: Attributes) -> Suggestion | None:
    resolved = _poor_value(attributes, "subject_sharpness")
    if resolved is None:
        return None
    advice = "no part of the frame is sharp: sharpen a little, next time focus on the subject"
    return _suggestion(Flaw.BLUR, "sharpen", 1 - resolved / _SHARP_PX, advice)


def _motion(attributes: Attributes) -> Suggestion | None:
    length = _poor_value(attributes, "motion_blur")
    if length is None:
        return None
    advice = f"streaks of {length:.1f} % of the frame: use a shorter exposure or a tripod"
    return _suggestion(Flaw.MOTION_BLUR, "steady", length / _STRONG_STREAK, advice)


def _tilt(attributes: Attributes) -> Suggestion | None:
    degrees = _poor_value(attributes, "tilt")
    if degrees is None:
        return None
    direction = "rotate left" if degrees > 0 else "rotate right"
    advice = f"{direction} by {abs(degrees):.1f} degrees to level the picture"
    return _suggestion(Flaw.TILTED_HORIZON, direction, abs(degrees) / _STRONG_TILT, advice)


def _blocking(attributes: Attributes) -> Suggestion | None:
    if not _is_poor(attributes, "jpeg_blocking"):
        return None
    step = _value(attributes, "jpeg_blocking")
    strength = 0.5 if step is None else step / _STRONG_BLOCKING
    advice = "export again from the original at a higher JPEG quality: its blocks show"
    return _suggestion(Flaw.JPEG_ARTIFACTS, "save finer", strength, advice)


def _vignetting(attributes: Attributes) -> Suggestion | None:
    fall = _poor_value(attributes, "vignetting")
    if fall is None:
        return None
    advice = f"lighten the corners by about {_stops(abs(fall))}, or use the lens correction"
    return _suggestion(Flaw.VIGNETTING, "lighten corners", abs(fall) / _STRONG_CORNERS, advice)


def _stops(ev: float) -> str:
    rounded = max(0.5, round(abs(ev) * 2) / 2)
    return "1 stop" if rounded == 1 else f"{rounded:g} stops"


_MAKERS: tuple[Callable[[Attributes], Suggestion | None], ...] = (
    _underexposed,
    _overexposed,
    _low_contrast,
    _colours,
    _cast,
    _noise,
    _blur,
    _motion,
    _tilt,
    _blocking,
    _vignetting,
)
