"""Photos and questions to tensors, with the tokenizer kept beside."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from transformers import AutoProcessor, ProcessorMixin

from aesplugin.models.calm.config import CalmConfig, read_config
from aesplugin.models.calm.language import build_tokenizer
from aesplugin.models.calm.measures import measure
from aesplugin.models.encoder.views import Pixels, patch_view, whole_view
from aesplugin.models.wording.prompts import ask
from aesplugin.settings import load_settings

_SAVED = "processor_config.json"


class Views(NamedTuple):
    """What a photo is to the encoder: two views as bytes, and what is measured on them."""

    whole: Tensor  # [3, H, W], the shape of its bucket
    detail: Tensor  # [3, h, w], at most 224 x 224
    measures: Tensor  # [MEASURES]


def views_of(whole: Pixels, detail: Pixels) -> Views:
    """From two pixel arrays [H, W, 3]."""
    planes = [torch.from_numpy(view.copy()).permute(2, 0, 1) for view in (whole, detail)]
    return Views(planes[0], planes[1], torch.from_numpy(measure(whole, detail)))


class CalmProcessor(ProcessorMixin):
    """``processor(images=..., text=...)`` -> views and padded token ids.

    ``AutoProcessor.from_pretrained`` finds it for every folder a CALM was saved in.
    """

    def __init__(self, tokenizer: Any = None, **kwargs: Any) -> None:
        super().__init__(tokenizer, **kwargs)  # type: ignore[no-untyped-call]

    @classmethod
    def get_attributes(cls) -> list[str]:
        """The one part that is saved with the processor."""
        return ["tokenizer"]

    def __call__(
        self,
        images: Sequence[Image.Image] | Image.Image | None = None,
        text: Sequence[str] | str | None = None,
        **_: Any,
    ) -> dict[str, Any]:
        """Either part may be left out. Views stay a list: shapes differ from photo to photo."""
        out: dict[str, Any] = {}
        if images is not None:
            listed = [images] if isinstance(images, Image.Image) else images
            out["views"] = [self.view(image) for image in listed]
        if text is not None:
            asked = [text] if isinstance(text, str) else text
            out |= self.tokenizer(
                [ask(one) for one in asked],
                return_tensors="pt",
                padding=True,
                padding_side="left",  # as generation needs; a saved tokenizer forgets its side
            )
        return out

    @staticmethod
    def view(image: Image.Image) -> Views:
        """What the encoder is shown of one photo."""
        pixels = np.asarray(image.convert("RGB"))
        return views_of(whole_view(pixels), patch_view(pixels))

    @classmethod
    def for_config(cls, config: CalmConfig, cache: Path) -> "CalmProcessor":
        """The processor of a model that was configured but never saved.

        Raises:
            WeightsMissing, WeightsDamaged: the tokenizer cannot be had.
        """
        return cls(build_tokenizer(config, cache))

    @classmethod
    def from_pretrained(  # type: ignore[override]
        cls, path: str | os.PathLike[str], *, cache: Path | None = None, **options: Any
    ) -> "CalmProcessor":
        """The processor saved in a folder, or of the model saved there.

        A model's folder keeps no tokenizer: it is the frozen language model's own, and comes from
        where that comes from.

        Raises:
            WeightsMissing, WeightsDamaged: the folder holds neither, or the tokenizer is not there.
        """
        folder = Path(path)
        if (folder / _SAVED).is_file():
            saved: CalmProcessor = super().from_pretrained(folder, **options)
            return saved
        return cls.for_config(read_config(folder), cache or load_settings().cache)


AutoProcessor.register(CalmConfig, CalmProcessor)  # type: ignore[no-untyped-call]
