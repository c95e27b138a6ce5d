"""Every stage end to end: made-up photos, the real encoder, a tiny language model."""

import csv
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from aesplugin.errors import DataError, NoPhotos, SettingsError, UsageError
from aesplugin.evaluation.inputs import photo_name
from aesplugin.models.calm.model import CalmForConditionalGeneration
from aesplugin.models.folds import read_folds
from aesplugin.training.calm.calibrate import calibration_photos
from aesplugin.training.calm.votes import rated
from aesplugin.training.engine.config import Stage, TrainingConfig
from aesplugin.training.features.prepare import prepare
from aesplugin.training.photos import split_of
from aesplugin.training.stages import STAGES, run
from aesplugin.training.stages.scores import set_beauty
from tests.models.calm.small import TINY_CLIP, TINY_LLAMA, make_tokenizer


def _photo(path: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(0, 255, (6, 8, 3), np.uint8))
    path.parent.mkdir(parents=True, exist_ok=True)
    coarse.resize((288, 224), Image.Resampling.BICUBIC).save(path, quality=92)


def _names(folder: str, split: str, count: int) -> list[str]:
    found = (f"{number}.jpg" for number in range(500))
    return [name for name in found if split_of(f"{folder}/{name}") == split][:count]


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> TrainingConfig:
    root = tmp_path_factory.mktemp("training")
    for split, count in (("train", 3), ("validate", 1)):
        for seed, name in enumerate(_names("stock708", split, count)):
            _photo(root / "data" / "unlabelled" / "stock708" / name, seed)
    with (root / "oasis.csv").open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["item", "file", "theme", "category", "beauty_mos"])
        for number in range(5):
            _photo(root / "data" / "oasis" / "images" / f"{number}.jpg", 100 + number)
            writer.writerow([number, f"{number}.jpg", f"theme {number}", "Object", 2 + number])
    (root / "oasis.csv").rename(root / "data" / "oasis" / "images.csv")
    language = {"name": "tiny", "hidden_size": 32, "config": TINY_LLAMA}
    language["tokenizer"] = str(make_tokenizer(root / "tokenizer"))
    stage = Stage(steps=2, batch=2, language_every=1, language_batch=2)
    made = TrainingConfig(
        size="mini",
        data=root / "data",
        features=root / "features",
        out=root / "out",
        rounds=2,
        sure=0.0,
        model={
            "language": language,
            "width": 16,
            "depth": 1,
            "heads": 2,
            "queries": 2,
            "lora_rank": 2,
        },
        stages=dict.fromkeys(STAGES, stage),
    )
    assert prepare(made, ["oasis", "unlabelled"], workers=1) == 13  # 4 x 2 rounds, 5 rated once
    assert prepare(made, ["oasis", "unlabelled"], workers=1) == 0  # nothing is encoded twice
    return made


def test_the_stages_run_one_after_another(config: TrainingConfig) -> None:
    for stage in STAGES:
        report = run(stage, config)
        assert report.steps == 2
        assert all(np.isfinite(value) for value in report.losses.values())
        assert (config.out / stage / "losses.png").is_file()
    model = CalmForConditionalGeneration.from_pretrained(config.out / "scores" / "model")
    adapter = [v for name, v in model.own_state().items() if "lora_B" in name]
    assert any(bool((value != 0).any()) for value in adapter)  # the adapter did train
    assert bool((model.verdict.say.weight != 0).any())  # and so did the token of the score,
    before = CalmForConditionalGeneration.from_pretrained(config.out / "comments" / "model")
    assert not bool((before.verdict.say.weight != 0).any())  # which had no score to tell before


def test_remedies_are_taught_where_the_configuration_says_so(
    config: TrainingConfig, tmp_path: Path
) -> None:
    assert "remedy" not in run("comments", replace(config, out=tmp_path / "plain")).losses
    taught = run("comments", replace(config, out=tmp_path / "taught", remedies=True))
    assert np.isfinite(taught.losses["remedy"])


def test_comments_count_as_much_as_the_configuration_says(
    config: TrainingConfig, tmp_path: Path
) -> None:
    numbers = replace(config.stages["comments"], steps=1)
    weights = {"comment": 3.0, "remedy": 0.5, "flaw": 0.0}
    found = {}
    for name, mine in (("own", {}), ("given", weights)):
        stages = {**config.stages, "comments": replace(numbers, weights=mine)}
        asked = replace(config, out=tmp_path / name, remedies=True, stages=stages)
        found[name] = run("comments", asked).losses
    assert found["given"] == pytest.approx(
        {name: value * weights.get(name, 1) for name, value in found["own"].items()}
    )


