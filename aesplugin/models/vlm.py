"""Any transformers image-text-to-text model as a backend: Qwen2.5-VL, SmolVLM, LLaVA, ...

Scored by level words (Q-Align, arXiv 2312.17090), asked the same questions as CALM; a LoRA
adapter may be laid over it.
"""

import hashlib
import os
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import torch
from PIL import Image, UnidentifiedImageError

from aesplugin.errors import DamagedPhoto, OutOfMemory, SettingsError, WeightsMissing
from aesplugin.models.base import Answer, ModelCard
from aesplugin.models.levels import LEVEL_WORDS, level_expectation
from aesplugin.models.prompts import COMMENT_QUESTION, LEVEL_QUESTION, REVISION
from aesplugin.photo import Rendition

NAME_VARIABLE = "AES_VLM"
_OPENING = "The aesthetic quality of this photo is"
_LONGEST = 96  # tokens of a comment


class VlmModel:
    """A vision-language model from the hub or a folder.

    Args:
        device: "auto", "cpu", "cuda", ...
        threads: of the CPU; 0 leaves torch's choice.
        name: hub name or folder; $AES_VLM by default.
        adapter: folder of a LoRA adapter made with peft.
        comments: whether to ask for a comment as well; it costs far more than the score.

    Raises:
        SettingsError: no name is given.
        WeightsMissing: the model or its adapter cannot be loaded.
    """

    def __init__(
        self,
        device: str = "auto",
        threads: int = 0,
        *,
        name: str | None = None,
        adapter: Path | None = None,
        comments: bool = False,
    ) -> None:
        name = name or os.environ.get(NAME_VARIABLE)
        if not name:
            raise SettingsError(f"which model? set {NAME_VARIABLE} to a hub name or a folder")
        if threads:
            torch.set_num_threads(threads)
        if device == "auto":
            device = "cuda" if torch.cuda.is_available() else "cpu"
        self._device, self._comments = torch.device(device), comments
        self.processor, self.network = _load(name, adapter, self._device)
        self._words = _level_tokens(self.processor.tokenizer)
        self.card = _card(name, adapter)

    def assess(self, renditions: Sequence[Rendition]) -> list[Answer]:
        """Expectation over five level words, and a comment where asked for; one by one."""
        answers = []
        for rendition in renditions:
            image = _decode(rendition)
            try:
                score = self._score(image)
                comment = self._comment(image) if self._comments else None
            except torch.OutOfMemoryError:
                raise OutOfMemory("one photo does not fit the device") from None
            answers.append(Answer(score=round(score, 2), comment=comment))
        return answers

    @torch.inference_mode()
    def _score(self, image: Image.Image) -> float:
        inputs = self._inputs(image, LEVEL_QUESTION, _OPENING)
        logits = self.network(**inputs).logits[0, -1, self._words].float()
        return float(level_expectation(logits))

    @torch.inference_mode()
    def _comment(self, image: Image.Image) -> str:
        inputs = self._inputs(image, COMMENT_QUESTION, "")
        said = self.network.generate(**inputs, max_new_tokens=_LONGEST, do_sample=False)
        fresh = said[0, inputs["input_ids"].shape[1] :]
        return str(self.processor.tokenizer.decode(fresh, skip_special_tokens=True)).strip()

    def _inputs(self, image: Image.Image, question: str, opening: str) -> Any:
        content = [{"type": "image"}, {"type": "text", "text": question}]
        asked = self.processor.apply_chat_template(
            [{"role": "user", "content": content}], add_generation_prompt=True
        )
        inputs = self.processor(text=[asked + opening], images=[image], return_tensors="pt")
        return inputs.to(self._device)


def _load(name: str, adapter: Path | None, device: torch.device) -> tuple[Any, Any]:
    from transformers import AutoModelForImageTextToText, AutoProcessor

    try:
        processor = AutoProcessor.from_pretrained(name)  # type: ignore[no-untyped-call]
        network: Any = AutoModelForImageTextToText.from_pretrained(name, dtype="auto")
        if adapter is not None:
            from peft import PeftModel

            network = PeftModel.from_pretrained(network, str(adapter))
    except (OSError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise WeightsMissing(f"the model {name!r} cannot be loaded: {reason}") from None
    return processor, network.to(device).eval()


def _level_tokens(tokenizer: Any) -> list[int]:
    """First token of each level word after a space; they must differ."""
    found = [tokenizer(f" {word}", add_special_tokens=False).input_ids[0] for word in LEVEL_WORDS]
    if len(set(found)) < len(found):  # a tokenizer that splits the space off
        found = [tokenizer(word, add_special_tokens=False).input_ids[0] for word in LEVEL_WORDS]
    return found


def _decode(rendition: Rendition) -> Image.Image:
    try:
        return Image.open(BytesIO(rendition.jpeg)).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError):
        raise DamagedPhoto(f"the rendition of {rendition.content_hash} cannot be decoded") from None


def _card(name: str, adapter: Path | None) -> ModelCard:
    parts = f"{name}|{adapter or ''}|{REVISION}"
    return ModelCard(
        name="vlm",
        revision=f"vlm-{Path(name).name}-{hashlib.sha256(parts.encode()).hexdigest()[:10]}",
        summary=f"{name}, scored by level words.",
        license="see the model's own page",
        sources=(name,),
    )
