"""Training from pictures to files that judge, on a set so small that nothing useful is learnt."""

from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from aesplugin.errors import DataError
from aesplugin.evaluation.real.labels import LABELS, Split
from aesplugin.models.folds import content_key, read_folds
from aesplugin.models.judge.config import CONFIG, SCORE, TARGETS
from aesplugin.models.judge.network import FOLDS, WEIGHTS, load_judge
from aesplugin.training.judge.looks import Task, looks
from aesplugin.training.judge.train import JudgeOptions, JudgeReport, teaching, train_judge
from aesplugin.training.photos import split_of
from tests.training.judge.world import OTHERS, RATED, Labelled, label, make_labelled, write_labels
from tests.training.world import photo

_DRAWN, _SCENES = 4, 3


def _nothing(*_: object) -> None:
    """For progress and complaints that a test does not look at."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Labelled:
    return make_labelled(tmp_path_factory.mktemp("judge"))


def _options(world: Labelled, output: Path) -> JudgeOptions:
    return JudgeOptions(
        labels=world.labels,
        oasis=world.oasis,
        output=output,
        cache=world.oasis.parent / "cache",
        copies=1,
        drawn=_DRAWN,
        scenes=_SCENES,
        folds=2,
        workers=1,
    )


Trained = tuple[JudgeReport, Path, list[tuple[str, int, int]]]


@pytest.fixture(scope="module")
def trained(world: Labelled, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    output, steps = tmp_path_factory.mktemp("trained"), []
    report = train_judge(
        _options(world, output), lambda *step: steps.append(step), lambda what: pytest.fail(what)
    )
    return report, output, steps


def test_the_report_counts_what_was_learnt_from(trained: Trained) -> None:
    report, output, _ = trained
    assert report.photos == RATED + OTHERS
    assert report.rows == 2 * (RATED + OTHERS) + _DRAWN + _SCENES
    assert 0.0 in report.front
    for found in (report.labels_by_fold, report.labels_by_source, report.votes_by_fold):
        assert -1 <= found <= 1
    assert (output / "report.json").read_text().count('"photos": 12') == 1


def test_progress_goes_from_photos_to_the_fit(trained: Trained) -> None:
    steps = trained[2]
    assert list(dict.fromkeys(what for what, _, _ in steps)) == [
        "encoding photos",
        "generating non-photos",
        "generating night skies, silhouettes and empty frames",
        "fitting",
    ]
    assert steps[-1] == ("fitting", 3, 3)
    assert ("encoding photos", 12, 12) in steps and ("generating non-photos", 4, 4) in steps


def test_collected_non_photos_are_learnt_and_a_damaged_one_is_named(
    world: Labelled, tmp_path: Path
) -> None:
    collected = tmp_path / "collected"
    for number, kind in enumerate(("graphic", "document")):
        photo(collected / kind / f"{number}.jpg", 40 + number)
    (collected / "graphic" / "cut.jpg").write_bytes(b"nothing")
    complaints: list[str] = []
    options = replace(_options(world, tmp_path / "judge"), non_photos=collected)
    report = train_judge(options, _nothing, complaints.append)
    assert report.rows == 2 * (RATED + OTHERS) + _DRAWN + _SCENES + 2
    assert len(complaints) == 1 and "cut.jpg" in complaints[0]
    assert complaints[0].endswith("the picture is left out")


def test_a_folder_without_kinds_is_one_line(world: Labelled, tmp_path: Path) -> None:
    options = replace(_options(world, tmp_path / "judge"), non_photos=tmp_path)
    with pytest.raises(DataError, match="has no folder of pictures that are no photos: graphic"):
        train_judge(options, lambda *step: pytest.fail("photos were encoded first"), _nothing)


def test_what_was_written_judges_the_photos_it_learnt_from(
    world: Labelled, trained: Trained
) -> None:
    _, output, _ = trained
    judge = load_judge(output)
    tasks = [
        Task(photo=one.path, copies=1, seed=0, cache=world.oasis.parent / "cache")
        for one in teaching(world.labels, _nothing)
    ]
    clean = [found[0].blocks for found in looks(tasks, workers=1) if isinstance(found, list)]
    blocks = {
        name: np.concatenate([one[name] for one in clean]).astype(np.float32) for name in clean[0]
    }
    found = judge.judge(blocks)
    assert found.folds.shape == (RATED + OTHERS, 2)
    assert ((found.score >= 1) & (found.score <= 9.7)).all()
    assert (found.uncertainty >= 0.1).all()
    assert np.abs(found.folds - found.score[:, None]).max() > 0.05
    labels = teaching(world.labels, _nothing)
    photos = [at for at, one in enumerate(labels) if one.kind.is_photo]
    scores = found.targets[photos, TARGETS.index(SCORE)]
    assert np.corrcoef(scores, [labels[at].score or 0 for at in photos])[0, 1] > 0.9


def test_every_photo_has_the_fold_of_its_theme_or_its_own(
    world: Labelled, trained: Trained
) -> None:
    table = read_folds(trained[1] / FOLDS, 2)
    assert set(table.themes) == {"theme 0", "theme 1", "theme 2"}
    assert len(table.contents) == RATED + OTHERS
    for number in range(RATED):
        key = content_key((world.oasis / "images" / f"{number}.jpg").read_bytes())
        assert table.contents[key] == table.themes[f"theme {number // 2}"]


def test_the_same_seed_gives_the_same_judge(
    world: Labelled, trained: Trained, tmp_path: Path
) -> None:
    report, output, _ = trained
    again = train_judge(_options(world, tmp_path), _nothing, _nothing)
    assert asdict(again) == asdict(report)
    for name in (WEIGHTS, CONFIG, FOLDS):
        assert (tmp_path / name).read_bytes() == (output / name).read_bytes(), name


def test_what_figures_are_reported_of_teaches_nothing(tmp_path: Path) -> None:
    names = {split_of(f"images/{number}.jpg"): f"{number}.jpg" for number in range(99)}
    kept = ["oasis/images/0.jpg", f"crops/images/{names['train']}"]
    rows = [label(name, 1) for name in kept]
    rows.append(label("oasis/images/1.jpg", 1, split=Split.REPORT.value))
    rows.append(label("unlabelled/debian_wallpapers/0.jpg", 1))
    rows.append(label(f"crops/images/{names['test']}", 1))
    for row in rows:
        photo(tmp_path / row["file"], 0)
    write_labels(tmp_path / "labelled", rows)
    assert [one.name for one in teaching(tmp_path / "labelled", _nothing)] == kept
    write_labels(tmp_path / "labelled", rows[2:])
    with pytest.raises(DataError, match="no label to train on"):
        teaching(tmp_path / "labelled", _nothing)


def test_too_little_is_told_before_anything_is_looked_at(tmp_path: Path) -> None:
    world = make_labelled(tmp_path)
    lines = (world.labels / LABELS).read_text().splitlines(keepends=True)
    for some, reason in (
        (lines[RATED:], "votes on 0 of the labelled photos"),
        (lines[:1], "votes on 1 of the labelled photos, of 1 folds"),
        (lines[:RATED], "labels of one folder of photos"),
    ):
        (world.labels / LABELS).write_text("".join(some))
        with pytest.raises(DataError, match=reason) as told:
            train_judge(_options(world, tmp_path / "out"), _nothing, _nothing)
        assert "\n" not in str(told.value)
    assert not (tmp_path / "cache").exists() and not (tmp_path / "out").exists()


def test_a_photo_that_cannot_be_read_is_told_and_left_out(tmp_path: Path) -> None:
    world, told = make_labelled(tmp_path), []
    broken = world.labels.parent / "labelled" / "photos" / "stock" / f"{RATED}.jpg"
    broken.write_bytes(b"no picture")
    report = train_judge(_options(world, tmp_path / "judge"), _nothing, told.append)
    assert report.photos == RATED + OTHERS - 1
    (line,) = told
    assert broken.name in line and line.endswith("; the photo is left out")
