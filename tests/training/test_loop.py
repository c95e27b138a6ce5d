from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from aesplugin.errors import WeightsDamaged
from aesplugin.training.loop import LoopConfig, StageReport, fit


class Line:
    """Learns y = 3 x - 1 from noisy points."""

    def __init__(self) -> None:
        torch.manual_seed(0)
        self.trainable = nn.Linear(1, 1)

    def losses(self, rng: np.random.Generator) -> Mapping[str, Tensor]:
        x = torch.from_numpy(rng.uniform(-1, 1, (32, 1)).astype(np.float32))
        return {"error": (self.trainable(x) - (3 * x - 1)).pow(2).mean()}


def _fit(folder: Path, steps: int, **changes: int) -> tuple[Line, StageReport]:
    line = Line()
    config = LoopConfig(folder=folder, steps=steps, learning_rate=0.05, checkpoint_every=10)
    return line, fit(line, replace(config, **changes), "line")  # type: ignore[arg-type]


def test_it_learns_and_draws(tmp_path: Path) -> None:
    line, report = _fit(tmp_path, 150)
    assert line.trainable.weight.item() == pytest.approx(3, abs=0.3)
    assert report.losses["error"] < 0.1 and report.steps == 150
    assert (tmp_path / "losses.png").stat().st_size > 1000


def test_a_resumed_run_ends_where_an_unbroken_one_does(tmp_path: Path) -> None:
    whole, _ = _fit(tmp_path / "whole", 40)
    part = tmp_path / "part"

    class Stopped(Exception):
        pass

    line = Line()

    def stop(step: int, steps: int, loss: float) -> None:
        if step == 25:
            raise Stopped

    config = LoopConfig(folder=part, steps=40, learning_rate=0.05, checkpoint_every=10)
    with pytest.raises(Stopped):
        fit(line, config, "line", stop)
    again = Line()
    report = fit(again, config, "line")
    assert report.steps == 20
    assert torch.equal(again.trainable.weight, whole.trainable.weight)


def test_the_same_seed_gives_the_same_weights(tmp_path: Path) -> None:
    one, _ = _fit(tmp_path / "one", 20, seed=3)
    two, _ = _fit(tmp_path / "two", 20, seed=3)
    other, _ = _fit(tmp_path / "other", 20, seed=4)
    assert torch.equal(one.trainable.weight, two.trainable.weight)
    assert not torch.equal(one.trainable.weight, other.trainable.weight)


def test_a_damaged_checkpoint_is_named(tmp_path: Path) -> None:
    _fit(tmp_path, 10)
    path = tmp_path / "checkpoint.pt"
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(WeightsDamaged, match=r"checkpoint\.pt is damaged"):
        _fit(tmp_path, 20)
