"""Where a training run can be picked up again: written whole or not at all."""

import pickle
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from aesplugin.errors import SettingsError, WeightsDamaged

FILE = "checkpoint.pt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """Everything a step depends on: weights, optimiser, schedule, and how far we are."""

    step: int
    weights: Mapping[str, Any]
    optimiser: Mapping[str, Any]
    schedule: Mapping[str, Any]
    seed: int
    origin: str = ""  # what the run began with; checkpoints of older releases do not tell


@dataclass(frozen=True, slots=True)
class State:
    """What a checkpoint is taken of, and what it is put back into."""

    module: nn.Module
    optimiser: torch.optim.Optimizer
    schedule: torch.optim.lr_scheduler.LRScheduler
    seed: int
    origin: str

    def take(self, step: int) -> Checkpoint:
        """The state after `step` steps."""
        return Checkpoint(
            step=step,
            weights=_own(self.module),
            optimiser=self.optimiser.state_dict(),
            schedule=self.schedule.state_dict(),
            seed=self.seed,
            origin=self.origin,
        )

    def put_back(self, found: Checkpoint, path: Path) -> None:
        """Continues where `found` was taken.

        Raises:
            SettingsError: it is of another seed or another shape of model, or began elsewhere.
        """
        if found.seed != self.seed:
            raise SettingsError(
                f"{path} was made with seed {found.seed}, not {self.seed}: start again with --fresh"
            )
        if found.origin and found.origin != self.origin:
            raise SettingsError(
                f"{path} started from another model than the present one (an earlier stage was "
                "trained again, or [model] was changed): start again with --fresh"
            )
        odd = _differs(_own(self.module), found.weights)
        if odd:
            raise SettingsError(
                f"{path} belongs to another model ({odd}): start again with --fresh"
            )
        self.module.load_state_dict(dict(found.weights), strict=False)
        try:
            self.optimiser.load_state_dict(dict(found.optimiser))
        except ValueError:
            raise SettingsError(
                f"{path} trained other parts of the model: start again with --fresh"
            ) from None
        self.schedule.load_state_dict(dict(found.schedule))


def save(folder: Path, checkpoint: Checkpoint) -> None:
    """Replaces the folder's checkpoint atomically."""
    folder.mkdir(parents=True, exist_ok=True)
    temporary = folder / f"{FILE}.tmp"
    torch.save({name: getattr(checkpoint, name) for name in Checkpoint.__slots__}, temporary)
    temporary.replace(folder / FILE)


def load(folder: Path) -> Checkpoint | None:
    """The folder's checkpoint, or None where there is none.

    Raises:
        WeightsDamaged: there is one, but it cannot be read.
    """
    path = folder / FILE
    if not path.is_file():
        return None
    try:
        return Checkpoint(**torch.load(path, map_location="cpu", weights_only=True))
    except (RuntimeError, EOFError, OSError, TypeError, pickle.UnpicklingError) as error:
        reason = (str(error).splitlines() or ["unreadable"])[0]
        raise WeightsDamaged(f"{path} is damaged ({reason}): start again with --fresh") from None


def forget(folder: Path) -> None:
    """Deletes the folder's checkpoint, if there is one: the next run starts anew."""
    (folder / FILE).unlink(missing_ok=True)


def _own(module: nn.Module) -> dict[str, Tensor]:
    """What may have changed: trainable parameters and buffers."""
    frozen = {name for name, value in module.named_parameters() if not value.requires_grad}
    return {name: value for name, value in module.state_dict().items() if name not in frozen}


def _differs(mine: Mapping[str, Tensor], stored: Mapping[str, Tensor]) -> str:
    """The first tensor that only one side has, or that has another shape there."""
    lonely = sorted(mine.keys() ^ stored.keys())
    if lonely:
        return f"{lonely[0]} is only in {'the checkpoint' if lonely[0] in stored else 'the model'}"
    shapes = [name for name, value in mine.items() if value.shape != stored[name].shape]
    return f"{shapes[0]} has another shape" if shapes else ""
