"""One process of `test_processes.py`, started by accelerate with a folder to write to."""

import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from aesplugin.training.engine.loop import LoopConfig, fit
from aesplugin.training.engine.processes import Team
from aesplugin.training.engine.stopping import Stopped
from tests.training.objectives import Line


def unlike(folder: Path, team: Team) -> None:
    """Processes that begin with other weights, and draw other batches, end with the same."""
    line = Line()
    line.trainable = nn.Linear(1, 1)  # torch's seed is not this process's alone
    with torch.no_grad():
        line.trainable.weight.fill_(float(team.index))
        line.trainable.bias.fill_(0.0)
    fit(line, LoopConfig(folder=folder / "unlike", steps=30, learning_rate=0.05), "line")
    weights = {name: value.detach() for name, value in line.trainable.named_parameters()}
    torch.save(weights, folder / f"unlike-{team.index}.pt")


def uneven(folder: Path, team: Team) -> None:
    """One gradient in both processes, one in the second only, one in neither."""
    three = [nn.Parameter(torch.zeros(2)) for _ in range(3)]
    three[0].grad = torch.full((2,), 1.0 + 2 * team.index)
    if team.index == 1:
        three[1].grad = torch.full((2,), 8.0)
    stop = team.average(three, stop=team.index == 1)
    torch.save([stop, *(one.grad for one in three)], folder / f"uneven-{team.index}.pt")


class Interrupted(Line):
    """The second process gets a Ctrl-C in its fifth step."""

    def __init__(self, team: Team) -> None:
        super().__init__()
        self.team, self.batches = team, 0

    def losses(self, rng: np.random.Generator) -> Mapping[str, Tensor]:
        self.batches += 1
        if self.team.index == 1 and self.batches == 5:
            os.kill(os.getpid(), signal.SIGINT)
        return super().losses(rng)


def interrupted(folder: Path, team: Team) -> None:
    """Both stop after the same step."""
    told = "not stopped"
    try:
        fit(Interrupted(team), LoopConfig(folder=folder / "interrupted", steps=30), "line")
    except Stopped as stopped:
        told = str(stopped)
    (folder / f"interrupted-{team.index}.txt").write_text(told)


def main(folder: Path) -> None:
    """All three, one launch."""
    team = Team()
    unlike(folder, team)
    uneven(folder, team)
    interrupted(folder, team)
    team.wait()
    team.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
