"""Advice and reasons from what was measured: never an opinion, always with the figure behind it.

A suggestion needs a `poor` verdict; where the measurement cannot tell, nothing is advised.
"""

from collections.abc import Callable, Mapping

from aesplugin.assessment import Attribute, Flaw, Suggestion, Verdict

Attributes = Mapping[str, Attribute]
Adviser = Callable[[Attributes], Suggestion | None]

_COLOURLESS = 30.0  # colourfulness; a poor one below is too little, above too much


def suggestions_from(attributes: Attributes) -> tuple[Suggestion, ...]:
    """One suggestion for each flaw measured, the strongest first; none for a faultless photo.

    What only follows from another flaw is not named beside it: a grey veil also mutes colour.
    """
    found = [s for adviser in _ADVISERS if (s := adviser(attributes)) is not None]
    flaws = {s.flaw for s in found}
    hidden = {follows for cause in flaws for follows in _FOLLOWS_FROM.get(cause, ())}
    kept = [s for s in found if s.flaw not in hidden]
    return tuple(sorted(kept, key=lambda s: -s.strength))


def contradicts(suggestion: Suggestion, attributes: Attributes) -> bool:
    """Whether the measurement speaks against an advice; where it cannot tell, it does not.

    Placement and cut subjects are not measured, so they are never contradicted.
    """
    if suggestion.flaw is Flaw.COLOR_CAST:
        return _against_cast(suggestion.direction, attributes)
    if suggestion.flaw is Flaw.TILTED_HORIZON:
        return _against_turn(suggestion.direction, attributes)
    check = _AGAINST.get(suggestion.flaw)
    return check is not None and check(attributes)


def reasons(attributes: Attributes) -> list[str]:
    """Short reasons for the report: what speaks against the photo first, then what speaks for it."""
    against = [_REASON_AGAINST[s.flaw](attributes) for s in suggestions_from(attributes)]
    told = any(s.flaw is Flaw.OVEREXPOSED for s in suggestions_from(attributes))
    blown = _value(attributes, "clipped_highlights")
    if blown >= 2 and not told:
        against.append(f"highlights clipped {blown:.0f} %")
    return against + [text for name, text in _PRAISE.items() if _good(attributes, name)]


def _value(attributes: Attributes, name: str, default: float = 0.0) -> float:
    found = attributes.get(name)
    return default if found is None or found.value is None else found.value


def _poor(attributes: Attributes, name: str) -> bool:
    return name in attributes and attributes[name].verdict is Verdict.POOR


def _good(attributes: Attributes, name: str) -> bool:
    return name in attributes and attributes[name].verdict is Verdict.GOOD


def _strength(value: float) -> float:
    return round(min(max(value, 0.05), 1.0), 3)


def _stops(value: float) -> str:
    """Rounded to half stops, at least half a stop: "1 stop", "1.5 stops"."""
    halves = max(round(value * 2), 1) / 2
    return f"{halves:g} stop" + ("" if halves <= 1 else "s")


# -- one adviser a flaw -----------------------------------------------------------------------


def _underexposed(attributes: Attributes) -> Suggestion | None:
    if not _poor(attributes, "exposure") or _value(attributes, "exposure") >= 0:
        return None
    lift = _lift(attributes)
    black = _value(attributes, "clipped_shadows")
    rest = "the shadows hold detail" if black < 5 else f"{black:.0f} % is black and stays black"
    return Suggestion(
        flaw=Flaw.UNDEREXPOSED,
        direction="brighten",
        strength=_strength(lift / 2.5),
        advice=f"Lift the exposure by about {_stops(lift)}; {rest}.",
    )


def _lift(attributes: Attributes) -> float:
    """Stops: up to mid grey, but no further than the highlights allow."""
    dark = -_value(attributes, "exposure")
    return min(_value(attributes, "headroom", dark), dark)


def _overexposed(attributes: Attributes) -> Suggestion | None:
    bright = _poor(attributes, "exposure") and _value(attributes, "exposure") > 0
    if not bright and not _poor(attributes, "clipped_highlights"):
        return None
    share = _value(attributes, "clipped_highlights")
    if bright:
        advice = f"Darken it by about {_stops(_value(attributes, 'exposure'))}"
    else:
        advice = "Bring the highlights down"
    return Suggestion(
        flaw=Flaw.OVEREXPOSED,
        direction="darken",
        strength=_strength(0.2 + share / 75),
        advice=f"{advice}; {share:.0f} % of the photo is clipped to white and is lost in a JPEG.",
    )


