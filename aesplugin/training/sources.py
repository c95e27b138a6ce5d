"""Which photos are trained on, and which never are."""

import hashlib
from pathlib import Path

import numpy as np

from aesplugin.errors import DataError

UNLABELLED = ("stock708", "voc2007", "bsds500", "imagenet_samples")
HELD_OUT = ("debian_wallpapers", "budgie_cc0")  # for evaluation only
SMALLEST = 200  # pixels of the short side; less has lost what a flaw would change

_TRAIN, _VALIDATE = 78, 88  # percent of files, cumulated; the rest is for tests


def split_of(photo: str) -> str:
    """train, validate or test for "folder/file": by a hash of the name, the same everywhere."""
    percent = int(hashlib.sha256(photo.encode()).hexdigest()[:8], 16) % 100
    return "train" if percent < _TRAIN else "validate" if percent < _VALIDATE else "test"


def unlabelled_photos(data: Path, limit: int = 0) -> list[Path]:
    """All photos of the training folders in one fixed random order.

    Raises:
        DataError: the folder holds none of them.
    """
    found = [path for name in UNLABELLED for path in _photos(data / "unlabelled" / name)]
    if not found:
        raise DataError(f"{data / 'unlabelled'} holds no photos; see docs/training-log.md")
    order = np.random.default_rng(0).permutation(len(found))
    return [found[index] for index in order][: limit or None]


def oasis_photos(data: Path, limit: int = 0) -> list[Path]:
    """The OASIS photographs, by name."""
    return _photos(data / "oasis" / "images")[: limit or None]


def name_of(path: Path) -> str:
    """The short name a cached photo goes by: folder/file."""
    return f"{path.parent.name}/{path.name}"


def _photos(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*") if path.is_file()) if folder.is_dir() else []
