"""A tiny random SmolVLM (Idefics3), saved and loaded like a real one."""

from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import (
    AutoConfig,
    AutoModelForImageTextToText,
    Idefics3Processor,
    PreTrainedTokenizerFast,
)
from transformers.models.idefics3.image_processing_pil_idefics3 import Idefics3ImageProcessorPil

from aesplugin.errors import DamagedPhoto, SettingsError, WeightsMissing
from aesplugin.models.vlm import VlmModel
from aesplugin.photo import Rendition

_TEXT = {
    "vocab_size": 300,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
}
_CHAT = (
    "{% for m in messages %}<|im_start|>{% for c in m['content'] %}{% if c['type'] == 'image' %}"
    "<image>{% else %}{{ c['text'] }}{% endif %}{% endfor %}<|im_end|>{% endfor %}"
)


def _tokenizer(marks: list[str], chat: str) -> Any:
    byte_level = pre_tokenizers.ByteLevel.alphabet()
    vocabulary = {mark: number for number, mark in enumerate([*marks, *sorted(byte_level)])}
    words = [" good", " fair", " poor", " bad", " excellent"]
    merges: list[tuple[str, str]] = []
    for word in words:  # one merge chain a word, so that each is a single token
        letters = list(word.replace(" ", "Ġ"))
        whole = letters[0]
        for letter in letters[1:]:
            if (whole, letter) not in merges:
                merges.append((whole, letter))
            whole += letter
            vocabulary.setdefault(whole, len(vocabulary))
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="<|im_end|>")
    fast.add_special_tokens({"additional_special_tokens": marks})
    fast.chat_template = chat
    return fast


def _smol(folder: Path) -> None:
    marks = ["<|im_start|>", "<|im_end|>", "<image>", "<fake_token_around_image>"]
    marks += ["<end_of_utterance>", "<global-img>"]
    marks += [f"<row_{row}_col_{column}>" for row in (1, 2) for column in (1, 2)]
    tokenizer = _tokenizer(marks, _CHAT)
    config = AutoConfig.for_model(
        "idefics3",
        text_config={**_TEXT, "model_type": "llama", "pad_token_id": 1},
        vision_config={
            "hidden_size": 32,
            "intermediate_size": 48,
            "num_hidden_layers": 2,
            "num_attention_heads": 2,
            "image_size": 64,
            "patch_size": 16,
        },
        image_token_id=tokenizer.convert_tokens_to_ids("<image>"),
        scale_factor=2,
    )
    AutoModelForImageTextToText.from_config(config).save_pretrained(folder)
    images = Idefics3ImageProcessorPil(
        size={"longest_edge": 64}, max_image_size={"longest_edge": 64}, do_image_splitting=False
    )
    processor = Idefics3Processor(images, tokenizer, image_seq_len=4, chat_template=_CHAT)
    processor.save_pretrained(folder)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("smol")
    _smol(path)
    return path


def _rendition(seed: int) -> Rendition:
    rng = np.random.default_rng(seed)
    image = Image.fromarray(rng.integers(0, 255, (60, 90, 3), np.uint8))
    buffer = BytesIO()
    image.save(buffer, "JPEG")
    return Rendition(content_hash=f"photo{seed}", jpeg=buffer.getvalue(), width=90, height=60)


def test_it_scores_and_comments(folder: Path) -> None:
    model = VlmModel(device="cpu", name=str(folder), comments=True)
    one, two = model.assess([_rendition(0), _rendition(1)])
    assert 1 <= one.score <= 10 and one.comment is not None
    assert model.assess([_rendition(1)])[0].score == two.score
    assert folder.name in model.card.revision


def test_no_name_no_folder_no_photo(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AES_VLM", raising=False)
    with pytest.raises(SettingsError, match="set AES_VLM"):
        VlmModel()
    with pytest.raises(WeightsMissing, match="cannot be loaded"):
        VlmModel(name=str(folder / "nothing"))
    broken = Rendition(content_hash="abc", jpeg=b"none", width=1, height=1)
    with pytest.raises(DamagedPhoto, match="abc"):
        VlmModel(device="cpu", name=str(folder)).assess([broken])
