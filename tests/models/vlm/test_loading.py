"""Files that are missing, damaged, foreign or do not belong together: one line each, in seconds."""

import json
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import LlamaConfig

from aesplugin.errors import AesError, WeightsDamaged, WeightsMissing
from aesplugin.models.vlm.card import Source
from aesplugin.models.vlm.loading import load
from tests.models.vlm.tiny import save_adapter

CPU = torch.device("cpu")


@pytest.fixture
def copy(folders: dict[str, Path], tmp_path: Path) -> Path:
    """A Qwen of one's own to break."""
    return Path(shutil.copytree(folders["qwen"], tmp_path / "broken"))


def refused(kind: type[AesError], says: str, name: Path, adapter: Path | None = None) -> None:
    source = Source(str(name), None if adapter is None else str(adapter))
    with pytest.raises(kind, match=says) as caught:
        load(source, CPU)
    assert len(str(caught.value).splitlines()) == 1
    assert len(str(caught.value)) < 500


def edit(path: Path, **values: object) -> None:
    known = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(known | values), encoding="utf-8")


def change_text(folder: Path, **values: object) -> None:
    """Other values in the language part of the configuration."""
    known = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    edit(folder / "config.json", text_config=known["text_config"] | values)


def test_a_folder_that_is_no_model(tmp_path: Path) -> None:
    refused(WeightsMissing, "contains no model", tmp_path)


def test_a_model_that_takes_no_photos(tmp_path: Path) -> None:
    LlamaConfig().save_pretrained(tmp_path)
    refused(WeightsMissing, "a llama model, which does not answer questions about photos", tmp_path)


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"model_type": "nonesuch"}', "\x00\xff"])
def test_a_configuration_that_is_none(copy: Path, text: str) -> None:
    (copy / "config.json").write_text(text, encoding="latin-1")
    refused(WeightsDamaged, "config.json cannot be used", copy)


def test_a_truncated_checkpoint(copy: Path) -> None:
    weights = copy / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:5000])
    refused(WeightsDamaged, "the weights in .* cannot be read", copy)


def test_no_checkpoint(copy: Path) -> None:
    (copy / "model.safetensors").unlink()
    refused(WeightsDamaged, "the weights in .* cannot be read", copy)


@pytest.mark.parametrize("layers", [1, 3])
def test_weights_of_fewer_or_more_layers_than_the_configuration(copy: Path, layers: int) -> None:
    kinds = ["full_attention"] * layers
    change_text(copy, num_hidden_layers=layers, layer_types=kinds)
    refused(WeightsDamaged, "does not fit its config.json", copy)


def test_weights_of_another_width(copy: Path) -> None:
    change_text(copy, intermediate_size=64)
    refused(WeightsDamaged, "does not fit its config.json", copy)


def test_a_missing_tensor(copy: Path) -> None:
    state = load_file(copy / "model.safetensors")
    state.pop(max(state))
    save_file(state, copy / "model.safetensors", metadata={"format": "pt"})
    refused(WeightsDamaged, r"does not fit its config.json \(", copy)


def test_no_processor(copy: Path) -> None:
    (copy / "preprocessor_config.json").unlink()
    refused(WeightsDamaged, "the processor in .* cannot be loaded", copy)


def test_no_chat_template(copy: Path) -> None:
    (copy / "chat_template.jinja").unlink()
    refused(WeightsMissing, "has no chat template", copy)


def test_an_adapter_that_is_not_there(folders: dict[str, Path], tmp_path: Path) -> None:
    refused(WeightsMissing, "there is no folder", folders["qwen"], tmp_path / "no/such/adapter")
    refused(WeightsMissing, "adapter_config.json is missing", folders["qwen"], tmp_path)


def test_an_adapter_without_weights(
    folders: dict[str, Path], adapter: Path, tmp_path: Path
) -> None:
    shutil.copy(adapter / "adapter_config.json", tmp_path)
    refused(WeightsMissing, "adapter_model.safetensors is missing", folders["qwen"], tmp_path)


@pytest.mark.parametrize("kind", ["idefics3", "smolvlm"])
def test_an_adapter_of_another_model(kind: str, folders: dict[str, Path], adapter: Path) -> None:
    refused(WeightsDamaged, "does not fit", folders[kind], adapter)


def test_an_adapter_of_another_size(
    folders: dict[str, Path], adapter: Path, tmp_path: Path
) -> None:
    mine = Path(shutil.copytree(adapter, tmp_path / "mine"))
    edit(mine / "adapter_config.json", r=4)
    refused(WeightsDamaged, "does not fit", folders["qwen"], mine)


def test_an_adapter_for_other_layers(
    folders: dict[str, Path], adapter: Path, tmp_path: Path
) -> None:
    mine = Path(shutil.copytree(adapter, tmp_path / "mine"))
    edit(mine / "adapter_config.json", target_modules=["nonesuch"])
    refused(WeightsDamaged, "does not fit", folders["qwen"], mine)


@pytest.mark.parametrize("file", ["adapter_config.json", "adapter_model.safetensors"])
def test_a_damaged_adapter(
    file: str, folders: dict[str, Path], adapter: Path, tmp_path: Path
) -> None:
    mine = Path(shutil.copytree(adapter, tmp_path / "mine"))
    (mine / file).write_bytes((mine / file).read_bytes()[:50])
    refused(WeightsDamaged, "does not fit", folders["qwen"], mine)


def test_a_foreign_adapter_is_refused_before_the_weights_are_read(
    copy: Path, folders: dict[str, Path], tmp_path: Path
) -> None:
    foreign = save_adapter(folders["idefics3"], tmp_path / "foreign")
    (copy / "model.safetensors").write_bytes(b"gigabytes")
    refused(WeightsDamaged, "the adapter .* does not fit", copy, foreign)
