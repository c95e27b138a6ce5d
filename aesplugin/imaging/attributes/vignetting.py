"""Do the corners fall off in brightness, as a lens makes them?"""

import numpy as np
from PIL import Image

from aesplugin.assessment import Attribute, Verdict
from aesplugin.imaging.attributes.planes import LINEAR, LUMINANCE, Pixels, Plane, Planes

_SIDE = 96
_OBJECT = 14.0  # stops from centre to corner; steeper slopes are edges of things
_DARK = -6.0  # log2 luminance; black says nothing of the lens
_RINGS = 5
# Calibrated on clean photos and copies with darkened corners.
_FALLING, _EVEN, _VISIBLE = 0.54, 0.25, -1.0


def measure_vignetting(planes: Planes) -> dict[str, Attribute]:
    """`vignetting`: stops from the centre to the corners, negative where corners are darker.

    A lens darkens every surface along the radius alike, a scene does not; so the slopes of smooth
    parts are gathered, edges of things left out (after Zheng et al., CVPR 2008).
    """
    if min(planes.small.shape[:2]) < 24:
        return {"vignetting": Attribute(None, "EV", Verdict.CANT_TELL)}
    slope, radius = _radial_slopes(planes.small)
    outer = slope[radius > 0.4]
    if len(outer) < 200:
        return {"vignetting": Attribute(None, "EV", Verdict.CANT_TELL)}
    falling = -float(np.tanh(outer / 2).mean())
    rings = np.minimum((radius * _RINGS).astype(np.intp), _RINGS - 1)
    sums = np.bincount(rings, slope, _RINGS) / np.maximum(np.bincount(rings, minlength=_RINGS), 1)
    value = float(sums.sum() / _RINGS)
    if falling > _FALLING and value < _VISIBLE:
        verdict = Verdict.POOR
    else:
        verdict = Verdict.GOOD if abs(falling) < _EVEN else Verdict.CANT_TELL
    return {"vignetting": Attribute(value, "EV", verdict)}


def _radial_slopes(pixels: Pixels) -> tuple[Plane, Plane]:
    """Of the smooth, not black pixels: stops a unit of radius, and the radius (1 in corners)."""
    image = Image.fromarray(pixels)
    scale = min(1.0, _SIDE / max(image.size))
    size = (max(2, round(image.width * scale)), max(2, round(image.height * scale)))
    linear = LINEAR[np.asarray(image.resize(size, Image.Resampling.BOX))] @ LUMINANCE
    log = np.log2(linear + np.float32(0.004))  # [h, w]
    height, width = log.shape
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    down, across = np.gradient(log)
    down, across = down * (height - 1) / 2, across * (width - 1) / 2
    reach = np.sqrt(x * x + y * y + 1e-9)
    outward = (across * x + down * y) / reach * np.sqrt(2)
    around = (across * y - down * x) / reach * np.sqrt(2)
    keep = (np.hypot(outward, around) < _OBJECT) & (log > _DARK)
    return outward[keep], (reach / np.sqrt(2))[keep]
