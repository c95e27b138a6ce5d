import json
import os
import signal
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from aesplugin.errors import SettingsError, WeightsDamaged
from aesplugin.training.engine import checkpoints
from aesplugin.training.engine.loop import LoopConfig, StageReport, fit
from aesplugin.training.engine.stopping import Stopped, stop_sign
from tests.training.objectives import CountedLine, Line


def _fit(folder: Path, steps: int, line: Line | None = None, **changes: Any) -> StageReport:
    config = LoopConfig(folder=folder, steps=steps, learning_rate=0.05, checkpoint_every=10)
    return fit(line or Line(), replace(config, **changes), "line")


def _weights(line: Line) -> Tensor:
    return torch.cat([value.detach().flatten() for value in line.trainable.parameters()])


def _logged(folder: Path) -> list[int]:
    lines = (folder / "losses.jsonl").read_text().splitlines()
    return [json.loads(line)["step"] for line in lines]


class Killed(Exception):
    """The process ends between two checkpoints, without a word."""


def test_it_learns_and_draws(tmp_path: Path) -> None:
    line = Line()
    report = _fit(tmp_path, 150, line)
    assert _weights(line).tolist() == pytest.approx([3, -1], abs=0.3)
    assert report.losses["error"] < 0.1 and report.steps == 150
    assert (tmp_path / "losses.png").stat().st_size > 1000


def test_a_resumed_run_ends_where_an_unbroken_one_does(tmp_path: Path) -> None:
    whole, part = CountedLine(), tmp_path / "part"
    _fit(tmp_path / "whole", 40, whole)

    def stop(step: int, steps: int, loss: float) -> None:
        if step == 25:
            raise Killed

    config = LoopConfig(folder=part, steps=40, learning_rate=0.05, checkpoint_every=10)
    with pytest.raises(Killed):
        fit(CountedLine(), config, "line", stop)
    again = CountedLine()
    assert fit(again, config, "line").steps == 20
    assert torch.equal(_weights(again), _weights(whole))
    assert _logged(part) == list(range(40))  # what was lost is not logged twice
    assert (part / "losses.jsonl").read_text() == (tmp_path / "whole" / "losses.jsonl").read_text()


def test_ctrl_c_keeps_the_last_whole_step(tmp_path: Path) -> None:
    whole, part = Line(), tmp_path / "part"
    _fit(tmp_path / "whole", 40, whole)

    class Interrupted(Line):
        def losses(self, rng: np.random.Generator) -> Mapping[str, Tensor]:
            self.batches = getattr(self, "batches", 0) + 1
            if self.batches == 13:
                os.kill(os.getpid(), signal.SIGINT)
            return super().losses(rng)

    with pytest.raises(Stopped, match="line stopped after step 13 of 40"):
        _fit(part, 40, Interrupted())
    found = checkpoints.load(part)
    assert found is not None and found.step == 13
    assert (part / "losses.png").is_file()
    again = Line()
    assert _fit(part, 40, again).steps == 27
    assert torch.equal(_weights(again), _weights(whole))


def test_a_second_ctrl_c_is_obeyed_at_once() -> None:
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt), stop_sign(same=0) as sign:
        os.kill(os.getpid(), signal.SIGINT)
        assert sign.asked
        time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)
        pytest.fail("not interrupted")
    assert signal.getsignal(signal.SIGINT) is before


def test_the_same_ctrl_c_passed_on_by_a_launcher_counts_once() -> None:
    with stop_sign(same=3600) as sign:
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)
        assert sign.asked


def test_a_checkpoint_is_written_when_much_time_has_passed(tmp_path: Path) -> None:
    def stop(step: int, steps: int, loss: float) -> None:
        raise Killed

    config = LoopConfig(folder=tmp_path, steps=40, checkpoint_seconds=0)
    with pytest.raises(Killed):
        fit(Line(), config, "line", stop)
    found = checkpoints.load(tmp_path)
    assert found is not None and found.step == 1


def test_the_same_seed_gives_the_same_weights(tmp_path: Path) -> None:
    one, two, other = CountedLine(), CountedLine(), CountedLine()
    for name, line, seed in (("one", one, 3), ("two", two, 3), ("other", other, 4)):
        _fit(tmp_path / name, 20, line, seed=seed)
    assert torch.equal(_weights(one), _weights(two))
    assert not torch.equal(_weights(one), _weights(other))


