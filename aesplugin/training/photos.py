"""Which photos are trained on, which never are, and how they are split by theme."""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aesplugin.assessment import Kind
from aesplugin.errors import DataError, NoPhotos
from aesplugin.evaluation.inputs import photo_name, photos_in


def theme_folds(themes: Sequence[str], *, folds: int, seed: int) -> NDArray[np.int64]:
    """The fold 0..folds-1 of each photo; photos of one theme share a fold, sizes are even.

    Raises:
        DataError: fewer themes than folds.
    """
    names, counts = np.unique(np.asarray(themes), return_counts=True)
    if len(names) < folds:
        raise DataError(f"{folds} folds need as many themes; there are {len(names)}")
    order = np.random.default_rng(seed).permutation(len(names))
    order = order[np.argsort(-counts[order], kind="stable")]  # large themes first: even sizes
    sizes = np.zeros(folds, np.int64)
    fold_of: dict[str, int] = {}
    for index in order:
        fold = int(sizes.argmin())
        fold_of[str(names[index])] = fold
        sizes[fold] += counts[index]
    return np.array([fold_of[str(theme)] for theme in themes], np.int64)


def non_photo_files(root: Path) -> list[tuple[Kind, Path]]:
    """Pictures that are no photographs, from a folder with one folder a kind.

    Raises:
        DataError: `root` has none of the folders graphic, document and scientific, or one of them
            is empty.
    """
    kinds = [kind for kind in Kind if not kind.is_photo and (root / kind.value).is_dir()]
    if not kinds:
        raise DataError(
            f"{root} has no folder of pictures that are no photos: graphic, document or scientific"
        )
    return [(kind, path) for kind in kinds for path in photos_in([root / kind.value])]


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
        raise NoPhotos(f"{folder} contains no photos: put folders of photos there")
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
