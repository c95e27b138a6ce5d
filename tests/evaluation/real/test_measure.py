"""A miniature measured from end to end."""

from dataclasses import replace
from pathlib import Path

import pytest

from aesplugin.assessment import Flaw
from aesplugin.errors import DataError
from aesplugin.evaluation.judged import AsShown, Progress
from aesplugin.evaluation.plots import Bars, Scatter
from aesplugin.evaluation.real.measure import measure_real
from aesplugin.evaluation.real.report import RealReport
from aesplugin.models.base import Answer
from aesplugin.models.embedded.model import EmbeddedModel
from aesplugin.models.wording.remedies import suggest
from tests.evaluation.real.miniature import Knower, row, write_labels

_DARK = suggest(Flaw.UNDEREXPOSED, "brighten", 0.8)
_ANSWERS = {
    1: Answer(score=3, suggestions=(_DARK,)),
    2: Answer(score=5, suggestions=()),
    3: Answer(score=8, suggestions=()),
}


def _root(tmp_path: Path) -> Path:
    dark = row(1, flaws={"underexposed": 2}, score=4, none_needed=False)
    return write_labels(tmp_path, [dark, row(2, score=5), row(3, score=6)])


def _measured(
    root: Path, answers: dict[int, Answer | None], progress: Progress = lambda done, of: None
) -> tuple[RealReport, list[str]]:
    told: list[str] = []
    report = measure_real(root, Knower(answers), complain=told.append, progress=progress)
    return report, told


def test_the_figures_of_a_split(tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    report, told = _measured(
        _root(tmp_path), dict(_ANSWERS), lambda done, of: steps.append((done, of))
    )
    assert told == []
    assert (report.split, report.pictures, report.photos) == ("report", 3, 3)
    figures = report.figures()
    assert figures["score SRCC"] == pytest.approx(1)
    assert figures["score MAE, points"] == pytest.approx(1)
    assert figures["first suggestion confirmed, clear"] == figures["left alone"] == 1
    assert steps[-1] == (3, 3)
    table = report.table()
    assert table.startswith("split report: 3 pictures, 3 of them photos;")
    assert "nan" not in table
    assert "underexposed                  1      1      1  1.000 [1.000, 1.000]" in table
    bars, points = report.panels()
    assert isinstance(bars, Bars) and isinstance(points, Scatter)
    assert bars.series == {"precision": [1.0], "recall of clear ones": [1.0]}
    assert points.points == [(4, 3), (5, 5), (6, 8)]


def test_a_score_that_is_not_labelled_does_not_count(tmp_path: Path) -> None:
    root = write_labels(tmp_path, [row(1), row(2), row(3, score=None, kind="graphic")])
    report, _ = _measured(root, dict(_ANSWERS))
    assert report.sections["score"]["SRCC"].count == 2
    assert (report.pictures, report.photos) == (3, 2)


def test_a_photo_that_cannot_be_decoded_is_left_out(tmp_path: Path) -> None:
    root = _root(tmp_path)
    broken = root.parent / "photos" / "2.png"
    broken.write_bytes(b"no picture")
    report, (line,) = _measured(root, dict(_ANSWERS))
    assert report.pictures == 2
    assert line.startswith(f"labels.jsonl, line 2: photos/2.png: {broken.resolve()}: ")
    assert line.endswith("; the photo is left out") and "\n" not in line


def test_a_photo_that_the_model_fails_on_is_left_out(tmp_path: Path) -> None:
    report, told = _measured(_root(tmp_path), {**_ANSWERS, 2: None})
    assert report.pictures == 2
    assert told == ["labels.jsonl, line 2: photos/2.png: photo 2 is damaged; the photo is left out"]


def test_a_score_that_is_none_is_left_out(tmp_path: Path) -> None:
    report, told = _measured(_root(tmp_path), {**_ANSWERS, 2: replace(_ANSWERS[2], score=77.0)})
    assert report.pictures == 2
    assert told == [
        "labels.jsonl, line 2: photos/2.png: the model returned the score 77.0, which is not "
        "within 1..10; the photo is left out"
    ]


def test_no_usable_photo_is_one_error(tmp_path: Path) -> None:
    root = _root(tmp_path)
    with pytest.raises(DataError, match="none of the 3 labelled photos can be used"):
        _measured(root, {1: None, 2: None, 3: None})


def test_the_shipped_model_on_a_few_labelled_photos(data_dir: Path, tmp_path: Path) -> None:
    labels = data_dir / "labelled" / "labels.jsonl"
    if not labels.is_file():
        pytest.skip("the labelled photos are absent (shared/data/labelled)")
    lines = [line for line in labels.read_text().splitlines() if '"crops/' in line][:8]
    root = tmp_path / "labelled"
    root.mkdir()
    (root / "labels.jsonl").write_text("\n".join(lines))
    (tmp_path / "crops").symlink_to(data_dir / "crops")
    told: list[str] = []
    model = AsShown(EmbeddedModel(device="cpu", threads=1))
    report = measure_real(root, model, split=None, complain=told.append)
    assert told == []
    assert report.pictures == 8
    assert report.sections["score"]["MAE, points"].value < 3
    assert -1 <= report.figures()["score SRCC"] <= 1
