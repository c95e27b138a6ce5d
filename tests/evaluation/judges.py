"""Real small models whose answers are known: what an evaluation must be able to tell apart."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

from aesplugin.assessment import Flaw
from aesplugin.models.base import Answer, ModelBackend, ModelCard
from aesplugin.models.wording.remedies import suggest
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


class Critic:
    """Looks at brightness, and says so in words."""

    card = ModelCard(
        name="critic", revision="7", summary="for tests", license="Apache-2.0", comments=True
    )

    def __init__(self, *, comments: bool = True) -> None:
        self.comments = comments

    def assess(self, renditions: Sequence[Rendition]) -> list[Answer]:
        return [self._answer(float(pixels_of(one).mean())) for one in renditions]

    def _answer(self, mean: float) -> Answer:
        dark = mean < 90
        said = "However, it is clearly too dark." if dark else "The light is well judged."
        return Answer(
            score=10 - abs(mean - 128) / 16,
            comment=f"A scene of tone {mean:.2f}. {said}" if self.comments else None,
            suggestions=(suggest(Flaw.UNDEREXPOSED, "brighten", 0.8),) if dark else (),
        )


class Reader:
    """Three read-outs of one look: brightness, a coarse step of it, and its opposite."""

    card = ModelCard(name="reader", revision="1", summary="for tests", license="Apache-2.0")
    read_out = "regression"

    def look(self, images: Sequence[Image.Image]) -> list[float]:
        return [1 + 9 * float(np.asarray(image).mean()) / 255 for image in images]

    def scores(self, look: list[float]) -> dict[str, list[float]]:
        return {
            "regression": look,
            "levels": [float(round(score / 4) * 4) for score in look],
            "text": [11 - score for score in look],
        }

    def assess(self, renditions: Sequence[Rendition]) -> list[Answer]:
        raise AssertionError("its read-outs are told: whole answers need not be asked for")


class CriticBackend(ModelBackend):
    """As a package would register it."""

    card = Critic.card

    def load(self, *, device: str, threads: int, cache: Path, comments: bool) -> Critic:
        return Critic(comments=comments)


class ReaderBackend(ModelBackend):
    """As a package would register it."""

    card = Reader.card

    def load(self, *, device: str, threads: int, cache: Path, comments: bool) -> Reader:
        return Reader()
