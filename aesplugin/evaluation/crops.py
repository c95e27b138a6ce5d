"""Does a model prefer the crops people chose? FLMS pairs of equal size (Fang et al. 2014)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Final

import numpy as np

from aesplugin.errors import DataError
from aesplugin.evaluation.inputs import Pixels, load_pixels, read_json
from aesplugin.evaluation.judged import Progress, judge, share
from aesplugin.evaluation.plots import Bars
from aesplugin.models.base import AestheticModel

_Box = tuple[float, float, float, float]  # left, top, right, bottom as fractions

_WHOLE: Final = 0.85  # share of the frame from which on a crop hardly crops
_OVER: Final = 0.05  # how far over the edge a box may be drawn, as a fraction
_SIZES: Final = {"up to 40 %": 0.4, "40 to 60 %": 0.6, "over 60 %": _WHOLE}


@dataclass(frozen=True, slots=True)
class CropReport:
    """How often the human crop outscored a random one of equal area, 0..1.

    `by_size`: pairs and share by how much of the frame the two crops keep, where there are any.
    """

    pairs: int
    preferred: float
    by_size: dict[str, tuple[int, float]]

    def table(self) -> str:
        """The report as text."""
        lines = [
            f"human crop outscores a random one of equal area: {self.preferred:.3f} ({self.pairs})"
        ]
        lines += [
            f"  {name:<12} of the frame {won:>7.3f} ({pairs})"
            for name, (pairs, won) in self.by_size.items()
        ]
        return "\n".join(lines)

    def data(self) -> dict[str, Any]:
        """The report for JSON."""
        sizes = {
            name: {"pairs": pairs, "preferred": won} for name, (pairs, won) in self.by_size.items()
        }
        return {"pairs": self.pairs, "preferred": self.preferred, "by_size": sizes}

    def panels(self) -> list[Bars]:
        """One panel: all pairs, then by size."""
        shares = {f"all ({self.pairs})": self.preferred}
        shares |= {f"{name} ({pairs})": won for name, (pairs, won) in self.by_size.items()}
        return [
            Bars(
                title="human crop outscores a random one of equal area",
                labels=list(shares),
                series={"preferred": list(shares.values())},
                marks={"chance": 0.5},
            )
        ]


@dataclass(frozen=True, slots=True)
class _Pair:
    path: Path
    human: _Box
    rival: _Box


def measure_crops(
    model: AestheticModel,
    folder: Path,
    names: Sequence[str],
    *,
    pairs: int = 2,
    seed: int = 0,
    progress: Progress = lambda done, of: None,
) -> CropReport:
    """`pairs` crops of each named photo of `folder/images`; rivals overlap less than 70 %.

    Raises:
        DataError: `crops.json` or a photo is missing or damaged, or no pair can be made.
    """
    boxes = _boxes(folder)
    made: list[_Pair] = []
    for number, name in enumerate(names):
        rng = np.random.default_rng([seed, number])
        made += _pairs(folder / "images" / name, boxes[name], rng, pairs)
    if not made:
        raise DataError(f"{folder / 'crops.json'} has no pair of crops to compare")
    scores = []
    for answer in judge(model, chain.from_iterable(_cuts(made))):
        scores.append(answer.score)
        progress(len(scores), 2 * len(made))
    won = [one > two for one, two in zip(scores[::2], scores[1::2], strict=True)]
    return CropReport(pairs=len(won), preferred=share(won), by_size=_by_size(made, won))


def crop_names(folder: Path) -> list[str]:
    """The photos that have human crops, by name.

    Raises:
        DataError: `crops.json` is missing or not of the documented layout.
    """
    return sorted(_boxes(folder))


def _pairs(path: Path, boxes: Sequence[_Box], rng: np.random.Generator, count: int) -> list[_Pair]:
    usable = [box for box in boxes if _area(box) < _WHOLE]
    chosen = [usable[index] for index in rng.permutation(len(usable))[:count]]
    rivals = [(box, _elsewhere(box, rng)) for box in chosen]
    return [_Pair(path, box, rival) for box, rival in rivals if rival is not None]


def _cuts(pairs: Sequence[_Pair]) -> Iterator[tuple[Pixels, Pixels]]:
    """(human, rival) pixels, a photo decoded once for all its pairs."""
    path, pixels = Path(), np.empty((0, 0, 3), np.uint8)
    for pair in pairs:
        if pair.path != path:
            path, pixels = pair.path, load_pixels(pair.path)
        yield _cut(pixels, pair.human), _cut(pixels, pair.rival)


def _by_size(pairs: Sequence[_Pair], won: Sequence[bool]) -> dict[str, tuple[int, float]]:
    found: dict[str, list[bool]] = {name: [] for name in _SIZES}
    for pair, one in zip(pairs, won, strict=True):
        name = next(name for name, most in _SIZES.items() if _area(pair.human) <= most)
        found[name].append(one)
    return {name: (len(hits), share(hits)) for name, hits in found.items() if hits}


def _boxes(folder: Path) -> dict[str, list[_Box]]:
    path = folder / "crops.json"
    listed = read_json(path)
    if not isinstance(listed, dict):
        raise DataError(f"{path} must be an object of photo names, each with a list of boxes")
    return {name: _named(path, name, boxes) for name, boxes in listed.items()}


def _named(path: Path, name: str, boxes: Any) -> list[_Box]:
    try:
        found = [_box(box) for box in boxes]
    except (TypeError, ValueError):
        raise DataError(
            f"{path}: {name!r} needs boxes [left, top, right, bottom] as fractions 0..1"
        ) from None
    if Path(name).name != name:
        raise DataError(f"{path}: {name!r} is not the name of a file in {path.parent / 'images'}")
    return found


def _box(numbers: Sequence[float]) -> _Box:
    """Any two opposite corners; people drew some boxes from the lower right, or over the edge."""
    one_x, one_y, two_x, two_y = (float(number) for number in numbers)
    if not all(-_OVER <= number <= 1 + _OVER for number in (one_x, one_y, two_x, two_y)):
        raise ValueError("not inside the photo")
    left, right = sorted((min(max(one_x, 0.0), 1.0), min(max(two_x, 0.0), 1.0)))
    top, bottom = sorted((min(max(one_y, 0.0), 1.0), min(max(two_y, 0.0), 1.0)))
    if left == right or top == bottom:
        raise ValueError("an empty box")
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
    """The box's pixels, at least 16 a side where the photo has as many."""
    height, width = pixels.shape[:2]
    left, right = _span(box[0], box[2], width)
    top, bottom = _span(box[1], box[3], height)
    return np.ascontiguousarray(pixels[top:bottom, left:right])


def _span(start: float, end: float, length: int) -> tuple[int, int]:
    first = max(min(round(start * length), length - 16), 0)
    return first, max(round(end * length), first + 16)
