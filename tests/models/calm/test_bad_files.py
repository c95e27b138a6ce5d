"""A model's folder that is damaged, foreign or does not fit itself: one line, nothing loaded."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from aesplugin.errors import SettingsError, WeightsDamaged, WeightsMissing
from aesplugin.models.calm.assess import CalmModel
from aesplugin.models.calm.calibration import Calibration
from aesplugin.models.calm.card import MINI, WEIGHTS
from aesplugin.models.calm.config import CalmConfig, read_config
from aesplugin.models.calm.encoder import build_encoder
from aesplugin.models.calm.language import build_language
from aesplugin.models.calm.model import CalmForConditionalGeneration
from tests.models.calm.small import TINY_CLIP, TINY_LLAMA

_STORED = json.loads((MINI / "calibration.json").read_text())
_MARGINS, _DOUBTS = _STORED["clean_margins"], _STORED["usual_doubt"]


@pytest.fixture
def folder(saved_calm: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(saved_calm, tmp_path / "calm"))


def _config(folder: Path, **changes: Any) -> None:
    path = folder / "config.json"
    given = {**json.loads(path.read_text()), **changes}
    kept = {name: value for name, value in given.items() if value != "absent"}
    path.write_text(json.dumps(kept))


@pytest.mark.parametrize("text", ["[]", "7", "{}", "{", "", "\0", '{"model_type": "llama"}'])
def test_a_foreign_configuration_is_named(folder: Path, text: str) -> None:
    (folder / "config.json").write_text(text)
    with pytest.raises(WeightsDamaged, match=r"config\.json is .*reinstall aesplugin"):
        CalmForConditionalGeneration.from_pretrained(folder, speaks=False)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"model_type": "absent"}, "not a CALM configuration"),
        ({"width": "absent"}, "lacks 'width'"),
        ({"encoder": None}, "lacks 'encoder'"),
        ({"width": -16}, "width is -16"),
        ({"width": 0}, "width is 0"),
        ({"width": "16"}, "width is '16'"),
        ({"heads": 3}, "width 16 is not a multiple of 3 heads"),
        ({"dropout": float("nan")}, "dropout is nan"),
        ({"encoder": {"kind": "eye"}}, "encoder.*'eye'"),
        ({"encoder": {"kind": "vit", "name": "tower"}}, r"encoder\.vit\.layers is missing"),
        ({"language": {"name": "tiny"}}, r"language\.hidden_size is missing"),
        ({"language": {"name": "tiny", "hidden_size": 32, "hiden": 1}}, "hiden is not known"),
        ({"language": []}, "language"),
    ],
)
def test_what_no_network_can_be_built_from_is_named(
    folder: Path, changes: dict[str, Any], complaint: str
) -> None:
    _config(folder, **changes)
    with pytest.raises(
        WeightsDamaged, match=rf"config\.json.*{complaint}.*copy the whole model"
    ) as told:
        CalmForConditionalGeneration.from_pretrained(folder, speaks=False)
    assert "\n" not in str(told.value)


def test_the_same_from_a_training_configuration_is_a_setting() -> None:
    with pytest.raises(SettingsError, match="width 192 is not a multiple of 5 heads"):
        CalmConfig(heads=5)


def test_what_the_library_notes_of_its_own_does_not_matter(folder: Path) -> None:
    _config(folder, transformers_version="9.9.9", id2label=5)
    assert read_config(folder).width == 16


@pytest.mark.parametrize("changes", [{"width": 2**20}, {"folds": 4}, {"queries": 3}, {"depth": 2}])
def test_weights_of_another_configuration_are_refused(
    folder: Path, changes: dict[str, int]
) -> None:
    save_file(load_file(folder / WEIGHTS), folder / WEIGHTS)  # no note of the configuration
    _config(folder, **changes)
    with pytest.raises(WeightsDamaged, match=r"does not fit its config\.json \(\w+\..* differs\)"):
        CalmForConditionalGeneration.from_pretrained(folder, speaks=False)


def test_a_missing_adapter_is_named(folder: Path) -> None:
    state = load_file(folder / WEIGHTS)
    save_file({n: v for n, v in state.items() if "lora_" not in n}, folder / WEIGHTS)
    with pytest.raises(WeightsDamaged, match=r"lora_A.* differs"):
        CalmForConditionalGeneration.from_pretrained(folder)


def test_weights_too_many_or_no_numbers_are_refused(folder: Path) -> None:
    state = load_file(folder / WEIGHTS)
    save_file({**state, "nose.weight": torch.zeros(1)}, folder / WEIGHTS)
    with pytest.raises(WeightsDamaged, match=r"nose\.weight differs"):
        CalmForConditionalGeneration.from_pretrained(folder, speaks=False)
    state["heads.flaw.bias"][3] = float("nan")
    save_file(state, folder / WEIGHTS)
    with pytest.raises(WeightsDamaged, match=r"NaN or infinite values in heads\.flaw\.bias"):
        CalmForConditionalGeneration.from_pretrained(folder, speaks=False)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"read_out": "mood"}, "read_out is 'mood'"),
        ({"read_out": None}, "read_out"),
        ({"clean_margins": [1, 2]}, "clean_margins"),
        ({"clean_margins": {**_MARGINS, "blur": "5"}}, r"clean_margins\.blur is '5'"),
        ({"clean_margins": {**_MARGINS, "blur": float("nan")}}, r"clean_margins\.blur is nan"),
        ({"clean_margins": {**_MARGINS, "boredom": 1.0}}, "unknown flaw boredom"),
        ({"clean_margins": {n: v for n, v in _MARGINS.items() if n != "blur"}}, "blur is missing"),
        ({"second_share": 2.0}, r"second_share is 2\.0"),
        ({"second_share": "absent"}, "second_share is missing"),
        ({"usual_doubt": "absent"}, "usual_doubt is missing"),
        ({"usual_doubt": {**_DOUBTS, "light": 0}}, r"usual_doubt\.light is 0"),
        ({"usual_doubt": {**_DOUBTS, "mood": 0.1}}, "unknown aspect mood"),
        ({"usual_doubt": {n: v for n, v in _DOUBTS.items() if n != "light"}}, "light is missing"),
        ({"speed": 1}, "speed is not known"),
    ],
)
def test_a_calibration_that_is_not_whole_is_named(
    tmp_path: Path, changes: dict[str, Any], complaint: str
) -> None:
    given = {n: v for n, v in {**_STORED, **changes}.items() if v != "absent"}
    (tmp_path / "calibration.json").write_text(json.dumps(given))
    with pytest.raises(WeightsDamaged, match=rf"calibration\.json is not .*{complaint}.*calibrate"):
        Calibration.read(tmp_path)


@pytest.mark.parametrize("text", ["[]", "{", "", "null"])
def test_what_is_no_calibration_is_named(folder: Path, text: str) -> None:
    (folder / "calibration.json").write_text(text)
    with pytest.raises(WeightsDamaged, match=r"calibration\.json"):
        CalmModel(device="cpu", folder=folder, comments=False)


def test_the_shipped_calibration_is_whole() -> None:
    assert len(Calibration.read(MINI).clean_margins) == 14


def test_layers_a_tower_has_not_are_named() -> None:
    encoder = {**TINY_CLIP, "layers": {"low": [1], "middle": [2], "high": [9]}}
    with pytest.raises(SettingsError, match=r"has 4 layers.*asks for layer 9"):
        build_encoder(CalmConfig(encoder=encoder))


def _saved_language(folder: Path) -> CalmConfig:
    plain = {"name": "tiny", "hidden_size": 32, "config": TINY_LLAMA}
    base: Any = build_language(CalmConfig(language=plain, lora_rank=0), folder)
    base.save_pretrained(folder)
    return CalmConfig(language={"name": str(folder), "hidden_size": 32}, lora_rank=2)


def test_a_damaged_language_model_is_named(tmp_path: Path) -> None:
    config, weights = _saved_language(tmp_path), tmp_path / "model.safetensors"
    assert build_language(config, tmp_path) is not None
    whole = weights.read_bytes()
    weights.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(WeightsDamaged, match=r"language model .* cannot be used"):
        build_language(config, tmp_path)
    weights.write_bytes(whole)
    state = load_file(weights)
    state.pop("model.layers.1.mlp.up_proj.weight")
    save_file(state, weights, metadata={"format": "pt"})
    with pytest.raises(WeightsDamaged, match=r"not whole \(model\.layers\.1\.mlp\.up_proj"):
        build_language(config, tmp_path)


def test_an_adapter_for_layers_of_another_network_is_named(tmp_path: Path) -> None:
    language = {"name": "tiny", "hidden_size": 32, "config": TINY_LLAMA, "lora_modules": ["nose"]}
    with pytest.raises(SettingsError, match=r"takes no adapter .*lora_modules"):
        build_language(CalmConfig(language=language), tmp_path)


def test_a_hub_that_does_not_answer_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    config = CalmConfig(language={"name": "nobody/nothing", "hidden_size": 32})
    with pytest.raises(WeightsMissing, match=r"hub does not answer.*name a folder"):
        build_language(config, tmp_path)
