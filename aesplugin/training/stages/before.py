"""What a stage builds on: the model that the nearest earlier one left, or an untrained one."""

import hashlib
from pathlib import Path
from typing import Any

from aesplugin.errors import SettingsError
from aesplugin.models.calm.card import WEIGHTS
from aesplugin.models.calm.checks import SHAPE, check_shape
from aesplugin.models.calm.config import CalmConfig
from aesplugin.models.calm.shape import read_shape, trained_hash
from aesplugin.training.config import STAGES, TrainingConfig


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