def _low_contrast(attributes: Attributes) -> Suggestion | None:
    if not _poor(attributes, "contrast"):
        return None
    span = _value(attributes, "contrast")
    return Suggestion(
        flaw=Flaw.LOW_CONTRAST,
        direction="raise contrast",
        strength=_strength((90 - span) / 70),
        advice=f"Set the black and white points: the tones use only {span:.0f} % of the range.",
    )


def _saturation(attributes: Attributes) -> Suggestion | None:
    if not _poor(attributes, "colorfulness"):
        return None
    value = _value(attributes, "colorfulness")
    if value < _COLOURLESS:
        return Suggestion(
            flaw=Flaw.UNDERSATURATED,
            direction="add saturation",
            strength=_strength(0.9 - value / 30),
            advice=f"Add some saturation, or make it black and white: colourfulness {value:.0f}.",
        )
    return Suggestion(
        flaw=Flaw.OVERSATURATED,
        direction="reduce saturation",
        strength=_strength((value - 20) / 110),
        advice=f"Take the saturation back: colourfulness {value:.0f}, and colours are clipped.",
    )


def _color_cast(attributes: Attributes) -> Suggestion | None:
    casts = {name: _value(attributes, name) for name in _CAST_WORDS if _poor(attributes, name)}
    if not casts:
        return None
    name = max(casts, key=lambda key: abs(casts[key]))
    value = casts[name]
    (look, direction), amount = _CAST_WORDS[name][value > 0], abs(value)
    return Suggestion(
        flaw=Flaw.COLOR_CAST,
        direction=direction,
        strength=_strength(amount / 1.2),
        advice=f"Shift the white balance: {direction}; the light is {look} by {amount:.1f} EV.",
    )


_CAST_WORDS = {  # negative value, positive value: how the light looks, and the way out
    "color_cast": (("cool", "warm up"), ("warm", "cool down")),
    "color_tint": (("green", "less green"), ("magenta", "less magenta")),
}


def _noise(attributes: Attributes) -> Suggestion | None:
    if not _poor(attributes, "noise"):
        return None
    sigma = _value(attributes, "noise")
    return Suggestion(
        flaw=Flaw.NOISE,
        direction="reduce noise",
        strength=_strength(sigma / 14),
        advice=f"Reduce the noise: about {sigma:.0f} of 255 levels even in flat areas.",
    )


def _blur(attributes: Attributes) -> Suggestion | None:
    if not _poor(attributes, "subject_sharpness"):
        return None
    resolved = _value(attributes, "subject_sharpness")
    return Suggestion(
        flaw=Flaw.BLUR,
        direction="sharpen",
        strength=_strength(1.2 - resolved / 170),
        advice="Sharpen it, or choose a frame in focus: even its sharpest part resolves only "
        f"{resolved:.0f} pixels of the long side.",
    )


def _motion_blur(attributes: Attributes) -> Suggestion | None:
    if not _poor(attributes, "motion_blur"):
        return None
    length = _value(attributes, "motion_blur")
    return Suggestion(
        flaw=Flaw.MOTION_BLUR,
        direction="steady",
        strength=_strength(0.2 + length / 7),
        advice="Choose a steadier frame, or a shorter exposure next time: edges are streaked by "
        f"{length:.1f} % of the long side.",
    )


def _jpeg(attributes: Attributes) -> Suggestion | None:
    if not _poor(attributes, "jpeg_blocking"):
        return None
    step = attributes["jpeg_blocking"].value
    seen = "" if step is None else f": the 8-pixel blocks stand {step:.1f} levels apart"
    return Suggestion(
        flaw=Flaw.JPEG_ARTIFACTS,
        direction="save finer",
        strength=_strength(0.6 if step is None else step / 5),
        advice=f"Export it again from the original at a higher JPEG quality{seen}.",
    )


def _tilt(attributes: Attributes) -> Suggestion | None:
    if not _poor(attributes, "tilt"):
        return None
    degrees = _value(attributes, "tilt")
    side = "left" if degrees > 0 else "right"
    return Suggestion(
        flaw=Flaw.TILTED_HORIZON,
        direction=f"rotate {side}",
        strength=_strength(abs(degrees) / 12),
        advice=f"Rotate it about {abs(degrees):.1f} degrees to the {side}.",
    )


def _vignetting(attributes: Attributes) -> Suggestion | None:
    if not _poor(attributes, "vignetting"):
        return None
    stops = -_value(attributes, "vignetting")
    return Suggestion(
        flaw=Flaw.VIGNETTING,
        direction="lighten corners",
        strength=_strength(stops / 5),
        advice=f"Lighten the corners: they fall off by about {_stops(stops)}.",
    )


