"""Plain pixels judged by any registered model, through the same bytes the plug-in sends."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np
import simplejpeg
from numpy.typing import NDArray
from PIL import Image

from aesplugin.models.base import AestheticModel, Answer
from aesplugin.photo import Rendition

Pixels = NDArray[np.uint8]

LONGEST: Final = 1024  # px, as in the plug-in's renditions
_QUALITY: Final = 92


def as_rendition(pixels: Pixels) -> Rendition:
    """Pixels [H, W, 3] as jobs carry them; larger photos are reduced to 1024 px."""
    image = Image.fromarray(pixels)
    image.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
    data = simplejpeg.encode_jpeg(
        np.ascontiguousarray(image), quality=_QUALITY, colorspace="RGB", colorsubsampling="444"
    )
    digest = hashlib.sha256(data).hexdigest()
    return Rendition(content_hash=digest, jpeg=data, width=image.width, height=image.height)


def judge(model: AestheticModel, photos: Iterable[Pixels], *, batch: int = 8) -> Iterator[Answer]:
    """The model's answer to each photo, in order, `batch` at a time."""
    for some in _batches(photos, batch):
        yield from model.assess([as_rendition(pixels) for pixels in some])


def _batches(photos: Iterable[Pixels], size: int) -> Iterator[list[Pixels]]:
    """Lists of `size`; the last may be shorter (itertools has this from Python 3.12 on)."""
    photos = iter(photos)
    while some := list(islice(photos, size)):
        yield some


def load_pixels(path: Path) -> Pixels:
    """A photo's pixels [H, W, 3]; test photos are plain upright JPEG or PNG."""
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def share(hits: Sequence[bool]) -> float:
    """Mean of booleans; NaN where there are none."""
    return float(np.mean(hits)) if hits else float("nan")
