"""How colourful a photo is, and whether one colour lies over all of it."""

import numpy as np

from aesplugin.assessment import Attribute, Verdict
from aesplugin.imaging.attributes.planes import LINEAR, Pixels, Plane, Planes
from aesplugin.quantiles import quantiles

# Calibrated on clean photos and copies with more, less and shifted colour.
_GARISH, _MUTED, _VIVID_ENOUGH, _MONOCHROME = 2.3, 17.0, 24.0, 3.0
_CAST_LIMITS = {"color_cast": (-0.24, 0.75), "color_tint": (-0.45, 0.38)}

_XYZ = np.array(  # linear sRGB to XYZ, scaled to the D65 white (IEC 61966-2-1)
    [[0.4339, 0.3762, 0.1899], [0.2126, 0.7152, 0.0722], [0.0177, 0.1095, 0.8728]], np.float32
)


def measure_colour(planes: Planes) -> dict[str, Attribute]:
    """`colorfulness` (Hasler and Suesstrunk, SPIE 2003), 0 grey to about 110 extremely colourful.

    `color_cast` and `color_tint` in stops, the light's colour against neutral: warm (+) or cool
    (-), half of log2(red/blue); magenta (+) or green (-), log2(red*blue)/2 - log2(green).
    """
    return {"colorfulness": _colorfulness(planes), **_casts(planes.color)}


def _colorfulness(planes: Planes) -> Attribute:
    red, green, blue = planes.small.astype(np.float32).reshape(-1, 3).T
    rg, yb = red - green, (red + green) / 2 - blue
    value = float(np.hypot(rg.std(), yb.std()) + 0.3 * np.hypot(rg.mean(), yb.mean()))
    chroma, vivid = quantiles(_chroma(planes.small), 0.99, 0.998)
    if value < _MONOCHROME:  # black and white is a choice
        verdict = Verdict.CANT_TELL
    elif chroma / 20 + np.log(0.004 + _outside_gamut(planes.sample)) > _GARISH or vivid < _MUTED:
        verdict = Verdict.POOR
    else:
        verdict = Verdict.GOOD if vivid > _VIVID_ENOUGH else Verdict.CANT_TELL
    return Attribute(value, "", verdict)


def _chroma(pixels: Pixels) -> Plane:
    """CIELAB chroma of [h, w, 3] sRGB."""
    xyz = LINEAR.take(pixels) @ _XYZ.T
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    chroma: Plane = np.hypot(500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2]))
    return chroma


def _outside_gamut(levels: Pixels) -> float:
    """Share of pixels whose weakest channel is cut at 0 though they are not dark."""
    return float(((levels.min(0) == 0) & (levels.max(0) > 40)).mean())


def _casts(pixels: Pixels) -> dict[str, Attribute]:
    light = _light(pixels)
    if light is None:
        nothing = Attribute(None, "EV", Verdict.CANT_TELL)
        return {"color_cast": nothing, "color_tint": nothing}
    red, green, blue = light
    values = {"color_cast": (red - blue) / 2, "color_tint": (red + blue) / 2 - green}
    return {name: _cast(name, value) for name, value in values.items()}


def _cast(name: str, value: float) -> Attribute:
    low, high = _CAST_LIMITS[name]
    if not low <= value <= high:
        verdict = Verdict.POOR
    elif low / 2 <= value <= high / 2:
        verdict = Verdict.GOOD
    else:
        verdict = Verdict.CANT_TELL
    return Attribute(value, "EV", verdict)


def _light(pixels: Pixels) -> tuple[float, float, float] | None:
    """The light's log2 R, G, B by the grey-edge hypothesis, or None without edges.

    The strongest edges of a scene average to the colour of its light, whatever its surfaces
    (van de Weijer, Gevers and Gijsenij, TIP 2007; Minkowski norm 8).
    """
    if min(pixels.shape[:2]) < 3:
        return None
    strongest, norms = zip(*(_edge_norm(pixels[..., channel]) for channel in range(3)), strict=True)
    if max(strongest) < 1e-4 or min(norms) < max(norms) / 2**8:
        return None
    red, green, blue = (float(np.log2(norm)) for norm in norms)
    return red, green, blue


def _edge_norm(channel: Pixels) -> tuple[float, float]:
    """Of one channel [h, w]: its strongest squared edge, and the norm 8 of all its edges."""
    linear = LINEAR.take(channel)
    centre = linear[:-1, :-1]
    down, right = linear[1:, :-1] - centre, linear[:-1, 1:] - centre
    energy = down * down + right * right
    strongest = float(energy.max())
    energy /= max(strongest, 1e-12)
    energy *= energy
    mean = float(np.vdot(energy, energy)) / energy.size
    return strongest, max(strongest, 1e-12) ** 0.5 * mean**0.125
