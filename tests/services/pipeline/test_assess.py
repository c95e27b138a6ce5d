"""One bad photo must not cost its neighbours their answers."""

import math
from collections.abc import Sequence

import pytest

from aesplugin.errors import DamagedPhoto, ModelError, OutOfMemory
from aesplugin.models.base import Answer, ModelCard
from aesplugin.models.fake import FakeModel
from aesplugin.photo import Rendition
from aesplugin.services.pipeline.assess import assess


def rendition(number: int) -> Rendition:
    return Rendition(content_hash=f"{number:064x}", jpeg=b"", width=1, height=1)


class ChokingModel:
    """Answers like the fake, but refuses large batches and cannot decode certain photos."""

    card: ModelCard = FakeModel.card

    def __init__(self, *, most: int = 100, damaged: Sequence[int] = ()) -> None:
        self._most = most
        self._damaged = {f"{number:064x}" for number in damaged}
        self._answers = FakeModel()
        self.batches: list[int] = []

    def assess(self, renditions: Sequence[Rendition]) -> list[Answer]:
        self.batches.append(len(renditions))
        if len(renditions) > self._most:
            raise OutOfMemory("the batch does not fit")
        for one in renditions:
            if one.content_hash in self._damaged:
                raise DamagedPhoto(f"{one.content_hash} cannot be decoded")
        return self._answers.assess(renditions)


def test_answers_keep_their_order() -> None:
    photos = [rendition(n) for n in (3, 1, 2)]
    results = assess(FakeModel(), photos)
    assert [r.content_hash for r in results] == [p.content_hash for p in photos]
    assert all(isinstance(r.outcome, Answer) for r in results)


def test_no_photos_ask_no_model() -> None:
    model = ChokingModel()
    assert assess(model, []) == []
    assert model.batches == []


def test_out_of_memory_halves_the_batch_until_it_fits() -> None:
    model = ChokingModel(most=2)
    results = assess(model, [rendition(n) for n in range(8)])
    assert all(isinstance(r.outcome, Answer) for r in results)
    assert model.batches == [8, 4, 2, 2, 4, 2, 2]


@pytest.mark.parametrize("culprit", range(5))
def test_a_damaged_photo_fails_alone(culprit: int) -> None:
    results = assess(ChokingModel(damaged=[culprit]), [rendition(n) for n in range(5)])
    failed = [n for n, r in enumerate(results) if not isinstance(r.outcome, Answer)]
    assert failed == [culprit]
    assert isinstance(results[culprit].outcome, DamagedPhoto)


def test_a_photo_that_never_fits_is_named_not_scored() -> None:
    (result,) = assess(ChokingModel(most=0), [rendition(7)])
    assert isinstance(result.outcome, OutOfMemory)


@pytest.mark.parametrize("score", [math.nan, math.inf, 0.99, 10.01])
def test_a_score_that_is_none_is_a_failure_of_its_photo_alone(score: float) -> None:
    class Odd(FakeModel):
        def assess(self, renditions: Sequence[Rendition]) -> list[Answer]:
            return [Answer(score=score), *super().assess(renditions[1:])]

    odd, *others = assess(Odd(), [rendition(n) for n in range(3)])
    assert isinstance(odd.outcome, ModelError)
    assert f"the score {score}, which is not within 1..10" in str(odd.outcome)
    assert all(isinstance(one.outcome, Answer) for one in others)
