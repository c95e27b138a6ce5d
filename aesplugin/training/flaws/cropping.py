"""Crops that people chose, and others of the same size that they did not."""

import json
from pathlib import Path

import numpy as np

from aesplugin.errors import DataError, NoPhotos
from aesplugin.training.flaws.augment import Augmented
from aesplugin.training.flaws.high_level import crop
from aesplugin.training.flaws.pixel_operations import Pixels
from aesplugin.training.flaws.saliency import Box


def read_crops(folder: Path) -> dict[str, list[Box]]:
    """Human crop boxes of FLMS by file name (Fang et al. 2014).

    Raises:
        NoPhotos: `crops.json` is missing.
        DataError: it is not of the documented layout.
    """
    path = folder / "crops.json"
    try:
        listed = json.loads(path.read_text(encoding="utf-8"))
        rows = listed.items() if isinstance(listed, dict) else [_row(item) for item in listed]
        return {name: [Box(*box) for box in boxes] for name, boxes in rows}
    except FileNotFoundError:
        raise NoPhotos(f"{path} is missing: it lists the human crop boxes") from None
    except (ValueError, TypeError, KeyError) as error:
        raise DataError(f"{path} does not have the documented layout: {error}") from None


def _row(item: dict[str, object]) -> tuple[str, list[list[float]]]:
    boxes = item.get("boxes", item.get("crops"))
    name = item.get("file", item.get("name"))
    if not isinstance(boxes, list) or not isinstance(name, str):
        raise KeyError("file, boxes")
    return name, boxes


def overlap(first: Box, second: Box) -> float:
    """Intersection over union, 0..1."""
    width = min(first.right, second.right) - max(first.left, second.left)
    height = min(first.bottom, second.bottom) - max(first.top, second.top)
    shared = max(width, 0.0) * max(height, 0.0)
    return shared / (first.area + second.area - shared)


def rival(box: Box, rng: np.random.Generator) -> Box:
    """Another frame of the same size, placed at random but not on top of `box` (IoU < 0.75)."""
    width, height = box.right - box.left, box.bottom - box.top
    best = box
    for _ in range(20):
        left, top = float(rng.uniform(0, 1 - width)), float(rng.uniform(0, 1 - height))
        other = Box(left, top, left + width, top + height)
        if overlap(other, box) < 0.75:
            return other
        if best is box or overlap(other, box) < overlap(best, box):
            best = other
    return best


def crop_pairs(
    pixels: Pixels, boxes: list[Box], rng: np.random.Generator, count: int = 5
) -> list[Augmented]:
    """The whole photo, then `count` pairs (human crop, rival); `amount` numbers the pair."""
    made = [_plain(pixels, 0.0, 0)]
    usable = [box for box in boxes if box.area < 0.9] or boxes
    order = rng.permutation(len(usable))
    for number in range(count):
        box = usable[int(order[number % len(order)])]
        made.append(_plain(crop(pixels, box, like=pixels.shape[:2]), 0.0, number + 1))
        other = crop(pixels, rival(box, rng), like=pixels.shape[:2])
        made.append(_plain(other, 1.0, number + 1))
    return made


def _plain(pixels: Pixels, severity: float, number: int) -> Augmented:
    return Augmented(
        pixels=pixels, flaw=None, severity=severity, direction="", amount=number, unit="pair"
    )
