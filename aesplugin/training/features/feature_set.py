"""What of a photo's features is let through: all of it, or less for an ablation."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tokenize import TokenError
from zipfile import BadZipFile

import numpy as np
import torch
from torch import Tensor

from aesplugin.assessment import Flaw
from aesplugin.errors import DataError
from aesplugin.models.calm.encoder import FeatureShape, LevelFeatures, theme_blocks
from aesplugin.training.features.cache import LEVEL_NAMES, Version

Sight = Callable[[LevelFeatures], LevelFeatures]


def all_of_it(features: LevelFeatures) -> LevelFeatures:
    """As they are."""
    return features


def last_stage(features: LevelFeatures) -> LevelFeatures:
    """The late maps and the pooled last layer; zeros for all that comes from before them."""
    last = last_columns(features.theme.shape[1])
    theme = torch.zeros_like(features.theme)
    theme[:, last] = features.theme[:, last]
    early = ("low", "middle", "measures")
    none = {name: torch.zeros_like(getattr(features, name)) for name in early}
    return features._replace(theme=theme, **none)


def last_columns(theme: int) -> slice:
    """Where the pooled last layer stands in a theme so wide.

    Lite2's holds stages 3, 5 and 6, the head, and a grid of stage 5; a tower's is its last layer.
    """
    blocks = theme_blocks(theme)
    if len(blocks) == 1:
        return slice(0, theme)
    end = sum(blocks[:-1])
    return slice(end - blocks[-2], end)


_PART = 256  # rows
_DAMAGE = (  # what a cut or changed file was seen to raise, in the archive, its headers, its labels
    OSError,
    EOFError,
    ValueError,
    TypeError,
    KeyError,
    RuntimeError,  # "encrypted", or packed in an unknown way
    BadZipFile,
    TokenError,
)
_AGAIN = "run `aesplugin train prepare` again"
_APART = f"let `features` name a folder for each encoder, or empty it, and {_AGAIN}"


@dataclass(slots=True)
class FeatureSet:
    """All versions of many photos in memory: float16 tensors by level, labels beside."""

    levels: LevelFeatures  # each [N, ...] float16
    versions: list[Version]
    see: Sight = all_of_it  # less in an ablation

    def __len__(self) -> int:
        return len(self.versions)

    def check_encoder(self, shape: FeatureShape) -> None:
        """Refuses features that a model for `shape` cannot read.

        Raises:
            DataError: they are of another encoder.
        """
        there = tuple(tuple(level.shape[1:]) for level in self.levels)
        if there != (shape.low, shape.middle, shape.high, (shape.theme,), (shape.measures,)):
            raise DataError(
                f"the cached features were made with another encoder than the model's: {_APART}"
            )

    def batch(self, rows: Tensor | list[int]) -> LevelFeatures:
        """The chosen rows as float32, on the device that new tensors are made on."""
        here = torch.get_default_device()
        return self.see(LevelFeatures(*(level[rows].to(here).float() for level in self.levels)))

    def parts(self, rows: Sequence[int] | None = None) -> Iterator[LevelFeatures]:
        """The chosen rows, or all, in order, a few hundred at a time: all at once is gigabytes."""
        chosen = range(len(self)) if rows is None else rows
        for start in range(0, len(chosen), _PART):
            yield self.batch(list(chosen[start : start + _PART]))


def read(paths: Iterable[Path]) -> FeatureSet:
    """Loads cached photos; their order is the order of `paths`.

    Raises:
        DataError: names the first file that is damaged, or of another encoder than the first one.
    """
    parts: list[list[np.ndarray]] = [[] for _ in LEVEL_NAMES]
    labels: list[Version] = []
    first: tuple[Path, list[tuple[int, ...]]] | None = None
    for path in paths:
        arrays, versions = _one(path)
        widths = [array.shape[1:] for array in arrays]
        first = first or (path, widths)
        if widths != first[1]:
            raise DataError(
                f"{path} was made with another encoder than {first[0].name} beside it: {_APART}"
            )
        for part, array in zip(parts, arrays, strict=True):
            part.append(array)
        labels += versions
    tensors = []
    for part in parts:
        tensors.append(torch.from_numpy(np.concatenate(part)))
        part.clear()  # two copies of one level at a time, not of all
    return FeatureSet(levels=LevelFeatures(*tensors), versions=labels)


def _one(path: Path) -> tuple[list[np.ndarray], list[Version]]:
    """The levels of one file's versions, and what those are."""
    try:
        with np.load(path) as stored:
            arrays = [stored[name] for name in LEVEL_NAMES]
            labels = json.loads(str(stored["labels"]))
        versions = [Version(**{**one, "flaw": _flaw(one["flaw"])}) for one in labels]
    except _DAMAGE as error:
        raise _damaged(path) from error
    if not versions or any(array.shape[:1] != (len(versions),) for array in arrays):
        raise _damaged(path)
    return arrays, versions


def _flaw(name: str | None) -> Flaw | None:
    return Flaw(name) if name else None


def _damaged(path: Path) -> DataError:
    return DataError(f"{path} is damaged or cannot be read: delete it, then {_AGAIN}")