_ADVISERS: tuple[Adviser, ...] = (
    _underexposed,
    _overexposed,
    _low_contrast,
    _saturation,
    _color_cast,
    _noise,
    _blur,
    _motion_blur,
    _jpeg,
    _tilt,
    _vignetting,
)

_FOLLOWS_FROM = {
    Flaw.LOW_CONTRAST: (Flaw.UNDERSATURATED, Flaw.UNDEREXPOSED),
    Flaw.UNDEREXPOSED: (Flaw.UNDERSATURATED,),
    Flaw.OVERSATURATED: (Flaw.COLOR_CAST,),
    Flaw.MOTION_BLUR: (Flaw.BLUR,),
}

# -- what speaks against an advice ------------------------------------------------------------

_AGAINST: dict[Flaw, Callable[[Attributes], bool]] = {
    Flaw.UNDEREXPOSED: lambda a: _value(a, "exposure") > 0.5 or _poor(a, "clipped_highlights"),
    Flaw.OVEREXPOSED: lambda a: (
        _value(a, "exposure") < -0.5 and _value(a, "clipped_highlights") < 2
    ),
    Flaw.LOW_CONTRAST: lambda a: _value(a, "contrast") > 85,
    Flaw.OVERSATURATED: lambda a: _value(a, "colorfulness", _COLOURLESS) < _COLOURLESS,
    Flaw.UNDERSATURATED: lambda a: _value(a, "colorfulness") > 60,
    Flaw.NOISE: lambda a: _good(a, "noise"),
    Flaw.BLUR: lambda a: _good(a, "subject_sharpness") and not _poor(a, "motion_blur"),
    Flaw.MOTION_BLUR: lambda a: _good(a, "motion_blur"),
    Flaw.JPEG_ARTIFACTS: lambda a: _good(a, "jpeg_blocking"),
    Flaw.VIGNETTING: lambda a: _value(a, "vignetting") > 0.3,
}

_OPPOSITE = {  # advice: the attribute, and the sign of a value that already lies that way
    "warm up": ("color_cast", 1),
    "cool down": ("color_cast", -1),
    "less green": ("color_tint", 1),
    "less magenta": ("color_tint", -1),
}


def _against_cast(direction: str, attributes: Attributes) -> bool:
    name, sign = _OPPOSITE.get(direction, ("", 0))
    return name in attributes and sign * _value(attributes, name) > 0.1


def _against_turn(direction: str, attributes: Attributes) -> bool:
    if _good(attributes, "tilt"):
        return True
    wanted = 1 if direction == "rotate left" else -1
    return _poor(attributes, "tilt") and wanted * _value(attributes, "tilt") < 0


# -- reasons ----------------------------------------------------------------------------------

_REASON_AGAINST: dict[Flaw, Callable[[Attributes], str]] = {
    Flaw.UNDEREXPOSED: lambda a: f"too dark by about {_stops(_lift(a))}",
    Flaw.OVEREXPOSED: lambda a: f"highlights clipped {_value(a, 'clipped_highlights'):.0f} %",
    Flaw.LOW_CONTRAST: lambda a: f"flat: {_value(a, 'contrast'):.0f} % of the tonal range",
    Flaw.OVERSATURATED: lambda _: "garish colours",
    Flaw.UNDERSATURATED: lambda _: "pale colours",
    Flaw.COLOR_CAST: lambda a: f"{_cast_look(a)} colour cast",
    Flaw.NOISE: lambda a: f"noise of {_value(a, 'noise'):.0f} levels",
    Flaw.BLUR: lambda _: "nothing is sharp",
    Flaw.MOTION_BLUR: lambda _: "motion blur",
    Flaw.JPEG_ARTIFACTS: lambda _: "JPEG blocks show",
    Flaw.TILTED_HORIZON: lambda a: f"tilted by {abs(_value(a, 'tilt')):.0f} degrees",
    Flaw.VIGNETTING: lambda a: f"corners {_stops(-_value(a, 'vignetting'))} darker",
}

_PRAISE = {
    "subject_sharpness": "sharp subject",
    "exposure": "well exposed",
    "contrast": "full tonal range",
    "noise": "little noise",
    "tilt": "level",
}


def _cast_look(attributes: Attributes) -> str:
    looks = {
        abs(_value(attributes, name)): words[_value(attributes, name) > 0][0]
        for name, words in _CAST_WORDS.items()
        if _poor(attributes, name)
    }
    return looks[max(looks)]
