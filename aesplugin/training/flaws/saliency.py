"""Where the subject probably is: a cheap box from contrast against the surroundings."""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter

from aesplugin.training.flaws.pixel_operations import Pixels, Plane, convolve

_SIDE = 64


@dataclass(frozen=True, slots=True)
class Box:
    """Edges as fractions of width and height, 0..1."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def centre(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    @property
    def area(self) -> float:
        return (self.right - self.left) * (self.bottom - self.top)


def saliency_map(pixels: Pixels) -> Plane:
    """[64, 64], sums to 1: colour distance from the frame's border and mean, plus fine detail.

    The border tends to be background (Wei et al. 2012, "Geodesic saliency using background
    priors"); a mild centre preference breaks ties.
    """
    small = Image.fromarray(pixels).resize((_SIDE, _SIDE), Image.Resampling.BOX)
    lab = np.asarray(small.convert("LAB"), np.float32)
    border = np.concatenate([lab[:4].reshape(-1, 3), lab[-4:].reshape(-1, 3)])
    sides = np.concatenate([lab[:, :4].reshape(-1, 3), lab[:, -4:].reshape(-1, 3)])
    usual = np.median(np.concatenate([border, sides]), axis=0)
    contrast = np.linalg.norm(lab - usual, axis=2) + np.linalg.norm(lab - lab.mean((0, 1)), axis=2)
    edges = np.asarray(small.convert("L").filter(ImageFilter.FIND_EDGES), np.float32)
    edges[[0, -1], :] = 0
    edges[:, [0, -1]] = 0
    both = contrast / (contrast.mean() + 1e-6) + edges / (edges.mean() + 1e-6)
    axis = np.linspace(-1, 1, _SIDE, dtype=np.float32)
    near = np.exp(-(axis[:, None] ** 2 + axis[None, :] ** 2) / 1.5)
    values = convolve((both * near).astype(np.float32), np.full((7, 7), 1 / 49, np.float32))
    total = float(values.sum())
    if total <= 0:
        return np.full((_SIDE, _SIDE), 1 / _SIDE**2, np.float32)
    return values / np.float32(total)


def subject_box(pixels: Pixels, share: float = 0.5) -> Box:
    """The tightest box, cut from the edges greedily, that keeps `share` of the saliency."""
    values = saliency_map(pixels)
    floor = np.quantile(values, 0.6)
    values = np.where(values > floor, values - floor, 0)
    total = float(values.sum())
    if total <= 0:
        return Box(0.25, 0.25, 0.75, 0.75)
    top, bottom, left, right = 0, _SIDE, 0, _SIDE
    kept = total
    while bottom - top > 6 and right - left > 6:
        inner = values[top:bottom, left:right]
        costs = (inner[0].sum(), inner[-1].sum(), inner[:, 0].sum(), inner[:, -1].sum())
        edge = int(np.argmin(costs))
        if kept - costs[edge] < share * total:
            break
        kept -= float(costs[edge])
        top, bottom = top + (edge == 0), bottom - (edge == 1)
        left, right = left + (edge == 2), right - (edge == 3)
    return Box(left / _SIDE, top / _SIDE, right / _SIDE, bottom / _SIDE)
