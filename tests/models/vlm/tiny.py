"""Vision-language models small enough for tests: random weights, saved like real ones."""

import json
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, get_peft_model
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import (
    AutoConfig,
    AutoModelForImageTextToText,
    Idefics3Processor,
    PreTrainedTokenizerFast,
)
from transformers.models.idefics3.image_processing_pil_idefics3 import Idefics3ImageProcessorPil
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil
from transformers.models.smolvlm.image_processing_pil_smolvlm import SmolVLMImageProcessorPil

from aesplugin.models.runtime import quiet_bars

TEXT: dict[str, Any] = {
    "vocab_size": 384,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
    "max_position_embeddings": 4096,
    "initializer_range": 0.5,  # large, so that photos differ in their scores
    "bos_token_id": 0,
    "eos_token_id": 1,
    "pad_token_id": 1,
}
_CHAT = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{% for c in m['content'] %}"
    "{% if c['type'] == 'image' %}IMAGE{% else %}{{ c['text'] }}{% endif %}{% endfor %}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
_NO_THOUGHT = "{% if enable_thinking is false %}<think>\n\n</think>\n\n{% endif %}"
_SMOL_MARKS = [
    "<|im_start|>",
    "<|im_end|>",
    "<image>",
    "<fake_token_around_image>",
    "<end_of_utterance>",
    "<global-img>",
    *[f"<row_{row}_col_{column}>" for row in range(1, 7) for column in range(1, 7)],
]
_QWEN_MARKS = [
    "<|im_start|>",
    "<|im_end|>",
    "<|vision_start|>",
    "<|vision_end|>",
    "<|image_pad|>",
    "<|video_pad|>",
]


def save_idefics3(folder: Path) -> Path:
    """SmolVLM-256M and -500M are Idefics3 models."""
    return _save_smol(folder, "idefics3")


def save_smolvlm(folder: Path) -> Path:
    """SmolVLM2 has a class of its own, whose processor also takes videos."""
    return _save_smol(folder, "smolvlm")


def save_qwen(folder: Path) -> Path:
    """Qwen2.5-VL, in the file layout of its makers."""
    image = "<|vision_start|><|image_pad|><|vision_end|>"
    tokenizer = make_tokenizer(_QWEN_MARKS, _CHAT.replace("IMAGE", image))
    ids = {mark: tokenizer.convert_tokens_to_ids(mark) for mark in _QWEN_MARKS}
    config = AutoConfig.for_model(
        "qwen2_5_vl",
        text_config={
            **TEXT,
            "rope_parameters": {
                "rope_type": "default",
                "mrope_section": [2, 3, 3],
                "rope_theta": 10_000.0,
            },
        },
        vision_config={
            "depth": 2,
            "hidden_size": 32,
            "intermediate_size": 48,
            "num_heads": 2,
            "out_hidden_size": 32,
            "fullatt_block_indexes": [1],
            "window_size": 56,
            "initializer_range": 0.3,
        },
        image_token_id=ids["<|image_pad|>"],
        video_token_id=ids["<|video_pad|>"],
        vision_start_token_id=ids["<|vision_start|>"],
        vision_end_token_id=ids["<|vision_end|>"],
    )
    _save_network(config, folder)
    tokenizer.save_pretrained(folder)
    Qwen2VLImageProcessorPil(min_pixels=28 * 28 * 4, max_pixels=28 * 28 * 32).save_pretrained(
        folder
    )
    _name_classes(folder, "Qwen2VLImageProcessor", "Qwen2_5_VLProcessor")
    return folder


