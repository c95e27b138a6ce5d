"""Two ways to ask for a suggestion: each is measured by what it knows."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aesplugin.assessment import Flaw
from aesplugin.errors import DataError, UsageError
from aesplugin.evaluation.suggestions import measure_suggestions
from aesplugin.evaluation.synthetic_flaws import Strength
from aesplugin.models.calm.generation.remedy_likelihood import REMEDIES, by_flaw, remedy
from tests.evaluation.judges import LightJudge

pytest.importorskip("cv2")
_HEAD, _WORDS = "flaw head", "language model"
_BRIGHTEN, _DARKEN = Flaw.UNDEREXPOSED, Flaw.OVEREXPOSED


class Asked(LightJudge):
    """Its head knows dark photos; its words know bright ones, but like one remedy above all."""

    def look(self, images: Sequence[Image.Image]) -> list[float]:
        return [float(np.asarray(image.convert("L"), np.float32).mean()) for image in images]

    def likeliest_flaws(self, look: list[float]) -> list[Flaw]:
        return [_BRIGHTEN if light < 90 else Flaw.NOISE for light in look]

    def remedies(self, look: list[float]) -> list[list[float]]:
        return [
            [
                5.0 if flaw is Flaw.TILTED_HORIZON else float(flaw is _DARKEN and light > 166)
                for flaw, _ in REMEDIES
            ]
            for light in look
        ]

    def likeliest(self, remedies: Sequence[float], usual: Sequence[float]) -> Flaw:
        leads = by_flaw(remedies, usual)
        return max(leads, key=lambda flaw: leads[flaw])


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / f"{level}.png" for level in (120, 130)]
    for path in paths:
        Image.new("RGB", (96, 64), (int(path.stem),) * 3).save(path)
    return paths


def test_each_way_names_what_it_knows(photos: list[Path]) -> None:
    steps: list[tuple[int, int]] = []
    report = measure_suggestions(
        Asked(),
        photos,
        strengths=[Strength.STRONG],
        progress=lambda done, of: steps.append((done, of)),
    )
    assert steps[-1] == (30, 30) and report.copies == 28
    head = report.named[_HEAD]["strong"]
    assert head == pytest.approx(2 / 14)  # darkness, and noise by saying nothing else
    # bright photos are told to darken; where all is as usual the first flaw comes out
    words = report.named[_WORDS]["strong"]
    assert words == pytest.approx(2 / 14)
    assert "chance 0.071" in report.table()
    (panel,) = report.panels()
    assert panel.series["strong"] == [head, words]


def test_what_is_likely_for_every_photo_says_nothing() -> None:
    likelihoods = [-1.0 if flaw is Flaw.BLUR else -2.0 for flaw, _ in REMEDIES]
    usual = [-0.5 if flaw is Flaw.BLUR else -3.0 for flaw, _ in REMEDIES]
    leads = by_flaw(likelihoods, usual)
    assert leads[Flaw.BLUR] == pytest.approx(-0.5)
    assert {value for flaw, value in leads.items() if flaw is not Flaw.BLUR} == {1.0}


def test_a_remedy_is_a_sentence_for_each_way_out() -> None:
    said = [remedy(flaw, way) for flaw, way in REMEDIES]
    assert len(set(said)) == len(REMEDIES) >= 14
    assert all(one[0] == " " and one[1].isupper() and one.endswith(".") for one in said)


def test_a_model_that_cannot_be_asked_is_named(photos: list[Path]) -> None:
    with pytest.raises(UsageError, match="judge does not score remedies"):
        measure_suggestions(LightJudge(), photos)
    with pytest.raises(DataError, match="no photos"):
        measure_suggestions(Asked(), [])
