"""The classes of full.toml, at tiny random sizes: its towers, its language models, all stages."""

import math
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from aesplugin.errors import DataError
from aesplugin.models.calm.config import CalmConfig
from aesplugin.models.calm.encoder import VitEncoder
from aesplugin.models.calm.model import CalmForConditionalGeneration
from aesplugin.training.engine.config import CONFIGS, TrainingConfig, load_config
from aesplugin.training.features.cache import cache_file
from aesplugin.training.features.prepare import prepare
from aesplugin.training.features.samples import oasis, unlabelled
from aesplugin.training.photos import oasis_photos
from aesplugin.training.stages import run
from tests.models.calm.small import TINY_CLIP, TINY_LLAMA
from tests.training.world import make_data, write_config

_FULL = 'rounds = 1\nprecision = "bf16"\ngradient_checkpointing = true'
_SMALL = {"hidden_size": 32, "num_hidden_layers": 4, "num_attention_heads": 2, "image_size": 56}
_QWEN = TINY_LLAMA | {"model_type": "qwen2"}


def _tower(**given: Any) -> dict[str, Any]:
    return {
        "kind": "vit",
        "config": {**_SMALL, "patch_size": 14, **given},
        "layers": {"low": [1], "middle": [2], "high": [3, 4]},
        "grid": 4,
    }


_SIGLIP = _tower(model_type="siglip_vision_model", intermediate_size=48)
_DINO = _tower(model_type="dinov2", mlp_ratio=2)
_TOWERS = {
    "clip": (TINY_CLIP, _QWEN),
    "siglip": (_SIGLIP, TINY_LLAMA),
    "dinov2": (_DINO, TINY_LLAMA),
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("full")
    make_data(folder / "data")
    return folder


def _config(root: Path, name: str) -> Path:
    encoder, language = _TOWERS[name]
    return write_config(root, name=name, encoder=encoder, language=language, more=_FULL)


@pytest.mark.parametrize("name", _TOWERS)
def test_every_tower_learns_from_what_prepare_kept(root: Path, name: str) -> None:
    config = load_config(_config(root, name), dry_run=True)
    assert prepare(config, ["unlabelled"], workers=1) == 4
    report = run("self_supervised", config)
    assert report.steps == 2 and "cue" in report.losses
    assert all(math.isfinite(value) for value in report.losses.values())


def test_the_stages_follow_one_another(root: Path) -> None:
    config = load_config(_config(root, "clip"))
    prepare(config, ["oasis", "unlabelled"], workers=1)
    for stage in ("self_supervised", "comments", "scores"):
        report = run(stage, config)
        assert report.steps == 2
        assert all(math.isfinite(value) for value in report.losses.values())
    model = CalmForConditionalGeneration.from_pretrained(config.out / "scores" / "model")
    assert isinstance(model.encoder, VitEncoder)
    assert type(model.language.get_base_model()).__name__ == "Qwen2ForCausalLM"
    adapter = [value for name, value in model.own_state().items() if "lora_B" in name]
    assert any(bool((value != 0).any()) for value in adapter)


def test_early_rounds_can_be_left_out(root: Path) -> None:
    late = load_config(_config(root, "clip"), dry_run=True, rounds=4, first_round=3)
    late = replace(late, features=root / "features-late")
    assert prepare(late, ["oasis", "unlabelled"], workers=1) == 5 + 4  # one round of each
    assert len(unlabelled(late, ["train", "validate"]).photos) == 4
    with pytest.raises(DataError, match="no features"):
        unlabelled(replace(late, first_round=0, rounds=3), ["train"])


def test_rounds_of_another_configuration_are_not_read(root: Path) -> None:
    """Rated photos have one round: an older cache with more of them trains no other model."""
    config = load_config(_config(root, "clip"), dry_run=True, rounds=2)
    config = replace(config, features=root / "features-older")
    prepare(config, ["oasis"], workers=1)
    for path in list(config.features.glob("*.npz")):
        photo = next(one for one in oasis_photos(config.data, 0) if path == _place(config, one, 0))
        shutil.copy(path, _place(config, photo, 1))
    assert len(oasis(config).photos) == 5


def _place(config: TrainingConfig, photo: Path, turn: int) -> Path:
    return cache_file(config.features, photo, seed=config.augment_seed, turn=turn)


def test_a_tower_without_classifier_has_no_words_for_photos(root: Path) -> None:
    """Then generic alignment needs texts of people."""
    config = load_config(_config(root, "clip"), dry_run=True)
    prepare(config, ["unlabelled"], workers=1)
    with pytest.raises(DataError, match="no classifier"):
        run("generic", config)


def test_the_shipped_configuration_fits_its_classes() -> None:
    """All but the weights: real widths and depths of the tower, on the device without memory."""
    config = load_config(CONFIGS / "full.toml")
    width = config.model["language"]["hidden_size"]
    words = _QWEN | {"hidden_size": width, "num_attention_heads": 16, "num_key_value_heads": 2}
    tower = {"model_type": "clip_vision_model", "hidden_size": 1024, "intermediate_size": 4096}
    tower |= {"num_hidden_layers": 24, "num_attention_heads": 16, "image_size": 336}
    given = dict(config.model)
    given["encoder"] = {**given["encoder"], "config": {**tower, "patch_size": 14}}
    given["language"] = {**given["language"], "config": words}
    with torch.device("meta"):
        model = CalmForConditionalGeneration(CalmConfig(**given), cache=Path())
    assert max(map(max, model.encoder.layers.values())) <= 24
    assert model.mfam.to_language["low"].out_features == width
    adapted = {name.split(".lora_A")[0][-6:] for name in model.own_state() if "lora_A" in name}
    assert adapted == set(given["language"]["lora_modules"])
