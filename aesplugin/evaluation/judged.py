"""A model's answers as the plug-in shows them: held against what can be measured."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any, Protocol, TypeVar, runtime_checkable

import numpy as np
from PIL import Image

from aesplugin.assessment import Attribute
from aesplugin.evaluation.inputs import Pixels
from aesplugin.imaging.attributes import measure
from aesplugin.imaging.renditions import fitted, make_rendition
from aesplugin.models.base import AestheticModel, Answer
from aesplugin.models.encoder.views import decode
from aesplugin.photo import Rendition
from aesplugin.services.pipeline.record import grounded


class AsShown:
    """The model behind the plug-in's own check of its suggestions.

    Advice that the measurements contradict is dropped; where the model gives none of its own, the
    measured advice stands in.
    """

    def __init__(self, model: AestheticModel) -> None:
        self.card = model.card
        self._model = model

    def assess(self, renditions: Sequence[Rendition]) -> list[Answer]:
        """The model's answers with the suggestions a user would see."""
        answers = self._model.assess(renditions)
        return [
            replace(answer, suggestions=grounded(answer, attributes_of(decode(rendition))))
            for answer, rendition in zip(answers, renditions, strict=True)
        ]


def attributes_of(pixels: Pixels) -> Mapping[str, Attribute]:
    """The measured attributes of pixels [H, W, 3] whose file is not known."""
    height, width = pixels.shape[:2]
    return measure(pixels, jpeg_quality=None, native_size=(width, height))


Progress = Callable[[int, int], None]
Item = TypeVar("Item")


class UnseenAnswer(Protocol):
    """A score, its read-outs, whether the shipped weights learnt from it, and what these say."""

    @property
    def score(self) -> float: ...

    @property
    def learnt_from(self) -> bool: ...

    @property
    def read_outs(self) -> Mapping[str, float]: ...

    @property
    def shipped(self) -> float | None: ...


@runtime_checkable
class FoldModel(Protocol):
    """A model with heads that left out folds of themes: it can judge what it learnt from."""

    def assess_unseen(
        self, renditions: Sequence[Rendition], themes: Sequence[str | None]
    ) -> Sequence[UnseenAnswer]:
        """Answers by weights that never saw the photo nor its theme."""
        ...


@runtime_checkable
class ReadOutModel(Protocol):
    """A model that reads its score in several ways from one look (CALM: three).

    `read_out`, where the model has such an attribute, names the one its answers carry.
    """

    def look(self, images: Sequence[Image.Image]) -> Any:
        """Whatever one pass over the photos finds."""
        ...

    def scores(self, look: Any) -> Mapping[str, Sequence[float]]:
        """Every read-out by name: scores 1..10 in the photos' order."""
        ...


def as_rendition(pixels: Pixels) -> Rendition:
    """Pixels [H, W, 3] as jobs carry them; larger photos are reduced as on the way in."""
    size = fitted((pixels.shape[1], pixels.shape[0]))
    image = Image.fromarray(pixels)
    if image.size != size:
        image = image.resize(size, Image.Resampling.BICUBIC, reducing_gap=3.0)
    small = np.asarray(image)
    return make_rendition(small, hashlib.sha256(small.tobytes()).hexdigest())


def judge(model: AestheticModel, photos: Iterable[Pixels], *, batch: int = 8) -> Iterator[Answer]:
    """The model's answer to each photo, in order, `batch` at a time."""
    for some in batches(photos, batch):
        yield from model.assess([as_rendition(pixels) for pixels in some])


def batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Lists of `size`; the last may be shorter (itertools has this from Python 3.12 on)."""
    left = iter(items)
    while some := list(islice(left, size)):
        yield some


def share(hits: Sequence[bool]) -> float:
    """Mean of booleans; NaN where there are none."""
    return float(np.mean(hits)) if hits else float("nan")


def counted(progress: Progress, of: int) -> Callable[[], None]:
    """Reports one more of `of` at each call."""
    done = 0

    def one_more() -> None:
        nonlocal done
        done += 1
        progress(done, of)

    return one_more
