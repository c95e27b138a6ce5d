"""A model's answers as the plug-in shows them: held against what can be measured."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from aesplugin.assessment import Attribute
from aesplugin.evaluation.photos import Pixels
from aesplugin.imaging.attributes import measure
from aesplugin.models.base import AestheticModel, Answer
from aesplugin.models.views import decode
from aesplugin.photo import Rendition
from aesplugin.services.record import grounded


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
