"""Does a model prefer the crops people chose? FLMS pairs of equal size (Fang et al. 2014)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from aesplugin.errors import DataError
from aesplugin.evaluation.judged import Pixels, judge, load_pixels, share
from aesplugin.models.base import AestheticModel

_Box = tuple[float, float, float, float]  # left, top, right, bottom as fractions


@dataclass(frozen=True, slots=True)
class CropReport:
    """How often the human crop outscored a random one of equal area, 0..1."""

    pairs: int
    preferred: float

    def table(self) -> str:
        """The report as text."""
        return (
            f"human crop outscores a random one of equal area: {self.preferred:.3f} ({self.pairs})"
        )


def measure_crops(
    model: AestheticModel, folder: Path, names: Sequence[str], *, pairs: int = 2, seed: int = 0
) -> CropReport:
    """`pairs` crops of each named photo of `folder/images`; rivals overlap less than 70 %.

    Raises:
        DataError: `crops.json` or a photo is missing.
    """
    boxes = _boxes(folder)
    human: list[Pixels] = []
    rival: list[Pixels] = []
    for number, name in enumerate(names):
        rng = np.random.default_rng([seed, number])
        pixels = load_pixels(folder / "images" / name)
        usable = [box for box in boxes[name] if _area(box) < 0.85]
        for index in rng.permutation(len(usable))[:pairs]:
            other = _elsewhere(usable[index], rng)
            if other is not None:
                human.append(_cut(pixels, usable[index]))
                rival.append(_cut(pixels, other))
    better = [answer.score for answer in judge(model, human)]
    worse = [answer.score for answer in judge(model, rival)]
    won = [one > two for one, two in zip(better, worse, strict=True)]
    return CropReport(pairs=len(won), preferred=share(won))


def crop_names(folder: Path) -> list[str]:
    """The photos that have human crops, by name."""
    return sorted(_boxes(folder))


def _boxes(folder: Path) -> dict[str, list[_Box]]:
    path = folder / "crops.json"
    try:
        listed = json.loads(path.read_text(encoding="utf-8"))
        return {name: [_box(box) for box in boxes] for name, boxes in listed.items()}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise DataError(f"{path} cannot be used: {error}") from None


def _box(numbers: Sequence[float]) -> _Box:
    left, top, right, bottom = (float(number) for number in numbers)
    return left, top, right, bottom


def _area(box: _Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _elsewhere(box: _Box, rng: np.random.Generator) -> _Box | None:
    width, height = box[2] - box[0], box[3] - box[1]
    for _ in range(50):
        left, top = rng.uniform(0, 1 - width), rng.uniform(0, 1 - height)
        other = (float(left), float(top), float(left + width), float(top + height))
        across = max(0.0, min(box[2], other[2]) - max(box[0], other[0]))
        down = max(0.0, min(box[3], other[3]) - max(box[1], other[1]))
        if across * down / (2 * _area(box) - across * down) < 0.7:
            return other
    return None


def _cut(pixels: Pixels, box: _Box) -> Pixels:
    height, width = pixels.shape[:2]
    left, right = round(box[0] * width), max(round(box[2] * width), round(box[0] * width) + 16)
    top, bottom = round(box[1] * height), max(round(box[3] * height), round(box[1] * height) + 16)
    return np.ascontiguousarray(pixels[top:bottom, left:right])
