"""Fills the feature cache: every photo of a source, all its versions, once."""

import json
import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from aesplugin.models.calm.config import CalmConfig
from aesplugin.models.calm.encoder import Lite2Encoder, VitEncoder, build_encoder
from aesplugin.training.config import TrainingConfig
from aesplugin.training.cropping import crop_pairs, read_crops
from aesplugin.training.features import Shown, cache_file, versions, write
from aesplugin.training.pixelmath import Pixels
from aesplugin.training.saliency import Box
from aesplugin.training.sources import SMALLEST, name_of, oasis_photos, unlabelled_photos

SOURCES = ("oasis", "crops", "unlabelled")
_CROP_STREAM = 2  # keeps the draws of crop pairs apart from those of flaws


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One photo's round: what to make of it, and where its features go."""

    photo: Path
    index: int
    seed: int
    turn: int
    target: Path
    encoder: str  # the configuration's, as JSON: it travels to other processes
    boxes: tuple[Box, ...] = ()  # human crops; none: flaws

    def make(self, pixels: Pixels) -> list[Shown]:
        """All versions of the photo."""
        if self.boxes:
            rng = np.random.default_rng([_CROP_STREAM, self.index, self.turn])
            return [Shown.plainly(one) for one in crop_pairs(pixels, list(self.boxes), rng)]
        return versions(pixels, self.index, seed=self.seed, turn=self.turn)


def prepare(
    config: TrainingConfig, sources: Sequence[str] = SOURCES, *, workers: int | None = None
) -> int:
    """Encodes what is not cached yet; returns how many photos that was. Safe to interrupt.

    Round after round over all sources, so that training may begin with the first. `workers`
    processes of one thread each; by default one a core.
    """
    config.features.mkdir(parents=True, exist_ok=True)
    todo = [task for task in _tasks(config, sources) if not task.target.exists()]
    count = workers or os.cpu_count() or 1
    if count == 1 or len(todo) < 2 * count:
        return sum(_run(task) for task in todo)
    context = multiprocessing.get_context("spawn")  # torch's threads do not survive a fork
    with ProcessPoolExecutor(count, mp_context=context, initializer=_one_thread) as pool:
        return sum(pool.map(_run, todo, chunksize=4))


def _one_thread() -> None:
    torch.set_num_threads(1)


@lru_cache(maxsize=1)
def _encoder(spec: str) -> Lite2Encoder | VitEncoder:
    return build_encoder(CalmConfig(encoder=json.loads(spec)))


def _run(task: Task) -> int:
    with Image.open(task.photo) as image:
        if min(image.size) < SMALLEST:
            return 0
        pixels = np.asarray(image.convert("RGB"))
    write(task.target, task.make(pixels), name_of(task.photo), _encoder(task.encoder))
    return 1


def _tasks(config: TrainingConfig, sources: Sequence[str]) -> Iterator[Task]:
    return chain.from_iterable(
        _round(config, source, turn) for turn in range(config.rounds) for source in sources
    )


def _round(config: TrainingConfig, source: str, turn: int) -> Iterator[Task]:
    seed = config.augment_seed + (source == "oasis")
    boxes: dict[str, list[Box]] = {}
    if source == "crops":
        boxes = dict(sorted(read_crops(config.data / "crops").items())[: config.limit or None])
        photos = [config.data / "crops" / "images" / name for name in boxes]
    else:
        find = oasis_photos if source == "oasis" else unlabelled_photos
        photos = find(config.data, config.limit)
    for index, photo in enumerate(photos):
        target = cache_file(config.features, photo, seed=config.augment_seed, turn=turn)
        yield Task(
            photo=photo,
            index=index,
            seed=seed,
            turn=turn,
            target=target,
            encoder=json.dumps(config.model.get("encoder")),
            boxes=tuple(boxes.get(photo.name, ())),
        )
