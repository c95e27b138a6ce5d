"""Fills the feature cache: every photo of a source, all its versions, once."""

import json
import logging
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from itertools import chain
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from aesplugin.errors import DataError, OutOfMemory
from aesplugin.evaluation.inputs import photo_name
from aesplugin.models.calm.config import CalmConfig
from aesplugin.models.calm.encoder import Lite2Encoder, VitEncoder, build_encoder
from aesplugin.models.runtime import device_named
from aesplugin.training.engine.config import TrainingConfig
from aesplugin.training.features.cache import Shown, versions, write
from aesplugin.training.features.samples import round_file
from aesplugin.training.flaws.augment import untouched
from aesplugin.training.flaws.cropping import crop_pairs, read_crops
from aesplugin.training.flaws.pixel_operations import Pixels
from aesplugin.training.flaws.saliency import Box
from aesplugin.training.named_photos import named_photos
from aesplugin.training.photos import SMALLEST, SQUASHED, oasis_photos, unlabelled_photos

SOURCES = ("oasis", "crops", "unlabelled", "sets")
_CROP_STREAM = 2  # keeps the draws of crop pairs apart from those of flaws

Progress = Callable[[int, int], None]
"""Called with photos done and photos in all."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One photo's round: what to make of it, and where its features go."""

    photo: Path
    name: str  # folder/file, as its features are labelled
    index: int
    seed: int
    turn: int
    target: Path
    encoder: str  # the configuration's, as JSON: it travels to other processes
    boxes: tuple[Box, ...] = ()  # human crops; none: flaws
    plain: bool = False  # only the photo as it is

    def make(self, pixels: Pixels) -> list[Shown]:
        """All versions of the photo."""
        if self.plain:
            return [Shown.plainly(untouched(pixels))]
        if self.boxes:
            rng = np.random.default_rng([_CROP_STREAM, self.index, self.turn])
            return [Shown.plainly(one) for one in crop_pairs(pixels, list(self.boxes), rng)]
        return versions(pixels, self.index, seed=self.seed, turn=self.turn)


class _Made(Enum):
    """What became of a task."""

    ENCODED = auto()
    SMALL = auto()
    UNREADABLE = auto()


def _quiet(done: int, total: int) -> None:
    pass


def prepare(
    config: TrainingConfig,
    sources: Sequence[str] = SOURCES,
    *,
    workers: int | None = None,
    progress: Progress = _quiet,
) -> int:
    """Encodes what is not cached yet; returns how many photos that was. Safe to interrupt.

    Round after round over all sources, so that training may begin with the first. On the GPU
    where there is one; else, or where `workers` are asked for, in that many processes of one
    thread each, by default one a core. A picture that cannot be read is told and left out; so
    is, with a count, one of less than `SMALLEST` px.

    Raises:
        DataError: photos or data sets are not there, or the cache cannot be written.
        OutOfMemory: the processes together need more than there is.
    """
    todo = [task for task in _tasks(config, sources) if not task.target.exists()]
    encoded = small = 0
    try:
        config.features.mkdir(parents=True, exist_ok=True)
        with _results(todo, workers) as results:
            progress(0, len(todo))
            for done, made in enumerate(results, start=1):
                encoded += made is _Made.ENCODED
                small += made is _Made.SMALL
                progress(done, len(todo))
    except BrokenProcessPool:
        raise OutOfMemory(
            "a process was killed, probably because memory ran out: use fewer --workers"
        ) from None
    except OSError as error:
        raise DataError(f"{config.features} cannot be written: {error.strerror or error}") from None
    if small:
        _log.warning("left out: %d images with a side of less than %d px", small, SMALLEST)
    return encoded


@contextmanager
def _results(todo: Sequence[Task], workers: int | None) -> Iterator[Iterable[_Made]]:
    """Yields what `_run` gives for each task, in order."""
    device = torch.device("cpu") if workers else device_named("auto")
    count = workers or os.cpu_count() or 1
    if device.type != "cpu" or count == 1 or len(todo) < 2 * count:
        yield (_run(task, device) for task in todo)
        return
    context = multiprocessing.get_context("spawn")  # torch's threads do not survive a fork
    pool = ProcessPoolExecutor(count, mp_context=context, initializer=_begin)
    try:
        yield pool.map(_run, todo, chunksize=4)
    finally:
        pool.shutdown(cancel_futures=True)


def _begin() -> None:
    """What a process does first. Ctrl-C is for the one that started it; warnings it says itself."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _log.addHandler(logging.StreamHandler())
    _one_thread()


def _one_thread() -> None:
    torch.set_num_threads(1)


@lru_cache(maxsize=1)
def _encoder(spec: str, device: torch.device | None) -> Lite2Encoder | VitEncoder:
    encoder = build_encoder(CalmConfig(encoder=json.loads(spec)))
    return encoder.to(device) if device else encoder


def _run(task: Task, device: torch.device | None = None) -> _Made:
    """Encodes one photo, if it can be used."""
    try:
        with Image.open(task.photo) as image:
            if min(image.size) < SMALLEST:
                return _Made.SMALL
            shape = SQUASHED.get(task.photo.parent.name, image.size)
            pixels = np.asarray(image.convert("RGB").resize(shape, Image.Resampling.BICUBIC))
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        _log.warning("%s is left out, it cannot be read: %s", task.photo, error)
        return _Made.UNREADABLE
    encoder = _encoder(task.encoder, device)
    write(task.target, task.make(pixels), task.name, encoder=encoder, device=device)
    return _Made.ENCODED


def _tasks(config: TrainingConfig, sources: Sequence[str]) -> Iterator[Task]:
    return chain.from_iterable(
        _round(config, source, turn)
        for turn in range(config.rounds)
        for source in sources
        if turn in config.turns(source)
    )


def _round(config: TrainingConfig, source: str, turn: int) -> Iterator[Task]:
    if source == "sets":
        yield from _named(config)
        return
    seed = config.augment_seed + (source == "oasis")
    boxes: dict[str, list[Box]] = {}
    if source == "crops":
        boxes = dict(sorted(read_crops(config.data / "crops").items())[: config.limit or None])
        photos = [config.data / "crops" / "images" / name for name in boxes]
    else:
        find = oasis_photos if source == "oasis" else unlabelled_photos
        photos = find(config.data, config.limit)
    for index, photo in enumerate(photos):
        yield Task(
            photo=photo,
            name=photo_name(photo),
            index=index,
            seed=seed,
            turn=turn,
            target=round_file(config, source, photo, turn),
            encoder=json.dumps(config.model.get("encoder")),
            boxes=tuple(boxes.get(photo.name, ())),
        )


def _named(config: TrainingConfig) -> Iterator[Task]:
    """The photos of the named sets as they are: their words and votes are not of flawed copies."""
    for index, photo in enumerate(named_photos(config.sets, config.limit)):
        yield Task(
            photo=photo.path,
            name=photo.name,
            index=index,
            seed=config.augment_seed,
            turn=0,
            target=round_file(config, "sets", photo.key, 0),
            encoder=json.dumps(config.model.get("encoder")),
            plain=True,
        )
