import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aesplugin.errors import DataError
from aesplugin.evaluation.crops import crop_names, measure_crops
from tests.evaluation.judges import DetailJudge


def test_crops_around_the_subject_win(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    boxes = {}
    for seed in range(4):
        rng = np.random.default_rng(seed)
        pixels = np.full((240, 360, 3), 120, np.uint8)
        pixels[60:180, 40:160] = rng.integers(0, 255, (120, 120, 3))
        Image.fromarray(pixels).save(tmp_path / "images" / f"{seed}.png")
        boxes[f"{seed}.png"] = [[0.08, 0.2, 0.5, 0.8]]
    (tmp_path / "crops.json").write_text(json.dumps(boxes))
    report = measure_crops(DetailJudge(), tmp_path, crop_names(tmp_path), pairs=1)
    assert report.pairs == 4 and report.preferred == 1.0
    assert "1.000" in report.table()


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"crops\.json"):
        crop_names(tmp_path)
