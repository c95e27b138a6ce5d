"""Where a training run can be picked up again: written whole or not at all."""

import pickle
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from aesplugin.errors import WeightsDamaged

FILE = "checkpoint.pt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """Everything a step depends on: weights, optimiser, schedule, and how far we are."""

    step: int
    weights: Mapping[str, Any]
    optimiser: Mapping[str, Any]
    schedule: Mapping[str, Any]
    seed: int


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
        raise WeightsDamaged(f"{path} is damaged ({reason}): delete it to start anew") from None
