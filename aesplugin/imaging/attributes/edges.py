"""Where a photo's edges are, how blurred each one is, and which way it runs."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aesplugin.imaging.attributes.planes import Plane, smooth
from aesplugin.quantiles import quantiles

_FAINT = 3.0  # levels a pixel; below it an edge cannot be distinguished from noise
_WIDEST = 12.0


@dataclass(frozen=True, slots=True)
class Edges:
    """The pixels on the strongest edges, N of them."""

    row: NDArray[np.intp]  # [N]
    column: NDArray[np.intp]  # [N]
    sigma: Plane  # [N] blur of the edge: the Gaussian's standard deviation in pixels
    angle: Plane  # [N] radians, direction of the gradient, across the edge


def gradient(plane: Plane) -> tuple[Plane, Plane]:
    """Central differences along columns and rows, levels a pixel; 0 on the border."""
    across, down = np.zeros_like(plane), np.zeros_like(plane)
    across[:, 1:-1] = (plane[:, 2:] - plane[:, :-2]) / 2
    down[1:-1] = (plane[2:] - plane[:-2]) / 2
    return across, down


def edges_of(grey: Plane, smoothed: Plane) -> Edges | None:
    """The edges of luma [h, w], or None where there are fewer than 20 edge pixels.

    `smoothed` is `smooth(grey)`.

    The blur of an edge follows from how much weaker its gradient becomes under a known second
    blur (Zhuo and Sim, Pattern Recognition 2011): contrast cancels out.
    """
    if min(grey.shape) < 8:
        return None
    across, down = gradient(smooth(smoothed))
    soft = np.sqrt(across * across + down * down)
    on_edge = _ridges(soft, np.abs(across) >= np.abs(down))
    on_edge &= soft > max(_FAINT, 0.25 * float(quantiles(soft[::2, ::2], 0.99)[0]))
    row, column = np.nonzero(on_edge)
    if len(row) < 20:
        return None
    sharp = np.hypot(
        grey[row, column + 1] - grey[row, column - 1], grey[row + 1, column] - grey[row - 1, column]
    ) / np.float32(2)
    ratio = np.maximum(sharp / soft[row, column], 1.0005)
    sigma = np.minimum(np.sqrt(2 / (ratio * ratio - 1)), _WIDEST)
    angle = np.arctan2(down[row, column], across[row, column])
    return Edges(row, column, sigma, angle)


def _ridges(strength: Plane, sideways: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Local maxima of `strength` across the edge."""
    centre = strength[1:-1, 1:-1]
    along_row = (centre >= strength[1:-1, :-2]) & (centre > strength[1:-1, 2:])
    along_column = (centre >= strength[:-2, 1:-1]) & (centre > strength[2:, 1:-1])
    ridges = np.zeros(strength.shape, np.bool_)
    ridges[1:-1, 1:-1] = np.where(sideways[1:-1, 1:-1], along_row, along_column)
    return ridges
