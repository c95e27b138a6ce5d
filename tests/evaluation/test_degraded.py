from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aesplugin.assessment import SYNTHETIC_FLAWS, Flaw
from aesplugin.errors import DataError
from aesplugin.evaluation.degraded import DegradedReport, measure_degraded
from aesplugin.evaluation.inputs import photos_in
from aesplugin.evaluation.synthetic_flaws import Strength
from aesplugin.models.base import Answer, ModelCard
from aesplugin.models.encoder.views import decode
from aesplugin.models.fake import FakeModel
from aesplugin.photo import Rendition

pytest.importorskip("cv2")


class Brightness:
    """Scores by mean brightness: knows one flaw, and prefers another."""

    card = ModelCard(name="brightness", revision="1", summary="", license="Apache-2.0")

    def assess(self, renditions: Sequence[Rendition]) -> list[Answer]:
        return [Answer(score=1 + 9 * float(decode(r).mean()) / 255) for r in renditions]


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    rng = np.random.default_rng(0)
    for number in range(3):
        coarse = Image.fromarray(rng.integers(40, 200, (5, 6, 3), np.uint8))
        coarse.resize((160, 120), Image.Resampling.BICUBIC).save(tmp_path / f"{number}.png")
    return photos_in([tmp_path])


def test_contests_tell_what_the_model_sees(photos: list[Path]) -> None:
    report = measure_degraded(Brightness(), photos, strengths=[Strength.STRONG])
    won = {contest.flaw: contest for contest in report.contests}
    assert set(won) == set(SYNTHETIC_FLAWS)
    assert won[Flaw.UNDEREXPOSED].won == 1
    assert won[Flaw.UNDEREXPOSED].drop > 0.5
    assert won[Flaw.OVEREXPOSED].won == 0
    assert report.nothing["black"] == pytest.approx(1, abs=0.05)
    assert report.nothing["white"] == pytest.approx(10, abs=0.05)
    assert "underexposed" in report.table()


def test_measures_repeat(photos: list[Path]) -> None:
    first, again = (measure_degraded(FakeModel(), photos) for _ in range(2))
    assert first == again
    assert len(first.contests) == len(SYNTHETIC_FLAWS) * len(Strength)


def test_no_photos_are_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no photos"):
        measure_degraded(FakeModel(), [])
    with pytest.raises(DataError, match="not a folder of photos"):
        photos_in([tmp_path / "absent"])


@pytest.fixture(scope="module")
def shipped(data_dir: Path) -> DegradedReport:
    from aesplugin.models.embedded.model import EmbeddedModel

    photos = photos_in([data_dir / "unlabelled" / "debian_wallpapers"])
    return measure_degraded(EmbeddedModel(), photos, strengths=[Strength.STRONG])


@pytest.mark.slow
def test_the_shipped_model_sees_craft(shipped: DegradedReport) -> None:
    won = {contest.flaw: contest.won for contest in shipped.contests}
    needed = (Flaw.BLUR, Flaw.NOISE, Flaw.UNDEREXPOSED, Flaw.OVEREXPOSED, Flaw.JPEG_ARTIFACTS)
    for flaw in needed:
        assert won[flaw] >= 0.9, flaw


@pytest.mark.slow
def test_pictures_of_nothing_are_at_the_bottom(shipped: DegradedReport) -> None:
    assert max(shipped.nothing.values()) <= 2