def save_qwen35(folder: Path) -> Path:
    """Qwen3.5, which Q-ReAlign is: three of four layers are recurrent."""
    image = "<|vision_start|><|image_pad|><|vision_end|>"
    tokenizer = make_tokenizer(_QWEN_MARKS, _CHAT.replace("IMAGE", image) + _NO_THOUGHT)
    ids = {mark: tokenizer.convert_tokens_to_ids(mark) for mark in _QWEN_MARKS}
    text = {
        **TEXT,
        "num_hidden_layers": 4,
        "layer_types": [*["linear_attention"] * 3, "full_attention"],
        "head_dim": 16,
        "linear_key_head_dim": 16,
        "linear_value_head_dim": 16,
        "linear_num_key_heads": 2,
        "linear_num_value_heads": 2,
        "rope_parameters": {
            "rope_type": "default",
            "mrope_section": [1, 1, 0],
            "mrope_interleaved": True,
            "rope_theta": 10_000.0,
            "partial_rotary_factor": 0.25,
        },
    }
    config = AutoConfig.for_model(
        "qwen3_5",
        text_config=text,
        vision_config={
            "depth": 2,
            "hidden_size": 32,
            "intermediate_size": 48,
            "num_heads": 2,
            "out_hidden_size": 32,
            "num_position_embeddings": 64,
            "initializer_range": 0.3,
        },
        image_token_id=ids["<|image_pad|>"],
        video_token_id=ids["<|video_pad|>"],
        vision_start_token_id=ids["<|vision_start|>"],
        vision_end_token_id=ids["<|vision_end|>"],
    )
    _save_network(config, folder)
    tokenizer.save_pretrained(folder)
    Qwen2VLImageProcessorPil(
        patch_size=16, size={"shortest_edge": 32 * 32 * 4, "longest_edge": 32 * 32 * 32}
    ).save_pretrained(folder)
    _name_classes(folder, "Qwen2VLImageProcessor", "Qwen3VLProcessor")
    return folder


def _save_smol(folder: Path, kind: str) -> Path:
    chat = _CHAT.replace("IMAGE", "<image>")
    tokenizer = make_tokenizer(_SMOL_MARKS, chat)
    config = AutoConfig.for_model(
        kind,
        text_config={**TEXT, "model_type": "llama"},
        vision_config={
            "hidden_size": 32,
            "intermediate_size": 48,
            "num_hidden_layers": 2,
            "num_attention_heads": 2,
            "image_size": 64,
            "patch_size": 16,
            "initializer_range": 0.3,
        },
        image_token_id=tokenizer.convert_tokens_to_ids("<image>"),
        scale_factor=2,
    )
    _save_network(config, folder)
    makers = {"idefics3": Idefics3ImageProcessorPil, "smolvlm": SmolVLMImageProcessorPil}
    images = makers[kind](size={"longest_edge": 128}, max_image_size={"longest_edge": 64})
    processor = Idefics3Processor(images, tokenizer, image_seq_len=4, chat_template=chat)
    processor.save_pretrained(folder)
    if kind == "smolvlm":
        _name_classes(folder, "SmolVLMImageProcessor", "SmolVLMProcessor")
    return folder


def save_adapter(base: Path, folder: Path, *, rank: int = 2) -> Path:
    """A LoRA adapter with weights that matter, as peft saves it."""
    torch.manual_seed(7)
    with quiet_bars():
        network: Any = AutoModelForImageTextToText.from_pretrained(base)
    settings = LoraConfig(
        r=rank, target_modules=["q_proj", "v_proj"], init_lora_weights=False, lora_alpha=8 * rank
    )
    get_peft_model(network, settings).save_pretrained(str(folder))
    return folder


def _save_network(config: Any, folder: Path) -> None:
    torch.manual_seed(0)
    network: Any = AutoModelForImageTextToText.from_config(config)  # type: ignore[no-untyped-call]
    with torch.no_grad():
        network.get_output_embeddings().weight[TEXT["eos_token_id"]] *= 3  # it soon ends
    with quiet_bars():
        network.save_pretrained(folder)


def _name_classes(folder: Path, images: str, processor: str) -> None:
    """As on the hub, where no file names a class for one backend."""
    for name in ("preprocessor_config.json", "processor_config.json"):
        path = folder / name
        if path.is_file():
            known = json.loads(path.read_text(encoding="utf-8"))
            inner = known.get("image_processor", known)
            inner["image_processor_type"] = images
            known["processor_class"] = processor
            path.write_text(json.dumps(known), encoding="utf-8")


def make_tokenizer(marks: list[str], chat: str) -> Any:
    """Byte-level, with one token a level word."""
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    vocabulary = {mark: number for number, mark in enumerate([*marks, *sorted(alphabet)])}
    merges: list[tuple[str, str]] = []
    for word in (" good", " fair", " poor", " bad", " excellent"):
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
    fast = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer, pad_token="<|im_end|>", eos_token="<|im_end|>"
    )
    fast.add_special_tokens({"additional_special_tokens": marks})
    fast.chat_template = chat
    return fast
