"""Is the camera level? Read from the straight lines that ought to be level or upright."""

import numpy as np
from numpy.typing import NDArray

from aesplugin.assessment import Attribute, Verdict
from aesplugin.imaging.attributes.edges import gradient
from aesplugin.imaging.attributes.planes import Plane, Planes, smooth

_BIN = 0.5  # degrees
_BINS = 360  # half a turn
_REACH = 30  # bins compared on either side: 15 degrees
_SPREAD = 2.0  # degrees a line may be off and still vote
_TOO_COMMON = 0.05  # share of all votes one bin may hold
_LEVEL_FIRST = 0.03  # how much less likely 10 degrees are than none, before looking
_FEW_LINES = 0.01  # share of the picture
# Calibrated on photos and turned copies.
_LEVEL, _CLEARLY, _PEAKED = 1.5, 0.10, 0.03


def measure_tilt(planes: Planes) -> dict[str, Attribute]:
    """`tilt`: degrees the picture is turned clockwise (negative: counter-clockwise), within 15.

    Straight lines vote by their direction, the level and the upright ones together; without lines
    there is no value. Perspective slopes lines too, so a slope needs clear support to be poor.
    """
    votes = _line_directions(planes.smoothed)
    if votes is None:
        return {"tilt": Attribute(None, "degrees", Verdict.CANT_TELL)}
    degrees = np.arange(-_REACH, _REACH + 1) * _BIN
    support = _support(votes) - _LEVEL_FIRST * (degrees / 10) ** 2
    best = int(support.argmax())
    value = float(degrees[best]) + _between(support, best) * _BIN
    over_level = float(support[best] - support[np.abs(degrees) <= 1].max())
    over_others = float(support[best] - support[np.abs(degrees - degrees[best]) >= 4].max())
    if abs(value) >= _LEVEL and over_level > _CLEARLY:
        verdict = Verdict.POOR
    elif abs(value) < _LEVEL and over_others > _PEAKED:
        verdict = Verdict.GOOD
    else:
        verdict = Verdict.CANT_TELL
    return {"tilt": Attribute(value, "degrees", verdict)}


def _line_directions(smoothed: Plane) -> NDArray[np.float64] | None:
    """Votes [360] for the gradient's direction, from 0 (upright line) in half degrees.

    From the structure tensor of the `smoothed` luma; only where all gradients nearby agree.
    """
    if min(smoothed.shape) < 32:
        return None
    across, down = gradient(smoothed)
    products = (across * across, down * down, across * down)
    xx, yy, xy = (smooth(smooth(_halved(product)))[3:-3, 3:-3] for product in products)
    energy = xx + yy
    agreement = np.sqrt((xx - yy) ** 2 + 4 * xy * xy) / (energy + 1)
    weight = np.sqrt(np.minimum(energy, 400)) * np.maximum(agreement - 0.8, 0) * 5
    kept = weight > 0.3
    if kept.sum() < _FEW_LINES * weight.size:
        return None
    direction = np.degrees(0.5 * np.arctan2(2 * xy[kept], (xx - yy)[kept]))
    bins = np.rint(direction / _BIN).astype(np.intp) % _BINS
    votes = np.bincount(bins, weight[kept].astype(np.float64), _BINS)
    capped: NDArray[np.float64] = np.minimum(votes / votes.sum(), _TOO_COMMON)
    return capped


def _halved(plane: Plane) -> Plane:
    """Means of 2 x 2 pixels."""
    height, width = (side // 2 * 2 for side in plane.shape)
    rows = plane[:height:2] + plane[1:height:2]
    mean: Plane = (rows[:, :width:2] + rows[:, 1:width:2]) * np.float32(0.25)
    return mean


def _support(votes: NDArray[np.float64]) -> NDArray[np.float64]:
    """How well each turn [-15..15 degrees] explains the votes as level and upright lines."""
    near = np.arange(-40, 41)
    kernel = np.exp(-np.abs(near) * _BIN / _SPREAD)
    turns = np.arange(-_REACH, _REACH + 1)
    index = turns[:, None] + near[None, :]  # [61, 81]
    upright, level = votes[index % _BINS], votes[(index + _BINS // 2) % _BINS]
    total: NDArray[np.float64] = (upright + level) @ kernel
    return total


def _between(support: NDArray[np.float64], best: int) -> float:
    """Offset of the maximum between bins, -0.5..0.5, by a parabola through three."""
    if not 0 < best < len(support) - 1:
        return 0.0
    before, at, after = support[best - 1 : best + 2]
    bend = float(before - 2 * at + after)
    return 0.0 if bend >= 0 else float(np.clip((before - after) / (2 * bend), -0.5, 0.5))
