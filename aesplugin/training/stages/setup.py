"""What every stage does first and last: build or load the model, keep what it became."""

from pathlib import Path
from typing import Any

import torch

from aesplugin.models.calm.config import CalmConfig
from aesplugin.models.calm.language import build_tokenizer, checkpoint_layers
from aesplugin.models.calm.model import CalmForConditionalGeneration
from aesplugin.settings import load_settings
from aesplugin.training.config import TrainingConfig
from aesplugin.training.loop import LoopConfig
from aesplugin.training.processes import Team
from aesplugin.training.samples import Samples, unlabelled
from aesplugin.training.stages.before import check_agrees, earlier, origin


def folder_of(config: TrainingConfig, stage: str) -> Path:
    """Where a stage works. A dry run has a folder of its own."""
    return config.out / (f"{stage}-dry-run" if config.dry_run else stage)


def loop_config(config: TrainingConfig, stage: str, **changes: Any) -> LoopConfig:
    """The loop's numbers for a stage."""
    numbers = config.stage(stage)
    values = {
        "folder": folder_of(config, stage),
        "origin": origin(config, stage),
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
    """The model as the nearest earlier stage left it; a fresh one where there is none.

    Raises:
        SettingsError: that stage's model is not what [model] asks for.
        WeightsMissing, WeightsDamaged: it cannot be read.
    """
    if config.threads:
        torch.set_num_threads(config.threads)
    folder = earlier(config, stage)
    if folder:
        check_agrees(config, folder)
    torch.manual_seed(config.seed)
    model = (
        CalmForConditionalGeneration.from_pretrained(folder, speaks=speaks)
        if folder
        else CalmForConditionalGeneration(CalmConfig(**config.model), speaks=speaks)
    )
    if config.gradient_checkpointing and model.language is not None:
        checkpoint_layers(model.language)
    return model


def training_photos(config: TrainingConfig, model: CalmForConditionalGeneration) -> Samples:
    """The cached photos to train `model` on.

    Raises:
        DataError: there are none, or they are damaged or of another encoder.
    """
    samples = unlabelled(config, ["train"])
    samples.features.check_encoder(model.encoder.shape)
    return samples


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
    """Trains MFAM and heads where `mfam`, the adapter where `language`; never the encoder.

    The token that tells the score waits for scores to tell: where `language` trains alone.
    """
    model.encoder.requires_grad_(requires_grad=False)
    model.mfam.requires_grad_(requires_grad=mfam)
    model.heads.requires_grad_(requires_grad=mfam)
    model.verdict.requires_grad_(requires_grad=language and not mfam)
    if model.language is not None:
        for name, value in model.language.named_parameters():
            value.requires_grad = language and "lora_" in name


def keep(model: CalmForConditionalGeneration, config: TrainingConfig, stage: str) -> Path:
    """Saves the stage's model, once for all processes; a dry run keeps nothing."""
    folder, team = config.out / stage / "model", Team()
    if not config.dry_run and team.leads:
        model.save_pretrained(folder)
    team.wait()
    return folder
