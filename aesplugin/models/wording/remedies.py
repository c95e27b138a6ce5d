"""The way out of each flaw, in a word or two; what `Suggestion.direction` may say."""

from collections.abc import Iterable

from aesplugin.assessment import Flaw, Suggestion

UNDIRECTED = "reframe"
"""The way out of a poor placement where nobody can tell which way: no network names it."""

DIRECTIONS: dict[Flaw, tuple[str, ...]] = {
    Flaw.UNDEREXPOSED: ("brighten",),
    Flaw.OVEREXPOSED: ("darken",),
    Flaw.LOW_CONTRAST: ("raise contrast",),
    Flaw.OVERSATURATED: ("reduce saturation",),
    Flaw.UNDERSATURATED: ("add saturation",),
    Flaw.COLOR_CAST: ("cool down", "warm up", "less green", "less magenta"),
    Flaw.NOISE: ("reduce noise",),
    Flaw.BLUR: ("sharpen",),
    Flaw.MOTION_BLUR: ("steady",),
    Flaw.JPEG_ARTIFACTS: ("save finer",),
    Flaw.TILTED_HORIZON: ("rotate left", "rotate right"),
    Flaw.CUT_SUBJECT: ("widen",),
    Flaw.POOR_PLACEMENT: (UNDIRECTED, "aim left", "aim right", "aim up", "aim down"),
    Flaw.VIGNETTING: ("lighten corners",),
    Flaw.CLUTTER: ("simplify",),
    Flaw.MIXED_OR_FLASH_LIGHT: ("soften the light",),
    Flaw.CLIPPED_HIGHLIGHTS: ("recover highlights",),
    Flaw.BLOCKED_SHADOWS: ("open shadows",),
}
"""`rotate left` is counter-clockwise; `aim left` is for a subject too near the left edge, `reframe`
for one that stands badly in the frame in any way."""


_STRENGTHS = ((0.3, "slightly"), (0.62, "clearly"), (1.01, "strongly"))

_HOW_MUCH: dict[Flaw, tuple[str, str, str]] = {
    Flaw.UNDEREXPOSED: ("a little", "clearly", "a lot"),
    Flaw.OVEREXPOSED: ("a little", "clearly", "a lot"),
    Flaw.TILTED_HORIZON: ("a little", "clearly", "a lot"),
    Flaw.VIGNETTING: ("a little", "clearly", "a lot"),
}

