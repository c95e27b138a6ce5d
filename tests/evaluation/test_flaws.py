from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aesplugin.assessment import SYNTHETIC_FLAWS, Flaw
from aesplugin.errors import DataError
from aesplugin.evaluation.flaws import measure_flaws
from aesplugin.evaluation.judged import AsShown
from aesplugin.evaluation.synthetic_flaws import Strength
from tests.evaluation.judges import DetailJudge, LightJudge

pytest.importorskip("cv2")


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
    steps: list[tuple[int, int]] = []
    report = measure_flaws(
        LightJudge(),
        photos,
        strengths=[Strength.STRONG],
        progress=lambda done, of: steps.append((done, of)),
    )
    rows = {row.flaw: row for row in report.rows}
    assert set(rows) == set(SYNTHETIC_FLAWS)
    dark = rows[Flaw.UNDEREXPOSED]
    assert (dark.outscored, dark.named, dark.direction) == (1.0, 1.0, 1.0)
    assert rows[Flaw.JPEG_ARTIFACTS].named == 0
    assert report.accused == 0 and report.clean == 3
    figures = report.figures()
    assert figures["named, strong"] == pytest.approx(1 / 14, abs=0.1)
    assert "clean photos with a reported flaw" in report.table()
    assert steps[-1] == (3 * 15, 3 * 15)
    panels = report.panels()
    assert [len(panel.labels) for panel in panels] == [14, 14, 14]
    assert panels[1].series["strong"][panels[1].labels.index("underexposed")] == 1


def test_a_model_without_suggestions_is_measured_by_its_score_alone(photos: list[Path]) -> None:
    report = measure_flaws(DetailJudge(), photos, strengths=[Strength.STRONG])
    blur = next(row for row in report.rows if row.flaw is Flaw.BLUR)
    assert blur.outscored == 1.0
    assert np.isnan([blur.named, blur.direction, report.accused]).all()
    table = report.table()
    assert "gives no suggestions" in table and "nan" not in table
    assert len(report.panels()) == 1


def test_what_users_see_is_the_measured_advice_where_the_model_gives_none(
    photos: list[Path],
) -> None:
    report = measure_flaws(AsShown(DetailJudge()), photos, strengths=[Strength.STRONG])
    rows = {row.flaw: row for row in report.rows}
    assert rows[Flaw.UNDEREXPOSED].direction == 1.0
    assert rows[Flaw.BLUR].named > 0
    assert rows[Flaw.CUT_SUBJECT].named == 0.0  # nothing measures it
    assert not np.isnan(report.accused)


def test_no_photos_is_an_error() -> None:
    with pytest.raises(DataError, match="no photos"):
        measure_flaws(LightJudge(), [])


def test_a_photo_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    Image.new("RGB", (400, 20)).save(tmp_path / "thin.png")
    with pytest.raises(DataError, match=r"thin\.png has 400 x 20 pixels"):
        measure_flaws(LightJudge(), [tmp_path / "thin.png"])
    (tmp_path / "broken.jpg").write_bytes(b"no picture")
    with pytest.raises(DataError, match=r"broken\.jpg"):
        measure_flaws(LightJudge(), [tmp_path / "broken.jpg"])
