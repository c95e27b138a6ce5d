"""High-level flaws: crops that cut the subject or push it aside; and crops that do no harm."""

import numpy as np
from PIL import Image

from aesplugin.training.flaws.low_level import Change
from aesplugin.training.flaws.pixel_operations import Pixels
from aesplugin.training.flaws.saliency import Box, subject_box


def crop(pixels: Pixels, box: Box, *, like: tuple[int, int] | None = None) -> Pixels:
    """The part inside `box`, scaled so that its long side equals that of `like` (H, W)."""
    height, width = pixels.shape[:2]
    left, top = round(box.left * width), round(box.top * height)
    right = max(left + 8, round(box.right * width))
    bottom = max(top + 8, round(box.bottom * height))
    part = Image.fromarray(pixels[top:bottom, left:right])
    if like is None:
        return np.asarray(part)
    scale = max(like) / max(part.size)
    size = max(1, round(part.width * scale)), max(1, round(part.height * scale))
    return np.asarray(part.resize(size, Image.Resampling.BICUBIC))


def cut_subject(pixels: Pixels, severity: float, rng: np.random.Generator) -> Change:
    """A frame edge goes through the subject, losing 15 to 60 % of it. `amount` is that share."""
    box = subject_box(pixels, float(rng.uniform(0.4, 0.6)))
    lost = float(np.clip((0.2 + 0.42 * severity) * rng.uniform(0.85, 1.15), 0.15, 0.7))
    side = str(rng.choice(["left", "right", "top", "bottom"]))
    frame = _frame_through(box, side, lost, rng)
    return crop(pixels, frame, like=pixels.shape[:2]), "widen", lost


def _frame_through(box: Box, side: str, lost: float, rng: np.random.Generator) -> Box:
    across, down = box.right - box.left, box.bottom - box.top
    near = {
        "left": box.left + lost * across,
        "right": box.right - lost * across,
        "top": box.top + lost * down,
        "bottom": box.bottom - lost * down,
    }[side]
    return _beyond(near, side, box.centre, rng)


def _beyond(edge: float, side: str, centre: tuple[float, float], rng: np.random.Generator) -> Box:
    """The frame whose `side` lies at `edge` and whose opposite side is the photo's own.

    Its other dimension keeps the photo's shape in most cases, else is drawn at random.
    """
    length = 1 - edge if side in ("left", "top") else edge
    same_shape = rng.random() < 0.6
    keep = float(np.clip(length, 0.35, 1.0)) if same_shape else float(rng.uniform(0.55, 0.95))
    along = centre[1] if side in ("left", "right") else centre[0]
    start = float(np.clip(along - keep / 2, 0, 1 - keep))
    return {
        "left": Box(edge, start, 1.0, start + keep),
        "right": Box(0.0, start, edge, start + keep),
        "top": Box(start, edge, start + keep, 1.0),
        "bottom": Box(start, 0.0, start + keep, edge),
    }[side]


def poor_placement(pixels: Pixels, severity: float, rng: np.random.Generator) -> Change:
    """The subject whole, but pressed against one edge with emptiness opposite.

    `amount` is how far its centre lies from the middle, as a share of the half frame.
    """
    box = subject_box(pixels, float(rng.uniform(0.35, 0.5)))
    room = {"left": 1 - box.right, "right": box.left, "top": 1 - box.bottom, "bottom": box.top}
    sides = [side for side, space in room.items() if space > 0.15]
    side = str(rng.choice(sides or [max(room, key=lambda name: room[name])]))
    gap = float(rng.uniform(0.0, 0.08)) * (1 - severity)
    edge = {
        "left": max(0.0, box.left - gap),
        "right": min(1.0, box.right + gap),
        "top": max(0.0, box.top - gap),
        "bottom": min(1.0, box.bottom + gap),
    }[side]
    frame = _beyond(edge, side, box.centre, rng)
    way_out = {"left": "aim left", "right": "aim right", "top": "aim up", "bottom": "aim down"}
    return crop(pixels, frame, like=pixels.shape[:2]), way_out[side], _offset(frame, box, side)


def _offset(frame: Box, box: Box, side: str) -> float:
    x, y = box.centre
    if side in ("left", "right"):
        return abs(2 * (x - frame.left) / (frame.right - frame.left) - 1)
    return abs(2 * (y - frame.top) / (frame.bottom - frame.top) - 1)


def good_crop(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """A tighter frame of 65 to 95 % a side that keeps the subject whole with air around it."""
    box = subject_box(pixels, 0.5)
    keep = float(rng.uniform(0.65, 0.95))
    air = 0.04
    bounds = []
    for low, high in ((box.left, box.right), (box.top, box.bottom)):
        side = max(keep, min(1.0, high - low + 2 * air))
        first, last = max(0.0, high + air - side), min(1 - side, low - air)
        first, last = sorted((min(first, 1 - side), max(last, 0.0)))
        start = float(rng.uniform(first, last))
        bounds.append((start, start + side))
    (left, right), (top, bottom) = bounds
    return crop(pixels, Box(left, top, right, bottom), like=pixels.shape[:2])
