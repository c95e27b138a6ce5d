from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aesplugin.assessment import Flaw
from aesplugin.errors import DataError
from aesplugin.evaluation.flaws import measure_flaws
from aesplugin.evaluation.transforms import Strength
from tests.evaluation.judges import LightJudge


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    paths = []
    for seed in range(3):
        rng = np.random.default_rng(seed)
        coarse = Image.fromarray(rng.integers(40, 216, (8, 12, 3), np.uint8))
        path = tmp_path / f"{seed}.jpg"
        coarse.resize((240, 160), Image.Resampling.BICUBIC).save(path, quality=95)
        paths.append(path)
    return paths


def test_a_judge_of_light_sees_darkness_and_nothing_else(photos: list[Path]) -> None:
    report = measure_flaws(LightJudge(), photos, strengths=[Strength.STRONG])
    rows = {row.flaw: row for row in report.rows}
    assert set(rows) == set(Flaw)
    dark = rows[Flaw.UNDEREXPOSED]
    assert (dark.outscored, dark.named, dark.direction) == (1.0, 1.0, 1.0)
    assert rows[Flaw.JPEG_ARTIFACTS].named == 0
    assert report.accused == 0 and report.clean == 3
    figures = report.figures()
    assert figures["named, strong"] == pytest.approx(1 / 14, abs=0.1)
    assert "clean photos accused" in report.table()


def test_no_photos_is_an_error() -> None:
    with pytest.raises(DataError, match="no photos"):
        measure_flaws(LightJudge(), [])
