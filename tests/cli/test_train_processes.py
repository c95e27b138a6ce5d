"""A stage in two processes, by the command that docs/training.md shows (CPU, gloo)."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from aesplugin.training.engine.config import load_config
from aesplugin.training.features.prepare import prepare
from tests.training.world import make_data, write_config


@pytest.mark.slow
def test_two_processes_train_a_stage_and_one_speaks(tmp_path: Path) -> None:
    make_data(tmp_path / "data")
    config = write_config(tmp_path, more="rounds = 1")
    prepare(load_config(config), ["unlabelled"], workers=1)
    launch = [sys.executable, "-m", "torch.distributed.run", "--nproc_per_node", "2"]
    launch += ["--standalone", "-m", "aesplugin", "train", "self-supervised", "-c", str(config)]
    done = subprocess.run(
        [*launch, "--json"],
        env=os.environ | {"OMP_NUM_THREADS": "1", "ACCELERATE_USE_CPU": "true"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    (line,) = done.stdout.splitlines()
    told = json.loads(line)
    assert told["steps"] == 2
    assert (Path(told["model"]) / "config.json").is_file()
    assert len(Path(told["log"]).read_text().splitlines()) == 2
    assert done.stderr.count("starts from an untrained model") == 1
