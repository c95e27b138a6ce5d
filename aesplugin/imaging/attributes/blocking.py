"""Does the 8 x 8 grid of a hard JPEG compression show?"""

import numpy as np

from aesplugin.assessment import Attribute, Verdict
from aesplugin.imaging.attributes.planes import Plane, Planes

_GRID = 8
_LARGE = 512
_CAP = 12.0  # levels; a real edge that happens to lie on the grid counts no more than this
# Calibrated on clean photos and hard-compressed copies.
_FAINT, _VISIBLE = 1.0, 1.3
_FINE_QUALITY, _COARSE_QUALITY = 50.0, 20.0
_STILL_SHOWS = 2.0  # downscaling beyond this averages the grid away


def measure_blocking(
    planes: Planes, *, jpeg_quality: float | None, shrink: float
) -> dict[str, Attribute]:
    """`jpeg_blocking`: luma levels by which steps on the 8-pixel grid exceed steps off it.

    Measured where the picture has its original size (`shrink`, original over rendition, is 1);
    elsewhere the value is None and only the file's own JPEG quality can speak.
    """
    value = _grid_step(planes.grey) if abs(shrink - 1) < 0.005 else None
    coarse = jpeg_quality is not None and jpeg_quality <= _COARSE_QUALITY
    if value is not None:
        if value > _VISIBLE:
            verdict = Verdict.POOR
        else:
            verdict = Verdict.GOOD if value < _FAINT and not coarse else Verdict.CANT_TELL
    elif jpeg_quality is None or _COARSE_QUALITY < jpeg_quality < _FINE_QUALITY:
        verdict = Verdict.CANT_TELL
    elif coarse:
        verdict = Verdict.POOR if shrink <= _STILL_SHOWS else Verdict.CANT_TELL
    else:
        verdict = Verdict.GOOD
    return {"jpeg_blocking": Attribute(value, "levels", verdict)}


def _grid_step(grey: Plane) -> float | None:
    if min(grey.shape) < 4 * _GRID:
        return None
    thin = 2 if max(grey.shape) > _LARGE else 1  # half of the lines of a large photo tell enough
    return (_axis_step(grey[::thin]) + _axis_step(grey.T[::thin])) / 2


def _axis_step(grey: Plane) -> float:
    """How far the strongest of the eight possible grid columns stands out from the other seven."""
    step = np.abs(grey[:, 1:] - grey[:, :-1])
    beyond = step[:, 1:-1] - (step[:, :-2] + step[:, 2:]) / 2
    profile = np.minimum(beyond, _CAP).mean(0)
    usable = len(profile) // _GRID * _GRID
    phases = profile[:usable].reshape(-1, _GRID).mean(0)  # [8]
    best = int(phases.argmax())
    return float(phases[best] - np.delete(phases, best).mean())
