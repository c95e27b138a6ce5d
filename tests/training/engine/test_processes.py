"""Two processes of one training, on the CPU (gloo).

`accelerate launch` starts one process a GPU by way of `torchrun`; for several on a CPU without
MPI it is `torchrun` that one calls, and accelerate finds its place from the same variables.
"""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from aesplugin.errors import UsageError
from aesplugin.training.engine import checkpoints
from aesplugin.training.engine.loop import LoopConfig, fit
from aesplugin.training.engine.packages import require
from aesplugin.training.engine.processes import Team
from tests.training.objectives import Line

_ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What two processes left."""
    folder = tmp_path_factory.mktemp("two")
    launch = [sys.executable, "-m", "torch.distributed.run", "--nproc_per_node", "2"]
    launch += ["--standalone", "-m", "tests.training.team_member", str(folder)]
    done = subprocess.run(
        launch,
        cwd=_ROOT,
        env=os.environ | {"OMP_NUM_THREADS": "1", "ACCELERATE_USE_CPU": "true"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return folder


class BothBatches(Line):
    """The mean loss over the batches that two processes draw."""

    step = 0

    def losses(self, rng: np.random.Generator) -> Mapping[str, Tensor]:
        other = np.random.default_rng([0, self.step, 1, 0])
        other.integers(2**62)  # torch's seed
        parts = [super(BothBatches, self).losses(one)["error"] for one in (rng, other)]
        return {"error": torch.stack(parts).mean()}


def test_two_processes_learn_what_one_learns_from_both_batches(two: Path, tmp_path: Path) -> None:
    one = BothBatches()
    one.trainable = nn.Linear(1, 1)
    with torch.no_grad():
        for value in one.trainable.parameters():
            value.fill_(0.0)
    fit(one, LoopConfig(folder=tmp_path, steps=30, learning_rate=0.05), "line")
    first, second = (torch.load(two / f"unlike-{index}.pt") for index in (0, 1))
    for name, value in one.trainable.named_parameters():
        assert torch.equal(first[name], second[name])
        assert torch.allclose(first[name], value, atol=1e-5)


def test_one_of_them_writes(two: Path) -> None:
    found = checkpoints.load(two / "unlike")
    assert found is not None and found.step == 30
    assert len((two / "unlike" / "losses.jsonl").read_text().splitlines()) == 30


def test_a_gradient_that_one_lacks_counts_as_zero(two: Path) -> None:
    for index in (0, 1):
        stop, both, one, none = torch.load(two / f"uneven-{index}.pt")
        assert stop is True
        assert both.tolist() == [2, 2]
        assert one.tolist() == [4, 4]
        assert none is None


def test_ctrl_c_in_one_stops_both_after_the_same_step(two: Path) -> None:
    told = [(two / f"interrupted-{index}.txt").read_text() for index in (0, 1)]
    assert told == ["line stopped after step 5 of 30"] * 2
    found = checkpoints.load(two / "interrupted")
    assert found is not None and found.step == 5


def test_alone_nothing_is_changed() -> None:
    team, value = Team(), nn.Parameter(torch.zeros(2))
    gradient = torch.ones(2)
    value.grad = gradient
    assert team.average([value], stop=True) is True
    assert value.grad is gradient and team.leads
    team.align(nn.Linear(1, 1))
    team.wait()
    team.close()


def test_absent_packages_are_named() -> None:
    require("json")
    with pytest.raises(UsageError, match=r"training needs nonesuch: pip install 'aesplugin\[tr"):
        require("json", "nonesuch")
