"""Is the subject sharp (wherever it is), and did the camera or the subject move?"""

import numpy as np
from numpy.typing import NDArray

from aesplugin.assessment import Attribute, Verdict
from aesplugin.imaging.attributes.edges import Edges, edges_of
from aesplugin.imaging.attributes.planes import Plane, Planes
from aesplugin.quantiles import quantiles

_TILE = 24  # pixels of the work plane
_TILE_EDGES = 6  # edge pixels that make a tile count
_SOFTER = 16.0  # pixels, than any blur that is reported
_DIRECTIONS = 8
_TOO_SMALL = 160  # pixels of the long side; a thumbnail does not show focus

# Calibrated on clean photos and blurred copies.
_SOFT, _SHARP = 170.0, 220.0
_STREAKED, _UNEVEN, _STILL = 0.8, 0.35, 0.5


def measure_sharpness(planes: Planes) -> dict[str, Attribute]:
    """`subject_sharpness`: how many pixels of the long side the sharpest part resolves, <= 512.

    The sharpest tenth of the tiles that hold edges is taken for the subject, so a blurred
    background costs nothing. `motion_blur`: length of the streaks, per cent of the long side,
    seen as edges across one direction that are softer than those along it.
    """
    edges = edges_of(planes.work, planes.smoothed)
    return {
        "subject_sharpness": _subject_sharpness(edges, planes.long_side),
        "motion_blur": _motion_blur(edges, planes.long_side),
    }


def _subject_sharpness(edges: Edges | None, long_side: int) -> Attribute:
    blurs = _tile_blurs(edges) if edges else np.empty(0, np.float32)
    if len(blurs) < 3:
        return Attribute(None, "px", Verdict.CANT_TELL)
    value = long_side * min(1.0, 0.5 / float(np.percentile(blurs, 10)))
    if value >= _SHARP:
        verdict = Verdict.GOOD
    elif value < _SOFT and long_side >= _TOO_SMALL:
        verdict = Verdict.POOR
    else:
        verdict = Verdict.CANT_TELL
    return Attribute(value, "px", verdict)


def _tile_blurs(edges: Edges) -> Plane:
    """The median blur of each tile that holds enough edges, in pixels."""
    tile = (edges.row // _TILE) * 4096 + edges.column // _TILE
    both = np.sort(tile * _SOFTER + edges.sigma.astype(np.float64))  # by tile, then sharp to soft
    tiles = both // _SOFTER
    starts = np.flatnonzero(np.diff(tiles, prepend=-1))
    counts = np.diff(starts, append=len(both))
    middles = (starts + counts // 2)[counts >= _TILE_EDGES]
    blurs: Plane = (both[middles] - tiles[middles] * _SOFTER).astype(np.float32)
    return blurs


def _motion_blur(edges: Edges | None, long_side: int) -> Attribute:
    blurs = _direction_blurs(edges) if edges else np.empty(0)
    if len(blurs) < _DIRECTIONS - 2:  # edges of few directions cannot be compared
        return Attribute(None, "%", Verdict.CANT_TELL)
    widest, narrowest = float(blurs.max()), float(blurs.min())
    # a streak of length l has the standard deviation l / sqrt(12)
    length = 100 * float(np.sqrt(12 * (widest**2 - narrowest**2))) / long_side
    unevenness = float(np.log(widest / narrowest))
    evidence = unevenness + 0.5 * float(np.log(widest * 400 / long_side))
    if evidence > _STREAKED and unevenness > _UNEVEN and long_side >= _TOO_SMALL:
        verdict = Verdict.POOR
    else:
        verdict = Verdict.GOOD if evidence < _STILL else Verdict.CANT_TELL
    return Attribute(length, "%", verdict)


def _direction_blurs(edges: Edges) -> NDArray[np.float64]:
    """The 40th percentile of blur for each gradient direction that has enough edges."""
    sector = ((edges.angle % np.pi) / np.pi * _DIRECTIONS).astype(np.intp) % _DIRECTIONS
    groups = [edges.sigma[sector == k] for k in range(_DIRECTIONS)]
    return np.array([quantiles(g, 0.4)[0] for g in groups if len(g) >= 12], np.float64)
