"""The language model that reads the photo's tokens: any causal LM, with a LoRA adapter by peft."""

from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, get_peft_model
from torch import nn
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

from aesplugin.errors import WeightsMissing
from aesplugin.models.calm.config import CalmConfig
from aesplugin.models.language_weights import language_folder


def language_source(config: CalmConfig, cache: Path) -> str:
    """The folder or hub name the language model is loaded from ("mini" lies in `cache`)."""
    name = str(config.language["name"])
    return str(language_folder(cache)) if name == "mini" else name


def build_language(config: CalmConfig, cache: Path) -> nn.Module:
    """The frozen language model with a fresh adapter, float32.

    Raises:
        WeightsMissing, WeightsDamaged: the base weights are not there or not whole.
    """
    base = _base(config, cache).requires_grad_(requires_grad=False)
    if not config.lora_rank:
        return base
    lora = LoraConfig(
        r=config.lora_rank,
        lora_alpha=2 * config.lora_rank,
        lora_dropout=0.05,
        target_modules=config.language.get("lora_modules", ["q_proj", "v_proj"]),
        task_type="CAUSAL_LM",
    )
    adapted: nn.Module = get_peft_model(base, lora)
    return adapted


def _base(config: CalmConfig, cache: Path) -> nn.Module:
    if "config" in config.language:
        given = dict(config.language["config"])
        small = AutoConfig.for_model(given.pop("model_type"), **given)
        model: nn.Module = AutoModelForCausalLM.from_config(small)  # type: ignore[no-untyped-call]
        return model.float()
    source = language_source(config, cache)
    try:
        loaded: nn.Module = AutoModelForCausalLM.from_pretrained(source, dtype=torch.float32)
    except OSError as error:
        first = str(error).splitlines()[0]
        raise WeightsMissing(f"the language model {source!r} cannot be loaded: {first}") from None
    return loaded


def build_tokenizer(config: CalmConfig, cache: Path) -> Any:
    """The language model's own tokenizer, padding on the left as generation needs."""
    source = config.language.get("tokenizer") or language_source(config, cache)
    tokenizer = AutoTokenizer.from_pretrained(source)
    tokenizer.padding_side = "left"
    return tokenizer
