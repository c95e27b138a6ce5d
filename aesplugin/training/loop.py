"""The one training loop: any objective, seeded, resumable, with curves and checkpoints."""

import json
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from torch import Tensor, nn

from aesplugin.training import checkpoints
from aesplugin.training.curves import draw

Progress = Callable[[int, int, float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopConfig:
    """How long and how fast. `folder` holds checkpoint, losses.jsonl and losses.png."""

    folder: Path
    steps: int
    learning_rate: float = 1e-3
    weight_decay: float = 0.02
    warmup: int = 20
    clip: float = 1.0
    checkpoint_every: int = 100
    seed: int = 0


class Objective(Protocol):
    """What is trained and why."""

    @property
    def trainable(self) -> nn.Module: ...

    def losses(self, rng: np.random.Generator) -> Mapping[str, Tensor]:
        """Weighted losses by name for a fresh batch; their sum is minimised."""
        ...


@dataclass(slots=True)
class StageReport:
    """What a stage did: steps done, seconds, its last losses, and figures measured after it."""

    stage: str
    steps: int = 0
    seconds: float = 0.0
    losses: dict[str, float] = field(default_factory=dict)
    figures: dict[str, float] = field(default_factory=dict)
    folder: Path = Path()


def _quiet(step: int, steps: int, loss: float) -> None:
    pass


def fit(
    objective: Objective, config: LoopConfig, stage: str, progress: Progress = _quiet
) -> StageReport:
    """Trains to `config.steps`, from the folder's checkpoint if there is one.

    Each step draws from a generator seeded by (seed, step), so that a resumed run sees what an
    uninterrupted one would have seen.
    """
    optimiser, schedule = _optimiser(objective.trainable, config)
    start = _resume(objective.trainable, optimiser, schedule, config)
    report = StageReport(stage=stage, folder=config.folder)
    began = time.monotonic()
    objective.trainable.train()
    for step in range(start, config.steps):
        torch.manual_seed(config.seed * 1_000_003 + step)
        losses = objective.losses(np.random.default_rng([config.seed, step]))
        total = sum(losses.values(), torch.zeros(()))
        optimiser.zero_grad(set_to_none=True)
        total.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(objective.trainable.parameters(), config.clip)
        optimiser.step()
        schedule.step()
        report.losses = {name: float(value.detach()) for name, value in losses.items()}
        _log(config.folder, step, report.losses)
        progress(step + 1, config.steps, float(total.detach()))
        if (step + 1) % config.checkpoint_every == 0 or step + 1 == config.steps:
            _save(objective.trainable, optimiser, schedule, (step + 1, config))
    report.steps, report.seconds = config.steps - start, time.monotonic() - began
    objective.trainable.eval()
    draw(config.folder / "losses.jsonl", config.folder / "losses.png")
    return report


def _optimiser(
    module: nn.Module, config: LoopConfig
) -> tuple[torch.optim.Optimizer, torch.optim.lr_scheduler.LRScheduler]:
    wanted = [value for value in module.parameters() if value.requires_grad]
    optimiser = torch.optim.AdamW(wanted, lr=config.learning_rate, weight_decay=config.weight_decay)

    def rate(step: int) -> float:
        rise = min(1.0, (step + 1) / max(config.warmup, 1))
        return rise * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * step / config.steps)))

    return optimiser, torch.optim.lr_scheduler.LambdaLR(optimiser, rate)


def _own(module: nn.Module) -> dict[str, Tensor]:
    """What may have changed: trainable parameters and buffers."""
    frozen = {name for name, value in module.named_parameters() if not value.requires_grad}
    return {name: value for name, value in module.state_dict().items() if name not in frozen}


def _resume(
    module: nn.Module,
    optimiser: torch.optim.Optimizer,
    schedule: torch.optim.lr_scheduler.LRScheduler,
    config: LoopConfig,
) -> int:
    found = checkpoints.load(config.folder)
    if found is None or found.seed != config.seed:
        (config.folder / "losses.jsonl").unlink(missing_ok=True)
        return 0
    module.load_state_dict(dict(found.weights), strict=False)
    optimiser.load_state_dict(dict(found.optimiser))
    schedule.load_state_dict(dict(found.schedule))
    return found.step


def _save(
    module: nn.Module,
    optimiser: torch.optim.Optimizer,
    schedule: torch.optim.lr_scheduler.LRScheduler,
    where: tuple[int, LoopConfig],
) -> None:
    step, config = where
    checkpoints.save(
        config.folder,
        checkpoints.Checkpoint(
            step=step,
            weights=_own(module),
            optimiser=optimiser.state_dict(),
            schedule=schedule.state_dict(),
            seed=config.seed,
        ),
    )


def _log(folder: Path, step: int, losses: Mapping[str, float]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "losses.jsonl").open("a", encoding="utf-8") as stream:
        row = {"step": step, **{name: round(value, 5) for name, value in losses.items()}}
        stream.write(json.dumps(row) + "\n")
