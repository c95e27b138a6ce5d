"""Processor, network and adapter from this machine's folders: all of it or one clear error."""

import re
import warnings
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import nn

from aesplugin.errors import WeightsDamaged, WeightsMissing
from aesplugin.models.memory import is_memory_error, within_memory
from aesplugin.models.quiet import quiet_bars
from aesplugin.models.unloadable import UNLOADABLE
from aesplugin.models.vlm.processors import load_processor
from aesplugin.models.vlm.source import Source, folder_of

_ADAPTER_FILES = ("adapter_config.json", "adapter_model.safetensors")


class Loaded(NamedTuple):
    """A transformers processor and network, the network on its device in evaluation mode."""

    processor: Any
    network: Any


def load(source: Source, device: torch.device) -> Loaded:
    """What can be checked without the weights is checked first.

    Raises:
        WeightsMissing: a folder is not there, or holds no such thing.
        WeightsDamaged: files that cannot be read, or do not fit each other.
        OutOfMemory: the device has too little memory for it.
    """
    folder = folder_of(source.name)
    config = _config(folder)
    adapter = None if source.adapter is None else _adapter(source.adapter)
    too_large = f"{source.name} does not fit into the memory of {device}: take a smaller one"
    with quiet_bars(), within_memory(too_large):
        if adapter is not None:
            _lay(_outline(config), adapter, source.name)  # a rehearsal, before gigabytes are read
        processor = load_processor(folder, config)
        network = _network(folder)
        if adapter is not None:
            network = _lay(network, adapter, source.name)
        return Loaded(processor, network.to(device).eval())


def _config(folder: Path) -> Any:
    from huggingface_hub.errors import StrictDataclassError
    from transformers import AutoConfig
    from transformers.models.auto.modeling_auto import MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING

    if not (folder / "config.json").is_file():
        raise WeightsMissing(f"{folder} holds no model: there is no config.json in it")
    try:
        config = AutoConfig.from_pretrained(folder)
    except (*UNLOADABLE, StrictDataclassError) as error:
        raise WeightsDamaged(f"{folder / 'config.json'} cannot be used: {_line(error)}") from None
    if type(config) not in MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING:
        raise WeightsMissing(
            f"{folder} holds a {config.model_type} model, which does not answer questions about "
            "photos: name an image-text-to-text model"
        )
    return config


def _adapter(name: str) -> Path:
    folder = folder_of(name)
    for file in _ADAPTER_FILES:
        if not (folder / file).is_file():
            raise WeightsMissing(f"{folder} holds no LoRA adapter: there is no {file} in it")
    return folder


def _outline(config: Any) -> Any:
    """The network without weights."""
    from transformers import AutoModelForImageTextToText

    with torch.device("meta"):
        return AutoModelForImageTextToText.from_config(config)  # type: ignore[no-untyped-call]


def _network(folder: Path) -> Any:
    from transformers import AutoModelForImageTextToText

    automatic: Any = AutoModelForImageTextToText
    try:
        network, found = automatic.from_pretrained(
            folder, dtype="auto", output_loading_info=True, local_files_only=True
        )
    except UNLOADABLE as error:
        raise WeightsDamaged(f"the weights in {folder} cannot be read: {_line(error)}") from None
    except RuntimeError as error:
        if is_memory_error(error):
            raise
        raise WeightsDamaged(f"{folder} does not fit its config.json: {_line(error)}") from None
    odd = [*found["missing_keys"], *_more_layers(network, found["unexpected_keys"])]
    if odd:
        raise WeightsDamaged(f"{folder} does not fit its config.json ({min(odd)} differs)")
    return network


def _more_layers(network: nn.Module, unexpected: Any) -> list[str]:
    """Weights of layers beyond those the configuration has: it belongs to another model."""
    known = {_unnumbered(name) for name, _ in network.named_parameters()}
    return [name for name in unexpected if _unnumbered(name) in known]


def _unnumbered(name: str) -> str:
    return re.sub(r"\.\d+\.", ".N.", name)


def _lay(network: Any, adapter: Path, name: str) -> Any:
    """The network with the LoRA adapter over it.

    Raises:
        WeightsDamaged: the adapter cannot be read, or was made for another network.
    """
    from peft import PeftConfig, PeftModel

    try:
        settings = PeftConfig.from_pretrained(str(adapter))
        settings.inference_mode = True
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that an outline takes no weights
            laid = PeftModel(network, settings)
            found = laid.load_adapter(
                str(adapter),
                "default",
                torch_device="cpu",
                key_mapping=getattr(network, "_checkpoint_conversion_mapping", None),
            )
    except (*UNLOADABLE, RuntimeError) as error:
        if is_memory_error(error):
            raise
        raise WeightsDamaged(f"the adapter {adapter} does not fit {name}: {_line(error)}") from None
    odd = [*found.missing_keys, *found.unexpected_keys]
    if odd:
        raise WeightsDamaged(f"the adapter {adapter} does not fit {name} ({min(odd)} differs)")
    return laid


def _line(error: Exception) -> str:
    said = [line.strip() for line in str(error).splitlines() if line.strip()]
    first = said[0] if said else type(error).__name__
    if first.endswith(":") and len(said) > 1:
        first = f"{first} {said[1]}"
    return first if len(first) <= 160 else f"{first[:157]}..."
