"""What the judge sees of every photo it learns from, and of a flawed copy: encoded once, kept.

One file a photo in the cache, named by content, so that a training can be stopped and goes on.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from aesplugin.assessment import SYNTHETIC_FLAWS, Flaw, Kind
from aesplugin.errors import DataError
from aesplugin.evaluation.inputs import load_pixels
from aesplugin.evaluation.judged import as_rendition
from aesplugin.models.encoder.interface import Encoder, open_encoder
from aesplugin.models.encoder.views import decode
from aesplugin.models.judge.features import REVISION, Blocks, see, views_of
from aesplugin.training.flaws.augment import RECIPE, apply
from aesplugin.training.flaws.pixel_operations import Pixels
from aesplugin.training.judge.drawn_photos import Known, drawn_photo
from aesplugin.training.photos import SMALLEST

_MILDEST: Final = 0.15  # severity
_UNREADABLE = (OSError, ValueError, KeyError, EOFError, BadZipFile)


@dataclass(frozen=True, slots=True)
class Copy:
    """The flaw that was put into a photo, and how strong, 0..1."""

    flaw: Flaw
    severity: float


@dataclass(frozen=True, slots=True)
class Look:
    """Blocks [1, width] in float16 of one picture; `copy` tells what was done to it."""

    blocks: dict[str, NDArray[np.float16]]
    copy: Copy | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A photo to look at, itself and `copies` times with a flaw."""

    photo: Path
    copies: int
    seed: int
    cache: Path

    @property
    def target(self) -> Path:
        """Named by all that the looks depend on; the photo by its bytes."""
        try:
            content = hashlib.sha256(self.photo.read_bytes()).hexdigest()[:24]
        except OSError as error:
            raise DataError(f"{self.photo} cannot be read: {error.strerror}") from None
        return self.cache / f"{content}-{REVISION}-{RECIPE}-{self.copies}-{self.seed}.npz"


def looks(tasks: Sequence[Task], workers: int | None = None) -> Iterator[list[Look] | DataError]:
    """The looks of each task, in order: the photo first, then its copies.

    Where a photo cannot be read or decoded, the error that names it.
    """
    with _pool(workers) as pool:
        yield from pool.map(_looks, tasks, chunksize=4)


def non_photo_looks(
    numbers: Iterable[int], seed: int, workers: int | None = None
) -> Iterator[tuple[Kind, Look]]:
    """Drawn pages, screens, charts and the like, with what they are."""
    with _pool(workers) as pool:
        yield from pool.map(_drawn, ((number, seed) for number in numbers), chunksize=8)


def drawn_photo_looks(
    numbers: Iterable[int], seed: int, workers: int | None = None
) -> Iterator[tuple[Known, Look]]:
    """Drawn night skies, silhouettes and empty frames, with what is known of them."""
    with _pool(workers) as pool:
        yield from pool.map(_photo_drawn, ((number, seed) for number in numbers), chunksize=8)


def _pool(workers: int | None) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(workers or os.cpu_count(), get_context("spawn"))


@lru_cache(maxsize=1)
def _encoder() -> Encoder:
    return open_encoder("cpu", threads=1, exact=True)


def _looks(task: Task) -> list[Look] | DataError:
    try:
        return _looked_at(task)
    except DataError as error:
        return error


def _looked_at(task: Task) -> list[Look]:
    target = task.target
    if target.is_file():
        try:
            return _read(target)
        except _UNREADABLE:
            target.unlink()  # cut short: made anew
    pixels = load_pixels(task.photo)
    found = [_look(pixels)]
    rng = np.random.default_rng([task.seed, int(target.name[:12], 16)])
    if min(pixels.shape[:2]) >= SMALLEST:
        for index in rng.choice(len(SYNTHETIC_FLAWS), task.copies, replace=False):
            copy = Copy(SYNTHETIC_FLAWS[index], float(rng.uniform(_MILDEST, 1)))
            made = apply(pixels, copy.flaw, copy.severity, rng)
            found.append(_look(made.pixels, copy))
    _write(target, found)
    return found


def _drawn(which: tuple[int, int]) -> tuple[Kind, Look]:
    from aesplugin.training.judge.non_photos import non_photo

    number, seed = which
    kind, pixels = non_photo(number, seed=seed)
    return kind, _look(pixels)


def _photo_drawn(which: tuple[int, int]) -> tuple[Known, Look]:
    number, seed = which
    known, pixels = drawn_photo(number, seed=seed)
    return known, _look(pixels)


def _look(pixels: Pixels, copy: Copy | None = None) -> Look:
    blocks: Blocks = see(_encoder(), views_of([decode(as_rendition(pixels))])).blocks
    return Look({name: block.astype(np.float16) for name, block in blocks.items()}, copy)


def _write(target: Path, found: Sequence[Look]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    arrays: dict[str, Any] = {
        f"{row}/{name}": block
        for row, look in enumerate(found)
        for name, block in look.blocks.items()
    }
    flaws = [[look.copy.flaw.value, str(look.copy.severity)] for look in found if look.copy]
    temporary = target.with_suffix(".tmp")
    with temporary.open("wb") as stream:
        np.savez(stream, copies=np.array(flaws, dtype=str).reshape(-1, 2), **arrays)
    temporary.replace(target)


def _read(target: Path) -> list[Look]:
    with np.load(target, allow_pickle=False) as stored:
        copies = [Copy(Flaw(flaw), float(severity)) for flaw, severity in stored["copies"]]
        blocks: list[dict[str, NDArray[np.float16]]] = [{} for _ in range(1 + len(copies))]
        for key in stored.files:
            row, _, name = key.partition("/")
            if name:
                blocks[int(row)][name] = stored[key]
    return [Look(one, copy) for one, copy in zip(blocks, [None, *copies], strict=True)]
