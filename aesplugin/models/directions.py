"""The way out of each flaw, in a word or two; what `Suggestion.direction` may say."""

from aesplugin.assessment import Flaw

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
