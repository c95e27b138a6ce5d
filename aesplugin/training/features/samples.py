"""Cached photos as batches: which rows belong to one photo, and what is known of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from aesplugin.errors import NoPhotos
from aesplugin.evaluation.inputs import photo_name
from aesplugin.models.calm.heads import CLEAN, FLAWS, way_index
from aesplugin.training.engine.config import TrainingConfig
from aesplugin.training.features.cache import cache_file
from aesplugin.training.features.feature_set import FeatureSet, read
from aesplugin.training.flaws.cropping import read_crops
from aesplugin.training.photos import oasis_photos, split_of, unlabelled_photos


@dataclass(frozen=True, slots=True)
class Labels:
    """Known facts of N rows, as tensors [N]."""

    flaw: Tensor  # 0..14
    severity: Tensor  # 0..1
    way: Tensor  # index in WAYS, -1 where there is one way out


@dataclass(slots=True)
class Samples:
    """Cached features with the rows of each photo, clean row first."""

    features: FeatureSet
    photos: list[list[int]]
    labels: Labels

    def pick(self, rng: np.random.Generator, count: int) -> list[list[int]]:
        """The rows of `count` random photos, without repeats."""
        chosen = rng.choice(len(self.photos), min(count, len(self.photos)), replace=False)
        return [self.photos[index] for index in chosen]


def label(features: FeatureSet) -> Labels:
    """Labels of every row."""
    rows = features.versions
    return Labels(
        flaw=torch.tensor([FLAWS.index(row.flaw) if row.flaw else CLEAN for row in rows]),
        severity=torch.tensor([row.severity for row in rows], dtype=torch.float32),
        way=torch.tensor([way_index(row.flaw, row.direction) if row.flaw else -1 for row in rows]),
    )


def group(features: FeatureSet) -> Samples:
    """Rows by photo and round, in the order they were cached: each begins with a clean row."""
    photos: list[list[int]] = []
    for row, version in enumerate(features.versions):
        if version.kind == "clean":
            photos.append([])
        photos[-1].append(row)
    return Samples(features, photos, label(features))


def unlabelled(config: TrainingConfig, splits: Sequence[str]) -> Samples:
    """The cached unlabelled photos of some splits ("train", "validate").

    Raises:
        NoPhotos: none falls into these splits, or none of them is cached yet.
    """
    photos = unlabelled_photos(config.data, config.limit)
    wanted = [path for path in photos if split_of(photo_name(path)) in splits]
    if not wanted:
        raise NoPhotos(
            f"none of the {len(photos)} photos under {config.data} falls into the split "
            f"{' or '.join(splits)}, chosen by a hash of the name: add photos, then run "
            "`aesplugin train prepare` again"
        )
    return cached(config, wanted, "unlabelled")


def crops(config: TrainingConfig, splits: Sequence[str]) -> Samples:
    """Crop pairs: rows of a photo are whole, then (human, rival) several times."""
    names = sorted(read_crops(config.data / "crops"))[: config.limit or None]
    paths = [config.data / "crops" / "images" / name for name in names]
    return cached(config, [path for path in paths if split_of(photo_name(path)) in splits], "crops")


def oasis(config: TrainingConfig) -> Samples:
    """All cached OASIS photos; folds of themes are the teacher's."""
    return cached(config, oasis_photos(config.data, config.limit), "oasis")


def cached(config: TrainingConfig, photos: Sequence[Path], source: str, *, of: str = "") -> Samples:
    """What is cached of these photos, in the rounds their source has.

    `of` says in an error whose they are. Other rounds may lie in the cache, of another
    configuration: they are not read, or the same seed would train another model.

    Raises:
        NoPhotos: nothing is.
    """
    files = [
        round_file(config, source, photo, turn) for turn in config.turns(source) for photo in photos
    ]
    there = [path for path in files if path.exists()]
    if not there:
        whose = f" of {of}" if of else ""
        raise NoPhotos(
            f"no features{whose} in {config.features}: run `aesplugin train prepare` first"
        )
    return group(read(there))


def round_file(config: TrainingConfig, source: str, photo: Path, turn: int) -> Path:
    """Where one round of a source's photo is cached."""
    pairs = source == "crops"
    return cache_file(config.features, photo, seed=config.augment_seed, turn=turn, pairs=pairs)


def order_pairs(labels: Labels, photos: Sequence[Sequence[int]]) -> list[tuple[int, int, float]]:
    """(better row, worse row, margin): clean over flawed, mild over strong of the same flaw."""
    pairs = []
    for rows in photos:
        facts = [(row, int(labels.flaw[row]), float(labels.severity[row])) for row in rows]
        for row, flaw, severity in facts:
            if flaw == CLEAN:
                continue
            pairs.append((rows[0], row, 0.5 + severity))
            pairs += [
                (row, other, severe - severity)
                for other, same, severe in facts
                if same == flaw and severe > severity
            ]
    return pairs
