"""The crop the model likes better: its figures are in step with the photo's own score."""

import io
from collections.abc import Sequence

import pytest
from PIL import Image

from aesplugin.models.base import Answer
from aesplugin.photo import Rendition
from aesplugin.services.advice.crop import better_crop


def jpeg() -> bytes:
    data = io.BytesIO()
    Image.effect_noise((800, 600), 60).convert("RGB").save(data, "JPEG")
    return data.getvalue()


class Judge:
    """Gives the whole one score, and one of the crops another."""

    def __init__(self, whole: float, best: float) -> None:
        self._scores = (whole, best)

    def __call__(self, renditions: Sequence[Rendition]) -> list[Answer]:
        whole, best = self._scores
        return [Answer(score=(whole, best)[i == 4]) for i in range(len(renditions))]


@pytest.mark.parametrize("known", [7.1, 3.04, 9.0])
def test_the_whole_scores_what_the_page_says(known: float) -> None:
    found = better_crop(jpeg(), Judge(7.4, 8.2), known=known)
    assert found is not None
    assert found.whole_score == known
    assert found.score == pytest.approx(known + 0.8)
    assert found.gain == pytest.approx(0.8)


def test_a_photo_without_a_score_has_what_was_just_asked() -> None:
    found = better_crop(jpeg(), Judge(7.4, 8.2))
    assert found is not None
    assert (found.whole_score, found.score) == (7.4, pytest.approx(8.2))


def test_no_crop_scores_more_than_there_is() -> None:
    found = better_crop(jpeg(), Judge(5.0, 8.0), known=9.0)
    assert found is not None
    assert found.score == 10.0
    assert better_crop(jpeg(), Judge(5.0, 8.0), known=9.9) is None


def test_a_crop_that_is_hardly_better_is_none() -> None:
    assert better_crop(jpeg(), Judge(7.4, 7.5), known=2.0) is None
