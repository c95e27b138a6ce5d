"""What turns a photo and a question into a network's inputs, without what only videos need."""

import inspect
import re
import warnings
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import nn

from aesplugin.errors import WeightsDamaged, WeightsMissing
from aesplugin.models.runtime import (
    UNLOADABLE,
    dtype_on,
    is_memory_error,
    quiet_bars,
    within_memory,
)
from aesplugin.models.vlm.card import Source, folder_of

_VIDEO_PACKAGES = ("torchvision", "num2words")
_FOR_PHOTOS = {"SmolVLMProcessor": "Idefics3Processor"}  # the same words around a photo


def load_processor(folder: Path, config: Any) -> Any:
    """The network's own processor; where the packages for videos are absent, without that part.

    Raises:
        WeightsMissing: a package or a file is not there.
        WeightsDamaged: the files cannot be read.
    """
    import transformers
    from transformers.models.auto.processing_auto import PROCESSOR_MAPPING

    kind: Any = PROCESSOR_MAPPING.get(type(config), None)
    automatic: Any = transformers.AutoProcessor
    whole = all(find_spec(package) for package in _VIDEO_PACKAGES)
    try:
        if whole or kind is None or "video_processor" not in kind.get_attributes():
            processor = automatic.from_pretrained(folder, local_files_only=True)
        else:
            processor = _for_photos(kind, folder)
    except ImportError as error:
        needed = str(error).strip().splitlines()[0]
        raise WeightsMissing(f"the processor in {folder} needs a package: {needed}") from None
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise WeightsDamaged(f"the processor in {folder} cannot be loaded: {reason}") from None
    if not hasattr(processor, "image_processor"):
        raise WeightsMissing(f"{folder} contains no image processor (preprocessor_config.json)")
    processor.chat_template = processor.chat_template or processor.tokenizer.chat_template
    if not processor.chat_template:
        raise WeightsMissing(f"{folder} has no chat template, which is needed to ask questions")
    return processor


def _for_photos(kind: Any, folder: Path) -> Any:
    """`kind` put together from its image processor and tokenizer alone."""
    import transformers

    images: Any = transformers.AutoImageProcessor
    kind = getattr(transformers, _FOR_PHOTOS.get(kind.__name__, kind.__name__))

    class ForPhotos(kind):  # type: ignore[misc]
        @classmethod
        def get_attributes(cls) -> list[str]:
            return ["image_processor", "tokenizer"]

    settings, _ = kind.get_processor_dict(folder)
    known = inspect.signature(kind.__init__).parameters
    return ForPhotos(
        image_processor=images.from_pretrained(folder),
        tokenizer=transformers.AutoTokenizer.from_pretrained(folder),
        **{
            name: value
            for name, value in settings.items()
            if name in known and name not in ("image_processor", "tokenizer", "video_processor")
        },
    )


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
    too_large = f"{source.name} does not fit into the memory of {device}: choose a smaller one"
    with quiet_bars(), within_memory(too_large):
        if adapter is not None:
            _lay(_outline(config), adapter, source.name)  # a rehearsal, before gigabytes are read
        processor = load_processor(folder, config)
        network = _network(folder, dtype_on(device))
        if adapter is not None:
            network = _lay(network, adapter, source.name)
        return Loaded(processor, network.to(device).eval())


def _config(folder: Path) -> Any:
    from huggingface_hub.errors import StrictDataclassError
    from transformers import AutoConfig
    from transformers.models.auto.modeling_auto import MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING

    if not (folder / "config.json").is_file():
        raise WeightsMissing(f"{folder} contains no model (config.json is missing)")
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
            raise WeightsMissing(f"{folder} contains no LoRA adapter ({file} is missing)")
    return folder


def _outline(config: Any) -> Any:
    """The network without weights."""
    from transformers import AutoModelForImageTextToText

    with torch.device("meta"):
        return AutoModelForImageTextToText.from_config(config)  # type: ignore[no-untyped-call]


def _network(folder: Path, dtype: torch.dtype) -> Any:
    from transformers import AutoModelForImageTextToText

    automatic: Any = AutoModelForImageTextToText
    try:
        network, found = automatic.from_pretrained(
            folder, dtype=dtype, output_loading_info=True, local_files_only=True
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
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    first = lines[0] if lines else type(error).__name__
    if first.endswith(":") and len(lines) > 1:
        first = f"{first} {lines[1]}"
    return first if len(first) <= 160 else f"{first[:157]}..."
