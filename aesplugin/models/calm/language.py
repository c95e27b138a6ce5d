"""The language model that reads the photo's tokens: any causal LM, with a LoRA adapter by peft."""

import warnings
from functools import partial
from pathlib import Path
from typing import Any, cast

import torch
from peft import LoraConfig, get_peft_model
from torch import nn
from torch.utils.checkpoint import checkpoint
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer
from transformers.modeling_layers import GradientCheckpointingLayer

from aesplugin.errors import SettingsError
from aesplugin.models.calm.config import CalmConfig
from aesplugin.models.calm.loading import located, require_whole, unloadable
from aesplugin.models.language_weights import language_folder, tokenizer_folder
from aesplugin.models.runtime import UNLOADABLE, is_memory_error, quiet_bars

_LANGUAGE, _ADAPTER = "language.", "lora_"  # in names of weights
PULLED = "mini"  # the name of the language model that lies in the cache


def build_language(config: CalmConfig, cache: Path) -> nn.Module:
    """The frozen language model with a fresh adapter, float32.

    Raises:
        WeightsMissing, WeightsDamaged: the base weights are not there or not whole.
        SettingsError: its embeddings are not as wide as `hidden_size` says.
    """
    base = _base(config, cache).requires_grad_(requires_grad=False)
    _check_width(base, config)
    if not config.lora_rank:
        return base
    lora = LoraConfig(
        r=config.lora_rank,
        lora_alpha=2 * config.lora_rank,
        lora_dropout=0.05,
        target_modules=config.language.get("lora_modules", ["q_proj", "v_proj"]),
        task_type="CAUSAL_LM",
    )
    try:
        with warnings.catch_warnings():  # peft asks by a name that transformers has renamed
            warnings.simplefilter("ignore", FutureWarning)
            adapted: nn.Module = get_peft_model(base, lora)
    except ValueError as error:
        first = str(error).splitlines()[0]
        raise SettingsError(
            f"the language model {config.language['name']!r} takes no adapter ({first}): "
            "name its own layers in lora_modules"
        ) from None
    return adapted


def is_foreign(name: str) -> bool:
    """Whether a weight of a module that holds a `language` is that model's own, not its adapter."""
    return name.startswith(_LANGUAGE) and _ADAPTER not in name


def causal_of(language: Any) -> Any:
    """The causal language model itself, whether or not an adapter by peft is around it."""
    return language.get_base_model() if hasattr(language, "get_base_model") else language


def body_of(language: Any) -> Any:
    """The language model below its word head, adapter included: its layers stand inside."""
    return causal_of(language).model


def merge_adapter(language: Any) -> None:
    """Adds the adapter to the weights it stands beside: for answering, not for training.

    Answers are the same but for rounding, and two matrix products a layer are saved at every token.
    """
    if hasattr(language, "merge_adapter"):
        language.merge_adapter()


def checkpoint_layers(language: nn.Module) -> int:
    """Lets each decoder layer forget its activations and compute them anew on the way back.

    Memory of one layer instead of all, for about a third more time; gradients stay the same.
    For training only: a layer that checkpoints keeps no key-value cache. Switched layer by
    layer, since the library's own switch would need the frozen model in training mode, dropout
    included. Returns how many layers there are.
    """
    again = partial(checkpoint, use_reentrant=False)
    layers = [one for one in language.modules() if isinstance(one, GradientCheckpointingLayer)]
    for layer in layers:
        setattr(layer, "_gradient_checkpointing_func", again)  # noqa: B010 - not declared there
        layer.gradient_checkpointing = True
        layer.training = True
    if layers:
        language.config.use_cache = False  # type: ignore[union-attr]
    return len(layers)


def build_tokenizer(config: CalmConfig, cache: Path) -> Any:
    """The language model's own tokenizer, padding on the left as generation needs."""
    name = str(config.language.get("tokenizer") or config.language["name"])
    source = str(tokenizer_folder(cache)) if name == PULLED else name
    try:
        tokenizer = AutoTokenizer.from_pretrained(located(source))
    except UNLOADABLE as error:
        raise unloadable("tokenizer", source, error) from None
    tokenizer.padding_side = "left"
    return tokenizer


def _base(config: CalmConfig, cache: Path) -> nn.Module:
    if "config" in config.language:
        return _random(config)
    name, automatic = str(config.language["name"]), cast("Any", AutoModelForCausalLM)
    source = str(language_folder(cache)) if name == PULLED else name
    try:
        with quiet_bars():
            loaded, found = automatic.from_pretrained(
                located(source), dtype=torch.float32, output_loading_info=True
            )
    except UNLOADABLE as error:
        raise unloadable("language model", source, error) from None
    except RuntimeError as error:
        if is_memory_error(error):
            raise
        raise unloadable("language model", source, error) from None
    require_whole("language model", source, found)
    return cast("nn.Module", loaded)


def _random(config: CalmConfig) -> nn.Module:
    given = dict(config.language["config"])
    try:
        small = AutoConfig.for_model(given.pop("model_type"), **given)
        model: nn.Module = AutoModelForCausalLM.from_config(small)  # type: ignore[no-untyped-call]
    except UNLOADABLE as error:
        raise unloadable("language model", config.language["name"], error) from None
    return model.float()


def _check_width(base: Any, config: CalmConfig) -> None:
    """MFAM writes embeddings: they must be as wide as the language model's own."""
    width, wanted = base.get_input_embeddings().weight.shape[1], int(config.language["hidden_size"])
    if width != wanted:
        raise SettingsError(
            f"the language model {config.language.get('name')!r} is {width} wide, the "
            f"configuration says hidden_size = {wanted}: write {width} there"
        )
