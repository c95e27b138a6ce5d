"""Photos and questions to tensors, with the tokenizer kept beside."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import torch
from PIL import Image
from torch import Tensor
from transformers import AutoProcessor, ProcessorMixin

from aesplugin.models.calm.config import CalmConfig
from aesplugin.models.calm.views import detail_view, whole_view
from aesplugin.models.prompts import ask


class Views(NamedTuple):
    """One photo's two views, bytes: [3, H, W] in its shape bucket and [3, 256, 256]."""

    whole: Tensor
    detail: Tensor


class CalmProcessor(ProcessorMixin):
    """``processor(images=..., text=...)`` -> views and padded token ids."""

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
            out |= self.tokenizer([ask(one) for one in asked], return_tensors="pt", padding=True)
        return out

    @staticmethod
    def view(image: Image.Image) -> Views:
        """What the encoder is shown of one photo."""
        whole, detail = (
            torch.from_numpy(pixels.copy()).permute(2, 0, 1)
            for pixels in (whole_view(image), detail_view(image))
        )
        return Views(whole, detail)

    @classmethod
    def for_config(cls, config: CalmConfig, cache: Path) -> "CalmProcessor":
        """The processor of a model that was configured but never saved."""
        from aesplugin.models.calm.language import build_tokenizer

        return cls(build_tokenizer(config, cache))


AutoProcessor.register(CalmConfig, CalmProcessor)  # type: ignore[no-untyped-call]