_ADVICE: dict[tuple[Flaw, str], str] = {
    (Flaw.UNDEREXPOSED, "brighten"): "lift the exposure {much}, most of it in the shadows",
    (Flaw.OVEREXPOSED, "darken"): "lower the exposure {much} and pull the highlights back",
    (Flaw.LOW_CONTRAST, "raise contrast"): "the tones are {how} flat: set a deeper black point "
    "and raise the contrast",
    (Flaw.OVERSATURATED, "reduce saturation"): "the colours are {how} overdone: reduce the "
    "saturation until skin, grass and sky look natural",
    (Flaw.UNDERSATURATED, "add saturation"): "the colours are {how} washed out: add vibrance "
    "before saturation",
    (Flaw.COLOR_CAST, "cool down"): "the photo is {how} too warm: move the white balance "
    "toward blue",
    (Flaw.COLOR_CAST, "warm up"): "the photo is {how} too cold: move the white balance "
    "toward yellow",
    (Flaw.COLOR_CAST, "less green"): "there is a {how} visible green cast: move the tint "
    "toward magenta",
    (Flaw.COLOR_CAST, "less magenta"): "there is a {how} visible magenta cast: move the tint "
    "toward green",
    (Flaw.NOISE, "reduce noise"): "the noise is {how} visible: reduce it, colour noise first, "
    "and next time use a lower ISO",
    (Flaw.BLUR, "sharpen"): "the photo is {how} out of focus: sharpen it with a small radius, "
    "and next time focus on the subject",
    (Flaw.MOTION_BLUR, "steady"): "the photo is {how} blurred by movement: next time use a "
    "shorter exposure or a tripod",
    (Flaw.JPEG_ARTIFACTS, "save finer"): "the compression is {how} visible: export again from "
    "the original at a higher quality",
    (Flaw.TILTED_HORIZON, "rotate left"): "turn the photo to the left {much}",
    (Flaw.TILTED_HORIZON, "rotate right"): "turn the photo to the right {much}",
    (Flaw.CUT_SUBJECT, "widen"): "the frame cuts into the subject: use a wider crop, or step "
    "back next time",
    (Flaw.POOR_PLACEMENT, "reframe"): "the subject stands awkwardly in the frame: crop or reframe "
    "so that it has room where it looks or moves, and nothing empty outweighs it",
    (Flaw.POOR_PLACEMENT, "aim left"): "the subject is pressed against the left edge: leave "
    "room on the left, or crop the right side",
    (Flaw.POOR_PLACEMENT, "aim right"): "the subject is pressed against the right edge: leave "
    "room on the right, or crop the left side",
    (Flaw.POOR_PLACEMENT, "aim up"): "the subject is pressed against the upper edge: leave "
    "room above, or crop the bottom",
    (Flaw.POOR_PLACEMENT, "aim down"): "the subject is pressed against the lower edge: leave "
    "room below, or crop the top",
    (Flaw.VIGNETTING, "lighten corners"): "lighten the corners {much}, or switch on the "
    "lens correction",
    (Flaw.CLUTTER, "simplify"): "the surroundings compete with the subject: move closer, change "
    "the angle, or crop the distractions away",
    (Flaw.MIXED_OR_FLASH_LIGHT, "soften the light"): "the light is hard or mixed: bounce or "
    "diffuse the flash, or use one light source alone",
    (Flaw.CLIPPED_HIGHLIGHTS, "recover highlights"): "the brightest parts have lost their detail: "
    "pull the highlights back, and next time expose for them",
    (Flaw.BLOCKED_SHADOWS, "open shadows"): "the darkest parts have lost their detail: open the "
    "shadows, and next time add fill light or expose longer",
}


def strength_label(strength: float) -> str:
    """`strength` 0..1 as slightly, clearly or strongly."""
    return next(word for bound, word in _STRENGTHS if strength < bound or bound > 1)


def suggest(flaw: Flaw, direction: str, strength: float) -> Suggestion:
    """The suggestion against one flaw; `direction` is one of `DIRECTIONS[flaw]`."""
    strength = min(max(strength, 0.0), 1.0)
    how = strength_label(strength)
    index = [word for _, word in _STRENGTHS].index(how)
    much = _HOW_MUCH[flaw][index] if flaw in _HOW_MUCH else ""
    advice = _ADVICE[flaw, direction].format(much=much, how=how)
    return Suggestion(flaw=flaw, direction=direction, strength=round(strength, 3), advice=advice)


_OPPOSED = (
    frozenset({Flaw.UNDEREXPOSED, Flaw.OVEREXPOSED}),
    frozenset({Flaw.OVERSATURATED, Flaw.UNDERSATURATED}),
    frozenset({Flaw.CUT_SUBJECT, Flaw.POOR_PLACEMENT}),  # "use a wider crop", "crop the right side"
)


def consistent(suggestions: Iterable[Suggestion]) -> tuple[Suggestion, ...]:
    """The suggestions in their order, less each that contradicts one before it.

    Two contradict each other where they ask for opposite things (brighten and darken), or for two
    ways out of one flaw (rotate left and rotate right).
    """
    kept: list[Suggestion] = []
    for suggestion in suggestions:
        if not any(_contrary(suggestion.flaw, other.flaw) for other in kept):
            kept.append(suggestion)
    return tuple(kept)


def _contrary(one: Flaw, other: Flaw) -> bool:
    return one is other or frozenset({one, other}) in _OPPOSED
