"""What turns a photo and a question into a network's inputs, without what only videos need."""

import inspect
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from aesplugin.errors import WeightsDamaged, WeightsMissing

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
        raise WeightsMissing(f"{folder} holds no processor for photos (preprocessor_config.json)")
    processor.chat_template = processor.chat_template or processor.tokenizer.chat_template
    if not processor.chat_template:
        raise WeightsMissing(f"{folder} has no chat template: it cannot be asked questions")
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
