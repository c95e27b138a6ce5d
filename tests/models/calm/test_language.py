"""The language model's side of training: gradient checkpointing, and a width that must fit."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from aesplugin.errors import SettingsError, WeightsDamaged, WeightsMissing
from aesplugin.models.calm.config import CalmConfig
from aesplugin.models.calm.language import build_language, build_tokenizer, checkpoint_layers
from aesplugin.models.language_weights import FOLDER
from tests.models.calm.small import TINY_LLAMA, make_tokenizer

TINY_QWEN = TINY_LLAMA | {"model_type": "qwen2"}


def _language(config: dict[str, Any], *, train: bool) -> nn.Module:
    torch.manual_seed(0)
    named = {"name": "tiny", "hidden_size": 32, "config": config}
    built = build_language(CalmConfig(language=named, lora_rank=2), Path())
    for name, value in built.named_parameters():
        if "lora_B" in name:
            nn.init.normal_(value, std=0.1)  # zero as it starts, it would hide the gradient of A
    return built.train(mode=train)


def _backward(language: nn.Module) -> tuple[dict[str, Tensor], int]:
    """Gradients of tokens and adapter, and how many numbers were kept for the way back."""
    kept: list[int] = []

    def keep(value: Tensor) -> Tensor:
        kept.append(value.numel())
        return value

    torch.manual_seed(1)
    tokens = torch.randn(2, 12, 32, requires_grad=True)
    torch.manual_seed(2)
    with torch.autograd.graph.saved_tensors_hooks(keep, lambda value: value):
        language(inputs_embeds=tokens).logits.square().mean().backward()
    assert tokens.grad is not None
    found = {name: v.grad for name, v in language.named_parameters() if v.grad is not None}
    return found | {"tokens": tokens.grad}, sum(kept)


@pytest.mark.parametrize("config", [TINY_LLAMA, TINY_QWEN], ids=["llama", "qwen2"])
@pytest.mark.parametrize("train", [True, False], ids=["adapter trains", "all frozen"])
def test_checkpointing_keeps_less_and_changes_no_gradient(
    config: dict[str, Any], train: bool
) -> None:
    plain, thrifty = _language(config, train=train), _language(config, train=train)
    assert checkpoint_layers(thrifty) == config["num_hidden_layers"]
    wanted, much = _backward(plain)
    found, little = _backward(thrifty)
    assert little < 0.5 * much
    assert found.keys() == wanted.keys() and len(found) > 4
    for name, gradient in found.items():
        assert torch.allclose(gradient, wanted[name], atol=1e-6), name
    assert thrifty.config.use_cache is False  # else the library warns of a cache it cannot keep


def test_a_wrong_width_is_named(tmp_path: Path) -> None:
    named = {"name": "tiny", "hidden_size": 64, "config": TINY_LLAMA}
    with pytest.raises(SettingsError, match=r"'tiny' is 32 wide.*hidden_size = 64"):
        build_language(CalmConfig(language=named), tmp_path)


def test_the_tokenizer_does_not_read_the_pulled_weights_again(tmp_path: Path) -> None:
    folder = make_tokenizer(tmp_path / FOLDER)
    for name in ("config.json", "model.safetensors"):
        (folder / name).write_text("{}")
    (folder / "source.json").write_text('{"sha256": "of other weights"}')
    config = CalmConfig()
    assert build_tokenizer(config, tmp_path).padding_side == "left"
    with pytest.raises(WeightsDamaged, match="is damaged"):
        build_language(config, tmp_path)


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    config = CalmConfig(language={"name": str(tmp_path / "none"), "hidden_size": 32})
    with pytest.raises(WeightsMissing, match=r"the language model '.*none' cannot be loaded"):
        build_language(config, tmp_path)
    with pytest.raises(WeightsMissing, match=r"the tokenizer '.*none' cannot be loaded"):
        build_tokenizer(config, tmp_path)
