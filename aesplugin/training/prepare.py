"""Fills the feature cache: every photo of a source, all its versions, once.

python -m aesplugin.training.prepare CONFIG [oasis|crops|unlabelled ...]
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from aesplugin.models.calm.encoder import Lite2Encoder
from aesplugin.training.augment import Augmented
from aesplugin.training.config import TrainingConfig, load_config
from aesplugin.training.cropping import crop_pairs, read_crops
from aesplugin.training.features import cache_file, versions, write
from aesplugin.training.pixelmath import Pixels
from aesplugin.training.sources import SMALLEST, name_of, oasis_photos, unlabelled_photos

_Task = tuple[Path, Callable[[], list[Augmented]]]

SOURCES = ("oasis", "crops", "unlabelled")


def prepare(config: TrainingConfig, sources: Sequence[str] = SOURCES) -> int:
    """Encodes what is not cached yet; returns how many photos that was. Safe to interrupt."""
    if config.threads:
        torch.set_num_threads(config.threads)
    config.features.mkdir(parents=True, exist_ok=True)
    encoder: Lite2Encoder | None = None
    done = 0
    for source in sources:
        for path, make in _tasks(config, source):
            target = cache_file(config.features, path, seed=config.augment_seed)
            if target.exists():
                continue
            encoder = encoder or Lite2Encoder()
            write(target, make(), name_of(path), encoder)
            done += 1
    return done


def _tasks(config: TrainingConfig, source: str) -> Iterator[_Task]:
    if source == "crops":
        boxes = sorted(read_crops(config.data / "crops").items())[: config.limit or None]
        for index, (name, chosen) in enumerate(boxes):
            path = config.data / "crops" / "images" / name
            rng = np.random.default_rng([2, index])
            yield (
                path,
                lambda path=path, chosen=chosen, rng=rng: crop_pairs(  # type: ignore[misc]
                    _pixels(path), chosen, rng
                ),
            )
        return
    photos = oasis_photos if source == "oasis" else unlabelled_photos
    first = config.augment_seed
    seed, flaws = (first + 1, 2) if source == "oasis" else (first, config.flaws)
    for index, path in enumerate(photos(config.data, config.limit)):
        with Image.open(path) as image:
            if min(image.size) < SMALLEST:
                continue
        yield (
            path,
            lambda path=path, index=index: versions(  # type: ignore[misc]
                _pixels(path), index, seed=seed, flaws=flaws
            ),
        )


def _pixels(path: Path) -> Pixels:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


if __name__ == "__main__":
    prepare(load_config(Path(sys.argv[1])), sys.argv[2:] or SOURCES)
