"""A model of known cost and known answers: for tests, dry runs and scaling benchmarks."""

import os
import time
from collections.abc import Sequence
from pathlib import Path

from aesplugin.models.base import Answer, ModelBackend, ModelCard
from aesplugin.photo import Rendition


class FakeModel:
    """Scores by the content hash alone: deterministic, spread over 1..10, no network inside."""

    card = ModelCard(
        name="fake",
        revision="fake-1",
        summary="For tests: the score is made from the content hash, whatever the photo.",
        license="Apache-2.0",
    )

    def __init__(self, *, seconds_per_photo: float | None = None) -> None:
        """A photo costs `seconds_per_photo`; by default $AES_FAKE_SECONDS, else nothing."""
        if seconds_per_photo is None:
            seconds_per_photo = float(os.environ.get("AES_FAKE_SECONDS", "0"))
        self._seconds_per_photo = seconds_per_photo

    def assess(self, renditions: Sequence[Rendition]) -> list[Answer]:
        time.sleep(self._seconds_per_photo * len(renditions))
        return [Answer(score=self._score(rendition.content_hash)) for rendition in renditions]

    @staticmethod
    def _score(content_hash: str) -> float:
        return round(1 + 9 * int(content_hash[:8], 16) / 0xFFFFFFFF, 2)


class FakeBackend(ModelBackend):
    """Computes nothing, hence on any device."""

    card = FakeModel.card

    def load(self, *, device: str, threads: int, cache: Path, comments: bool) -> FakeModel:
        """At once."""
        return FakeModel()