def test_accumulated_batches_count_as_their_mean(tmp_path: Path) -> None:
    class Same(Line):
        batches = 0

        def losses(self, rng: np.random.Generator) -> Mapping[str, Tensor]:
            self.batches += 1
            return super().losses(np.random.default_rng(0))

    one, four = Same(), Same()
    single = _fit(tmp_path / "one", 20, one)
    report = _fit(tmp_path / "four", 20, four, accumulate=4)
    assert four.batches == 4 * one.batches
    assert torch.allclose(_weights(one), _weights(four), atol=1e-5)
    assert report.losses["error"] == pytest.approx(single.losses["error"], abs=1e-4)


def test_accumulated_batches_differ(tmp_path: Path) -> None:
    class Noting(Line):
        def __init__(self) -> None:
            super().__init__()
            self.drawn: list[float] = []

        def losses(self, rng: np.random.Generator) -> Mapping[str, Tensor]:
            self.drawn += [float(rng.random()), float(torch.rand(()))]
            return super().losses(rng)

    line = Noting()
    _fit(tmp_path, 3, line, accumulate=2)
    assert len(set(line.drawn)) == 12


def test_bf16_is_a_matter_of_the_arithmetic(tmp_path: Path) -> None:
    class Noting(Line):
        def losses(self, rng: np.random.Generator) -> Mapping[str, Tensor]:
            self.dtype = self.trainable(torch.ones(1, 1)).dtype
            return super().losses(rng)

    line = Noting()
    _fit(tmp_path, 150, line, precision="bf16")
    assert line.dtype == torch.bfloat16
    assert _weights(line).dtype == torch.float32
    assert _weights(line).tolist() == pytest.approx([3, -1], abs=0.5)


def test_a_damaged_checkpoint_is_named(tmp_path: Path) -> None:
    _fit(tmp_path, 10)
    path = tmp_path / "checkpoint.pt"
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(WeightsDamaged, match=r"checkpoint\.pt is damaged .*--fresh"):
        _fit(tmp_path, 20)


def test_a_checkpoint_of_something_else_is_refused(tmp_path: Path) -> None:
    _fit(tmp_path, 10)
    with pytest.raises(SettingsError, match=r"was made with seed 0, not 1: .*--fresh"):
        _fit(tmp_path, 20, seed=1)
    with pytest.raises(
        SettingsError, match=r"belongs to another model \(0\.bias is only in the model\)"
    ):
        _fit(tmp_path, 20, CountedLine())
    wide = Line()
    wide.trainable = nn.Linear(2, 1)
    with pytest.raises(SettingsError, match=r"another model \(weight has another shape\)"):
        _fit(tmp_path, 20, wide)
    checkpoints.forget(tmp_path)
    assert _fit(tmp_path, 20, seed=1).steps == 20


def test_a_checkpoint_that_began_with_another_model_is_refused(tmp_path: Path) -> None:
    _fit(tmp_path, 10, origin="one")
    with pytest.raises(SettingsError, match=r"started from another model than .*: .*--fresh"):
        _fit(tmp_path, 20, origin="other")
    assert _fit(tmp_path, 20, origin="one").steps == 10


def test_a_checkpoint_that_does_not_tell_what_it_began_with_goes_on(tmp_path: Path) -> None:
    _fit(tmp_path, 10)
    path = tmp_path / "checkpoint.pt"
    older = torch.load(path, weights_only=True)
    del older["origin"]
    torch.save(older, path)
    assert _fit(tmp_path, 20, origin="one").steps == 10


def test_a_loss_that_is_no_number_ends_the_run(tmp_path: Path) -> None:
    class Broken(Line):
        def losses(self, rng: np.random.Generator) -> Mapping[str, Tensor]:
            return {"log": super().losses(rng)["error"] * float("nan")}

    with pytest.raises(SettingsError, match="loss 'log' is no longer a finite number at step 1"):
        _fit(tmp_path, 20, Broken())
    assert not (tmp_path / "checkpoint.pt").exists()


def test_a_torn_line_of_the_log_costs_nothing_else(tmp_path: Path) -> None:
    _fit(tmp_path, 10)
    with (tmp_path / "losses.jsonl").open("a") as stream:
        stream.write('{"step": 10, "err')
    _fit(tmp_path, 20)
    assert _logged(tmp_path) == list(range(20))
