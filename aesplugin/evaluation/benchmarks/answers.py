"""What a model's answers cost, once photos are renditions: the score alone, in words, and all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from aesplugin.evaluation.benchmarks.timing import time_once
from aesplugin.evaluation.judged import ReadOutModel, as_rendition
from aesplugin.models.base import AestheticModel
from aesplugin.models.encoder.views import picture
from aesplugin.photo import Rendition

_SIZE = (1024, 768)  # of a made-up rendition: width, height


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerTime:
    """One kind of answer: `seconds` a photo, the median of some batches."""

    what: str
    seconds: float

    @property
    def photos_per_second(self) -> float:
        """How many photos are answered in a second."""
        return 1 / self.seconds


def made_renditions(count: int, *, seed: int = 0) -> list[Rendition]:
    """`count` made-up renditions, no two alike."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(count):
        coarse = Image.fromarray(rng.integers(0, 255, (12, 16, 3), dtype=np.uint8))
        photo = coarse.resize(_SIZE, Image.Resampling.BICUBIC)
        found.append(as_rendition(np.asarray(photo)))
    return found


def time_answers(
    brief: AestheticModel, whole: AestheticModel, renditions: Sequence[Rendition], *, times: int = 3
) -> list[AnswerTime]:
    """Times one batch `times` times each way, after one that is not counted.

    Args:
        brief: answers without comments.
        whole: answers with all it can say. Where it reads scores in several ways (CALM), these
            are timed together.
        renditions: the batch.
    """
    ways: dict[str, Callable[[], object]] = {
        "score and suggestions, no comment": lambda: brief.assess(renditions)
    }
    if isinstance(whole, ReadOutModel):
        ways["score by all read-outs"] = lambda: _read(whole, renditions)
    ways["score, suggestions, comment"] = lambda: whole.assess(renditions)
    return [
        AnswerTime(what=what, seconds=_median(way, len(renditions), times))
        for what, way in ways.items()
    ]


def _read(model: ReadOutModel, renditions: Sequence[Rendition]) -> object:
    return model.scores(model.look([picture(rendition) for rendition in renditions]))


def _median(way: Callable[[], object], photos: int, times: int) -> float:
    """Seconds a photo."""
    way()
    return float(np.median([time_once(photos, way).seconds for _ in range(times)])) / photos
