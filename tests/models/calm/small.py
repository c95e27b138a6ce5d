"""A CALM small enough for tests: random weights, a tokenizer made on the spot."""

from pathlib import Path

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

from aesplugin.models.calm.config import CalmConfig

_MARKS = ["<|im_start|>", "<|im_end|>", "<|endoftext|>"]
_TEXT = [
    "user assistant system Notes: subject dog; score 6.5; no flaw; good light and colour.",
    " excellent, good, fair, poor, bad 0 1 2 3 4 5 6 7 8 9 10 .",
    "What works in this photo, and what does not? How could this photo be improved?",
]

TINY_LLAMA = {
    "model_type": "llama",
    "vocab_size": 320,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
    "max_position_embeddings": 256,
}

TINY_CLIP = {
    "kind": "vit",
    "config": {
        "model_type": "clip_vision_model",
        "hidden_size": 32,
        "intermediate_size": 48,
        "num_hidden_layers": 4,
        "num_attention_heads": 2,
        "image_size": 64,
        "patch_size": 16,
        "projection_dim": 16,
    },
    "layers": {"low": [1], "middle": [2], "high": [3, 4]},
    "grid": 4,
}


def make_tokenizer(folder: Path) -> Path:
    """A byte-level tokenizer in which level words and digits are single tokens."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=320,
        special_tokens=_MARKS,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(_TEXT * 3, trainer)
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="<|im_end|>", eos_token="<|im_end|>"
    )
    fast.save_pretrained(folder)
    return folder


def small_config(folder: Path, *, vit: bool = False) -> CalmConfig:
    """MFAM of width 16 between the real (or a tiny ViT) encoder and a tiny Llama."""
    language = {"name": "tiny", "hidden_size": 32, "config": TINY_LLAMA}
    language["tokenizer"] = str(make_tokenizer(folder / "tokenizer"))
    return CalmConfig(
        encoder=TINY_CLIP if vit else None,
        language=language,
        width=16,
        depth=1,
        heads=2,
        queries=2,
        lora_rank=2,
    )
