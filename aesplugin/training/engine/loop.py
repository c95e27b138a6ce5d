"""The one training loop: any objective, seeded, resumable, in any number of processes."""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
import torch
from torch import Tensor, nn

from aesplugin.errors import SettingsError
from aesplugin.training.engine import checkpoints, curves
from aesplugin.training.engine.packages import require
from aesplugin.training.engine.processes import Team, precision_of
from aesplugin.training.engine.stopping import Stopped, stop_sign

Progress = Callable[[int, int, float], None]
"""Called with steps done, steps in all, and the last step's loss; by the leading process only."""

LOG, PICTURE = "losses.jsonl", "losses.png"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopConfig:
    """How long and how fast. `folder` holds checkpoint, losses.jsonl and losses.png."""

    folder: Path
    steps: int
    learning_rate: float = 1e-3
    weight_decay: float = 0.02
    warmup: int = 20
    clip: float = 1.0
    accumulate: int = 1  # batches a step, of each process
    precision: str = "fp32"  # or bf16
    checkpoint_every: int = 100  # steps
    checkpoint_seconds: float = 300.0  # and at least so often
    seed: int = 0
    origin: str = ""  # hash of what the stage begins with: no checkpoint of another goes on


class Objective(Protocol):
    """What is trained and why."""

    @property
    def trainable(self) -> nn.Module: ...

    def losses(self, rng: np.random.Generator) -> Mapping[str, Tensor]:
        """Weighted losses by name for a fresh batch; their sum is minimised."""
        ...


@runtime_checkable
class Counting(Protocol):
    """An objective that does something every n-th step; a resumed one must count on."""

    step: int


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
    uninterrupted one would have seen. Under `accelerate launch` every process draws batches of
    its own, and their gradients are averaged.

    Raises:
        Stopped: Ctrl-C or a polite kill; the checkpoint is of the last whole step.
        SettingsError: the checkpoint does not fit, or the loss is no number any more.
        UsageError: a package that training needs is not installed.
    """
    require()
    run = _Run(objective, config)
    report = StageReport(stage=stage, folder=config.folder)
    began = time.monotonic()
    start = run.resume()
    objective.trainable.train()
    with stop_sign() as sign:
        for step in range(start, config.steps):
            report.losses = run.backward(step)
            stopped = run.learn(stop=sign.asked)
            run.keep(step + 1, report.losses, at_once=stopped)
            if run.team.leads:
                progress(step + 1, config.steps, sum(report.losses.values()))
            if stopped:
                raise Stopped(f"{stage} stopped after step {step + 1} of {config.steps}")
    report.steps, report.seconds = max(config.steps - start, 0), time.monotonic() - began
    objective.trainable.eval()
    return report


class _Run:
    """An objective with its optimiser, schedule and checkpoints."""

    def __init__(self, objective: Objective, config: LoopConfig) -> None:
        self.objective, self.config, self.team = objective, config, Team()
        self.wanted = [one for one in objective.trainable.parameters() if one.requires_grad]
        self.optimiser = torch.optim.AdamW(
            self.wanted, lr=config.learning_rate, weight_decay=config.weight_decay
        )
        self.schedule = torch.optim.lr_scheduler.LambdaLR(self.optimiser, self._rate)
        self.state = checkpoints.State(
            objective.trainable, self.optimiser, self.schedule, config.seed, config.origin
        )
        self.saved = time.monotonic()

    def _rate(self, step: int) -> float:
        rise = min(1.0, (step + 1) / max(self.config.warmup, 1))
        return rise * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * step / self.config.steps)))

    def resume(self) -> int:
        """The step to go on from."""
        folder = self.config.folder
        found = checkpoints.load(folder)
        if found is not None:
            self.state.put_back(found, folder / checkpoints.FILE)
        start = found.step if found else 0
        if self.team.leads:
            curves.cut(folder / LOG, start)
        self.team.align(self.objective.trainable)
        return start

    def backward(self, step: int) -> dict[str, float]:
        """Adds up the gradients of this step's batches; returns their mean losses by name."""
        if isinstance(self.objective, Counting):
            self.objective.step = step * self.config.accumulate
        self.optimiser.zero_grad(set_to_none=True)
        share, found = 1 / self.config.accumulate, dict[str, float]()
        for turn in range(self.config.accumulate):
            rng = _sow(self.config.seed, step, self.team.index, turn)
            with precision_of(self.wanted[0].device, self.config.precision):
                losses = self.objective.losses(rng)
            total = sum(losses.values(), torch.zeros(())) * share
            total.backward()  # type: ignore[no-untyped-call]
            for name, value in losses.items():
                found[name] = found.get(name, 0.0) + float(value.detach()) * share
        _check(found, step)
        return found

    def learn(self, *, stop: bool) -> bool:
        """One step of the optimiser; True where any process was asked to stop."""
        stop = self.team.average(self.wanted, stop=stop)
        nn.utils.clip_grad_norm_(self.wanted, self.config.clip)
        self.optimiser.step()
        self.schedule.step()
        return stop

    def keep(self, step: int, losses: Mapping[str, float], *, at_once: bool) -> None:
        """Logs what step number `step` (from 1) did, and saves when it is time."""
        if not self.team.leads:
            return
        curves.append(self.config.folder / LOG, step - 1, losses)
        late = time.monotonic() - self.saved > self.config.checkpoint_seconds
        over = step == self.config.steps or at_once
        if over or late or step % self.config.checkpoint_every == 0:
            checkpoints.save(self.config.folder, self.state.take(step))
            self.saved = time.monotonic()
        if over:
            curves.draw(self.config.folder / LOG, self.config.folder / PICTURE)


def _sow(seed: int, step: int, process: int, turn: int) -> np.random.Generator:
    """Seeds torch, and makes numpy's generator, for one batch: no other batch has the same."""
    if not process and not turn:
        torch.manual_seed(seed * 1_000_003 + step)
        return np.random.default_rng([seed, step])
    rng = np.random.default_rng([seed, step, process, turn])
    torch.manual_seed(int(rng.integers(2**62)))
    return rng


def _check(losses: Mapping[str, float], step: int) -> None:
    odd = [name for name, value in losses.items() if not math.isfinite(value)]
    if odd:
        raise SettingsError(
            f"the loss {odd[0]!r} is no longer a finite number at step {step + 1}: lower "
            "learning_rate, then run again (from the last checkpoint) or with --fresh"
        )
