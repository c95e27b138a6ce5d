"""What an evaluation is given: photos, as the plug-in sees them, and JSON files."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from aesplugin.errors import DataError, PhotoError
from aesplugin.extensions import PHOTO_EXTENSIONS
from aesplugin.imaging.content import read_content
from aesplugin.imaging.decode import Picture, decode
from aesplugin.imaging.renditions import make_rendition
from aesplugin.photo import Rendition


def read_json(path: Path) -> Any:
    """What the file holds.

    Raises:
        DataError: it cannot be read, or is not JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise DataError(f"{path} is not JSON: {error}") from None


Pixels = NDArray[np.uint8]

_MAX_MEGAPIXELS: Final = 300.0


def photos_in(
    folders: Sequence[Path], *, count: int = 0, keep: Callable[[Path], bool] = lambda path: True
) -> list[Path]:
    """The pictures directly in each folder that `keep` says yes to, sorted.

    `count` takes so many a folder, evenly through the sorted names; 0 takes all.

    Raises:
        DataError: a folder is absent, holds no photo, or none that may be kept.
    """
    found: list[Path] = []
    for folder in folders:
        inside = [path for path in folder.glob("*") if path.suffix.lower() in PHOTO_EXTENSIONS]
        if not inside:
            raise DataError(f"{folder} is not a folder of photos")
        kept = sorted(path for path in inside if keep(path))
        if not kept:
            raise DataError(
                f"{folder}: every photo in it may be training data; --all includes them"
            )
        found += _evenly(kept, count)
    return found


def photo_name(path: Path) -> str:
    """The name a photo goes by: "folder/file"."""
    return f"{path.parent.name}/{path.name}"


def load_pixels(path: Path, *, least: int = 1) -> Pixels:
    """A photo's pixels [H, W, 3], upright sRGB, long side at most 1024 px, as models get them.

    Raises:
        DataError: it cannot be decoded, or a side is shorter than `least` pixels; names the file.
    """
    pixels = _decoded(path)[0].pixels
    height, width = pixels.shape[:2]
    if min(height, width) < least:
        raise DataError(f"{path} has {width} x {height} pixels; at least {least} a side are needed")
    return pixels


def read_rendition(path: Path) -> Rendition:
    """A photo as the plug-in sends it to a model, under the hash of its file.

    Raises:
        DataError: it cannot be decoded; names the file.
    """
    picture, content_hash = _decoded(path)
    return make_rendition(picture.pixels, content_hash)


def _decoded(path: Path) -> tuple[Picture, str]:
    try:
        content = read_content(str(path))
        return decode(content.data, str(path), _MAX_MEGAPIXELS), content.content_hash
    except PhotoError as error:
        raise DataError(f"{path}: {error}") from None


def _evenly(paths: Sequence[Path], count: int) -> list[Path]:
    if not count or count >= len(paths):
        return list(paths)
    return [paths[index * len(paths) // count] for index in range(count)]