def test_a_rated_photo_is_judged_by_the_fold_that_never_saw_it(config: TrainingConfig) -> None:
    folder = config.out / "scores" / "model"
    model = CalmForConditionalGeneration.from_pretrained(folder, speaks=False)
    data = rated(config)
    before = model.read(data.samples.features.batch(data.clean))[1].folds
    data.scores[0] = 10.0
    set_beauty(model, data)
    after = model.read(data.samples.features.batch(data.clean))[1].folds
    mine = data.folds[0]
    # the fold that leaves photo 0 out does not care what was voted for it, but for the stretch
    order = torch.argsort(before[:, mine])
    assert torch.equal(order, torch.argsort(after[:, mine]))
    others = [fold for fold in range(before.shape[1]) if fold != mine]
    assert not torch.allclose(before[:, others], after[:, others])
    table = read_folds(folder / "folds.json", model.config.folds)
    assert table.themes["theme 0"] == data.folds[0]


def test_a_model_of_too_few_folds_is_refused(config: TrainingConfig, tmp_path: Path) -> None:
    few = replace(config, out=tmp_path, model={**config.model, "folds": 3})
    with pytest.raises(SettingsError, match=r"5 folds .* heads of 3: write folds = 5"):
        run("scores", few)


def test_self_supervision_leaves_the_language_model_alone(config: TrainingConfig) -> None:
    model = CalmForConditionalGeneration.from_pretrained(config.out / "self_supervised" / "model")
    adapter = [v for name, v in model.own_state().items() if "lora_B" in name]
    assert adapter and all(torch.equal(value, torch.zeros_like(value)) for value in adapter)


def test_a_dry_run_keeps_nothing(config: TrainingConfig, tmp_path: Path) -> None:
    names = {name: getattr(config, name) for name in config.__slots__}
    dry = TrainingConfig(**{**names, "dry_run": True, "out": tmp_path})
    run("self_supervised", dry)
    assert not (tmp_path / "self_supervised").exists()


def test_unknown_stage_and_absent_features(config: TrainingConfig, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="unknown stage 'warmup'"):
        run("warmup", config)
    names = {name: getattr(config, name) for name in config.__slots__}
    bare = TrainingConfig(**{**names, "features": tmp_path})
    with pytest.raises(DataError, match="no features in"):
        run("self_supervised", bare)


@pytest.fixture
def few(config: TrainingConfig, tmp_path: Path) -> TrainingConfig:
    """The same cached photos, but none of them is to validate with."""
    shutil.copytree(config.data, tmp_path / "data")
    for photo in (tmp_path / "data" / "unlabelled").glob("*/*"):
        if split_of(photo_name(photo)) == "validate":
            photo.unlink()
    return replace(config, data=tmp_path / "data", out=tmp_path / "out")


@pytest.mark.parametrize("stage", ["self_supervised", "scores"])
def test_without_validation_photos_the_model_is_kept_all_the_same(
    few: TrainingConfig, stage: str
) -> None:
    assert "clean" not in run(stage, few).figures
    CalmForConditionalGeneration.from_pretrained(few.out / stage / "model")


def test_rated_photos_alone_do_to_calibrate_with(few: TrainingConfig) -> None:
    assert [len(samples.photos) for samples in calibration_photos(few)] == [5]
    shutil.rmtree(few.data / "oasis")
    with pytest.raises(NoPhotos, match=r"none of the 3 photos .* falls into the split validate"):
        calibration_photos(few)


def test_without_any_other_photo_rated_ones_do_to_calibrate_with(few: TrainingConfig) -> None:
    shutil.rmtree(few.data / "unlabelled")
    assert [len(samples.photos) for samples in calibration_photos(few)] == [5]


def test_features_of_another_encoder_are_refused(config: TrainingConfig, tmp_path: Path) -> None:
    other = replace(config, out=tmp_path, model={**config.model, "encoder": TINY_CLIP})
    for stage in STAGES:
        complaint = r"were made with another encoder than the model's: .* prepare"
        with pytest.raises(DataError, match=complaint):
            run(stage, other)


def test_splits_are_fixed_by_name() -> None:
    assert split_of("stock708/00001.jpg") == split_of("stock708/00001.jpg")
    shares = [split_of(photo_name(Path(f"stock708/{n}.jpg"))) for n in range(1000)]
    assert 0.73 < shares.count("train") / 1000 < 0.83
