"""One photo before the network: it is encoded once, whatever is asked about it."""

from typing import Any, NamedTuple

import torch
from PIL import Image
from torch import Tensor

from aesplugin.models.vlm.loading import Loaded


class Heard(NamedTuple):
    """What the network said to one question."""

    logits: Tensor  # [vocabulary], float32, CPU: of the first token
    said: str


class Showing:
    """Questions about one photo. The likeliest words answer, up to the network's own end marks.

    The first question's key-value cache, cut back to what the next one shares with it (the photo
    above all), is continued; the answers are those of a fresh look. Networks whose cache cannot be
    cut (sliding windows, recurrent states) look again for each question.
    """

    def __init__(self, loaded: Loaded, image: Image.Image) -> None:
        self._loaded = loaded
        self.processor, self.network = loaded
        self._image = image
        self._ids: list[int] = []
        self._cache: Any = None

    @torch.inference_mode()
    def ask(self, question: str, *, longest: int, opening: str = "") -> Heard:
        """At most `longest` tokens that follow the question and the opening of an answer.

        Raises:
            ValueError: the processor cannot take the picture.
        """
        inputs = inputs_of(self._loaded, self._image, question, opening)
        ids: list[int] = inputs["input_ids"][0].tolist()
        if self._shares(ids):
            inputs = {name: one for name, one in inputs.items() if not name.startswith("pixel")}
            inputs["past_key_values"] = self._cache
        found = self.network.generate(**inputs, generation_config=self._plainly(longest))
        self._ids, self._cache = ids, found.past_key_values
        fresh = found.sequences[0, len(ids) :]
        said = self.processor.tokenizer.decode(fresh, skip_special_tokens=True)
        return Heard(found.logits[0][0].float().cpu(), str(said))

    def _shares(self, ids: list[int]) -> bool:
        """Cuts the cache back to what it shares with `ids`; False where it is of no use."""
        photo = getattr(self.network.config, "image_token_id", None)
        if photo is None or not _can_be_cut(self._cache):
            return False
        pairs = zip(self._ids, ids, strict=False)
        shared = next((at for at, (one, two) in enumerate(pairs) if one != two), 0)
        if photo not in ids[:shared] or photo in ids[shared:]:
            return False
        self._cache.crop(shared - self._cache.get_seq_length())
        return True

    def _plainly(self, longest: int) -> Any:
        from transformers import GenerationConfig

        end = self.network.generation_config.eos_token_id
        if end is None:
            end = self.processor.tokenizer.eos_token_id
        return GenerationConfig(  # type: ignore[no-untyped-call]
            max_new_tokens=longest,
            do_sample=False,
            eos_token_id=end,
            pad_token_id=end[0] if isinstance(end, list) else end,
            output_logits=True,
            return_dict_in_generate=True,
        )


def inputs_of(loaded: Loaded, image: Image.Image, question: str, opening: str = "") -> Any:
    """Tensors of one photo and question, and the opening of an answer; on the network's device.

    Raises:
        ValueError: the processor cannot take the picture.
    """
    processor, network = loaded
    content = [{"type": "image"}, {"type": "text", "text": question}]
    silent = {"enable_thinking": False} if "enable_thinking" in processor.chat_template else {}
    asked = processor.apply_chat_template(
        [{"role": "user", "content": content}], add_generation_prompt=True, **silent
    )
    gap = " " if opening and not asked[-1:].isspace() else ""
    inputs = processor(text=[f"{asked}{gap}{opening}"], images=[image], return_tensors="pt")
    return inputs.to(network.device)


def _can_be_cut(cache: Any) -> bool:
    from transformers.cache_utils import DynamicCache, DynamicLayer

    return type(cache) is DynamicCache and all(type(one) is DynamicLayer for one in cache.layers)
