"""Real small models whose answers are known: what an evaluation must be able to tell apart."""

from collections.abc import Sequence
from io import BytesIO

import numpy as np
from PIL import Image

from aesplugin.assessment import Flaw
from aesplugin.models.base import Answer, ModelCard
from aesplugin.models.remedies import suggest
from aesplugin.photo import Rendition

CARD = ModelCard(name="judge", revision="1", summary="for tests", license="Apache-2.0")


def pixels_of(rendition: Rendition) -> np.ndarray:  # type: ignore[type-arg]
    return np.asarray(Image.open(BytesIO(rendition.jpeg)).convert("RGB"), np.float32)


class LightJudge:
    """Knows exposure only: middle grey is best, dark photos are told to brighten."""

    card = CARD

    def assess(self, renditions: Sequence[Rendition]) -> list[Answer]:
        answers = []
        for rendition in renditions:
            mean = float(pixels_of(rendition).mean())
            advice = (suggest(Flaw.UNDEREXPOSED, "brighten", 0.8),) if mean < 90 else ()
            answers.append(Answer(score=10 - abs(mean - 128) / 16, suggestions=advice))
        return answers


class DetailJudge:
    """Likes the busiest pixels: a human crop around a textured subject should win."""

    card = CARD

    def assess(self, renditions: Sequence[Rendition]) -> list[Answer]:
        return [
            Answer(score=1 + float(np.abs(np.diff(pixels_of(one), axis=1)).mean()) / 30)
            for one in renditions
        ]
