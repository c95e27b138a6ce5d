"""What a stage builds on: the model that the nearest earlier one left, or an untrained one."""

import hashlib
from pathlib import Path
from typing import Any

import torch

from aesplugin.errors import SettingsError
from aesplugin.models.calm.card import WEIGHTS
from aesplugin.models.calm.config import CalmConfig
from aesplugin.models.calm.config_schema import SHAPE, check_shape, read_shape, trained_hash
from aesplugin.models.calm.language import build_tokenizer, checkpoint_layers
from aesplugin.models.calm.model import CalmForConditionalGeneration
from aesplugin.settings import load_settings
from aesplugin.training.engine.config import STAGES, TrainingConfig
from aesplugin.training.engine.loop import LoopConfig
from aesplugin.training.engine.processes import Team
from aesplugin.training.features.samples import Samples, unlabelled


def earlier(config: TrainingConfig, stage: str) -> Path | None:
    """The folder of the model to build on; None where no earlier stage left one."""
    folders = (config.out / name / "model" for name in reversed(STAGES[: STAGES.index(stage)]))
    return next((place for place in folders if place.is_dir()), None)


def check_agrees(config: TrainingConfig, folder: Path) -> None:
    """Refuses a [model] that asks for another network than the model in `folder` is.

    Raises:
        SettingsError: names the first number that differs.
        WeightsDamaged: the model's configuration cannot be read.
    """
    asked = _leaves(check_shape(_shape(config)))
    there = _leaves(check_shape(read_shape(folder)))
    for name in sorted(asked.keys() | there.keys()):
        mine, other = asked.get(name), there.get(name)
        if mine != other:
            raise SettingsError(
                f"{folder} has {name} = {other!r} and [model] asks for {mine!r}: let [model] say "
                "the same, or train again from the first stage on with --fresh"
            )


def origin(config: TrainingConfig, stage: str) -> str:
    """A hash of what the stage begins with: the earlier one's weights, or an untrained shape."""
    folder = earlier(config, stage)
    if folder is None:
        return trained_hash(_shape(config))
    with (folder / WEIGHTS).open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _shape(config: TrainingConfig) -> dict[str, Any]:
    """All of [model], what it leaves out with its default."""
    whole = CalmConfig(**config.model)
    return {name: getattr(whole, name) for name in SHAPE}


def _leaves(value: Any, name: str = "") -> dict[str, Any]:
    """Nested tables as one, by dotted names."""
    if not isinstance(value, dict):
        return {name: value}
    parts = [_leaves(one, f"{name}.{key}".lstrip(".")) for key, one in value.items()]
    return {key: one for part in parts for key, one in part.items()}


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
