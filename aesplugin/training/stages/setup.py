"""What every stage does first and last: build or load the model, keep what it became."""

from pathlib import Path
from typing import Any

import torch

from aesplugin.models.calm.config import CalmConfig
from aesplugin.models.calm.language import build_tokenizer
from aesplugin.models.calm.model import CalmForConditionalGeneration
from aesplugin.settings import load_settings
from aesplugin.training.config import TrainingConfig
from aesplugin.training.loop import LoopConfig

ORDER = ("self_supervised", "generic", "comments", "scores")


def loop_config(config: TrainingConfig, stage: str, **changes: Any) -> LoopConfig:
    """The loop's numbers for a stage. A dry run works in a folder of its own."""
    numbers = config.stage(stage)
    name = f"{stage}-dry-run" if config.dry_run else stage
    values = {
        "folder": config.out / name,
        "steps": numbers.steps,
        "learning_rate": numbers.learning_rate,
        "seed": config.seed,
        "precision": config.precision,
        "accumulate": numbers.accumulate,
    }
    return LoopConfig(**{**values, **changes})


def load_model(
    config: TrainingConfig, stage: str, *, speaks: bool = True
) -> CalmForConditionalGeneration:
    """The model as the nearest earlier stage left it; a fresh one where there is none."""
    if config.threads:
        torch.set_num_threads(config.threads)
    for earlier in reversed(ORDER[: ORDER.index(stage)]):
        folder = config.out / earlier / "model"
        if folder.is_dir():
            return CalmForConditionalGeneration.from_pretrained(folder, speaks=speaks)
    torch.manual_seed(config.seed)
    return CalmForConditionalGeneration(CalmConfig(**config.model), speaks=speaks)


def tokenizer_of(model: CalmForConditionalGeneration) -> Any:
    """The language model's tokenizer, padding on the right for training."""
    tokenizer = build_tokenizer(model.config, load_settings().cache)
    tokenizer.padding_side = "right"
    return tokenizer


def halve_language(model: CalmForConditionalGeneration) -> None:
    """Frozen language weights to bfloat16, the adapter stays float32: half the cost, same loss."""
    for name, value in model.language.named_parameters():
        if "lora_" not in name:
            value.data = value.data.to(torch.bfloat16)


def freeze(
    model: CalmForConditionalGeneration, *, mfam: bool = True, language: bool = False
) -> None:
    """Trains MFAM and heads where `mfam`, the adapter where `language`; never the encoder."""
    model.encoder.requires_grad_(requires_grad=False)
    model.mfam.requires_grad_(requires_grad=mfam)
    model.heads.requires_grad_(requires_grad=mfam)
    if model.language is not None:
        for name, value in model.language.named_parameters():
            value.requires_grad = language and "lora_" in name


def keep(model: CalmForConditionalGeneration, config: TrainingConfig, stage: str) -> Path:
    """Saves the stage's model; a dry run keeps nothing."""
    folder = config.out / stage / "model"
    if not config.dry_run:
        model.save_pretrained(folder)
    return folder
