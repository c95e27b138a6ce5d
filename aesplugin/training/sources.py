"""Which photos are trained on, and which never are."""

import hashlib
import os
from pathlib import Path

import numpy as np

from aesplugin.errors import NoPhotos
from aesplugin.evaluation.photos import photo_name

UNLABELLED = ("stock708", "voc2007", "bsds500", "imagenet_samples")
SQUASHED = {"flickr8k": (299, 224)}  # made square by their publisher; most were about 4 to 3
HELD_OUT = ("debian_wallpapers", "budgie_cc0")  # the evaluation makes its flawed copies of these
OASIS, FRAMED = "oasis/images", "crops/images"
LABELLED = ("labelled/photos/stock", "labelled/photos/voc")
LEARNT_WHOLLY = (*UNLABELLED, OASIS, *LABELLED)  # by the judge or its embedding, splits or not
LEARNT_BY_SPLIT = (*SQUASHED, FRAMED)
SMALLEST = 200  # pixels of the short side; less has lost what a flaw would change

_TRAIN, _VALIDATE = 78, 88  # percent of files, cumulated; the rest is for tests


def split_of(photo: str) -> str:
    """train, validate or test for "folder/file": by a hash of the name, the same everywhere."""
    percent = int(hashlib.sha256(photo.encode()).hexdigest()[:8], 16) % 100
    return "train" if percent < _TRAIN else "validate" if percent < _VALIDATE else "test"


def never_learnt_from(photo: Path) -> bool:
    """Whether none of the shipped models can have learnt from a photo: by the names of its folders.

    Of folders that were split the test photos are unseen, of folders of other names all. What a
    training of one's own saw is not known here.
    """
    return all(_kept_off(path) for path in (Path(os.path.abspath(photo)), photo.resolve()))


def _kept_off(photo: Path) -> bool:
    folder = f"{photo.parent.as_posix()}/"
    if any(f"/{name}/" in folder for name in LEARNT_WHOLLY):  # with the folders within
        return False
    by_split = folder.endswith(tuple(f"/{name}/" for name in LEARNT_BY_SPLIT))
    return not by_split or split_of(photo_name(photo)) == "test"


def unlabelled_photos(data: Path, limit: int = 0) -> list[Path]:
    """All photos of the training folders in one fixed random order; of any, where none is known.

    Behind them the squashed ones and those that people framed, whole: a photo's place seeds its
    flaws, so what is added later stands behind what is cached already.

    Raises:
        NoPhotos: there is none.
    """
    folder = data / "unlabelled"
    found = [path for name in UNLABELLED for path in _photos(folder / name)]
    more = [path for name in SQUASHED for path in _photos(folder / name)]
    more += framed_photos(data)
    if not found:
        found, more = [path for mine in _others(folder) for path in _photos(mine)], []
    if not found:
        raise NoPhotos(f"{folder} holds no photos: put folders of photos there, as you like")
    return [*_shuffled(found), *_shuffled(more)][: limit or None]


def framed_photos(data: Path) -> list[Path]:
    """The FLMS photographs, for which people drew crops, by name."""
    return _photos(data / FRAMED)


def _shuffled(photos: list[Path]) -> list[Path]:
    return [photos[index] for index in np.random.default_rng(0).permutation(len(photos))]


def oasis_photos(data: Path, limit: int = 0) -> list[Path]:
    """The OASIS photographs, by name."""
    return _photos(data / OASIS)[: limit or None]


def _others(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(one for one in folder.iterdir() if one.is_dir() and one.name not in HELD_OUT)


def _photos(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*") if path.is_file()) if folder.is_dir() else []
