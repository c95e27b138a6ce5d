"""A crop that scores higher: candidates with the photo's aspect ratio, scored like photos."""

import hashlib
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from aesplugin.assessment import SCORE_MAX
from aesplugin.imaging.renditions import fitted, make_rendition
from aesplugin.models.base import Answer
from aesplugin.photo import Rendition

_SCALES = (0.9, 0.8, 0.7)  # of both sides: below that it is another photo
_STEPS = 3  # positions along each side
_LEAST_GAIN = 0.15  # points of 10: below that the model cannot tell the two apart


@dataclass(frozen=True, slots=True, kw_only=True)
class Crop:
    """A box as shares of width and height, 0..1, and the two scores."""

    left: float
    top: float
    width: float
    height: float
    score: float
    whole_score: float

    @property
    def gain(self) -> float:
        """How many points (of 10) the crop gains."""
        return self.score - self.whole_score


def better_crop(
    jpeg: bytes, ask: Callable[[Sequence[Rendition]], list[Answer]], *, known: float | None = None
) -> Crop | None:
    """The best crop of an upright JPEG; None where none is clearly better than the whole.

    `known` is the photo's score where it has one. What is asked about here was made smaller and
    compressed once more, whole and crops alike, so all of them may score differently: only how much
    a crop wins over the whole is taken from them, and added to what is known.

    Raises:
        ModelError: the model cannot answer.
    """
    with Image.open(io.BytesIO(jpeg)) as image:
        picture = image.convert("RGB")
    boxes = [(0.0, 0.0, 1.0), *_boxes()]
    answers = ask([_rendition(picture, box) for box in boxes])
    scores = [answer.score for answer in answers]
    best = max(range(1, len(boxes)), key=lambda i: scores[i])
    whole = scores[0] if known is None else known
    score = min(SCORE_MAX, whole + scores[best] - scores[0])
    if score - whole < _LEAST_GAIN:
        return None
    left, top, scale = boxes[best]
    return Crop(left=left, top=top, width=scale, height=scale, score=score, whole_score=whole)


def _boxes() -> Iterator[tuple[float, float, float]]:
    """(left, top, scale) of each candidate."""
    for scale in _SCALES:
        for row in range(_STEPS):
            for column in range(_STEPS):
                free = (1 - scale) / (_STEPS - 1)
                yield column * free, row * free, scale


def _rendition(picture: Image.Image, box: tuple[float, float, float]) -> Rendition:
    left, top, scale = box
    width, height = picture.size
    part = picture.crop(
        (
            round(left * width),
            round(top * height),
            round((left + scale) * width),
            round((top + scale) * height),
        )
    )
    small = part.resize(fitted(part.size), Image.Resampling.BICUBIC)
    pixels = np.asarray(small)  # [H, W, 3]
    return make_rendition(pixels, hashlib.sha256(small.tobytes()).hexdigest())
