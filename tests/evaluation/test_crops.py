import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from aesplugin.errors import DataError
from aesplugin.evaluation.crops import crop_names, measure_crops
from tests.evaluation.judges import DetailJudge


def _folder(root: Path, boxes: dict[str, Any], *, count: int = 4) -> Path:
    (root / "images").mkdir()
    for seed in range(count):
        rng = np.random.default_rng(seed)
        pixels = np.full((240, 360, 3), 120, np.uint8)
        pixels[60:180, 40:160] = rng.integers(0, 255, (120, 120, 3))
        Image.fromarray(pixels).save(root / "images" / f"{seed}.png")
    (root / "crops.json").write_text(json.dumps(boxes))
    return root


_AROUND = [0.08, 0.2, 0.5, 0.8]  # the textured subject


def test_crops_around_the_subject_win(tmp_path: Path) -> None:
    root = _folder(tmp_path, {f"{seed}.png": [_AROUND] for seed in range(4)})
    steps: list[tuple[int, int]] = []
    report = measure_crops(
        DetailJudge(),
        root,
        crop_names(root),
        pairs=1,
        progress=lambda done, of: steps.append((done, of)),
    )
    assert report.pairs == 4 and report.preferred == 1.0
    assert report.by_size == {"up to 40 %": (4, 1.0)}
    assert "1.000" in report.table()
    assert steps[-1] == (8, 8)
    assert report.data()["by_size"]["up to 40 %"] == {"pairs": 4, "preferred": 1.0}
    (panel,) = report.panels()
    assert panel.labels[0] == "all (4)" and panel.series["preferred"][0] == 1.0


def test_crops_beside_the_subject_lose(tmp_path: Path) -> None:
    root = _folder(tmp_path, {f"{seed}.png": [[0.55, 0.1, 0.97, 0.7]] for seed in range(4)})
    assert measure_crops(DetailJudge(), root, crop_names(root), pairs=1).preferred < 0.5


def test_the_same_seed_draws_the_same_rivals(tmp_path: Path) -> None:
    root = _folder(tmp_path, {f"{seed}.png": [_AROUND, [0.3, 0.1, 0.9, 0.7]] for seed in range(4)})
    one, two = (measure_crops(DetailJudge(), root, crop_names(root), seed=3) for _ in range(2))
    assert one == two


def test_a_box_drawn_from_the_lower_right_or_a_little_over_the_edge_is_taken(
    tmp_path: Path,
) -> None:
    root = _folder(tmp_path, {"0.png": [[0.5, 0.8, 0.08, 0.2], [-0.02, 0.2, 0.5, 0.8]]})
    report = measure_crops(DetailJudge(), root, crop_names(root), pairs=2)
    assert report.pairs == 2


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"crops\.json"):
        crop_names(tmp_path)


@pytest.mark.parametrize(
    ("boxes", "complaint"),
    [
        ([1, 2], "must be an object"),
        ({"0.png": 3}, "'0.png' needs boxes"),
        ({"0.png": [[0.1, 0.2, 0.3]]}, "'0.png' needs boxes"),
        ({"0.png": [[0.1, 0.2, 3, 0.4]]}, "'0.png' needs boxes"),
        ({"0.png": [[0.1, 0.2, 0.1, 0.4]]}, "'0.png' needs boxes"),
        ({"0.png": [[float("nan"), 0.2, 0.5, 0.4]]}, "'0.png' needs boxes"),
        ({"../0.png": [_AROUND]}, "is not the name of a file"),
    ],
)
def test_a_wrong_table_is_told(tmp_path: Path, boxes: Any, complaint: str) -> None:
    root = _folder(tmp_path, boxes, count=1)
    with pytest.raises(DataError, match=r"crops\.json") as caught:
        crop_names(root)
    assert complaint in str(caught.value)


def test_a_missing_photo_and_boxes_of_whole_photos_are_told(tmp_path: Path) -> None:
    root = _folder(tmp_path, {"gone.png": [_AROUND], "0.png": [[0, 0, 1, 1]]})
    with pytest.raises(DataError, match=r"gone\.png"):
        measure_crops(DetailJudge(), root, ["gone.png"])
    with pytest.raises(DataError, match="no pair of crops"):
        measure_crops(DetailJudge(), root, ["0.png"])
