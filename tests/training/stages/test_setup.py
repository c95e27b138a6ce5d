"""What a configuration asks for reaches the loop and the language model."""

from pathlib import Path

import pytest
from transformers.modeling_layers import GradientCheckpointingLayer

from aesplugin.training.engine.config import load_config
from aesplugin.training.stages import setup
from tests.training.world import write_config


@pytest.mark.parametrize("asked", [True, False])
def test_settings_reach_what_they_are_about(tmp_path: Path, asked: bool) -> None:
    more = 'precision = "bf16"\ngradient_checkpointing = true' if asked else ""
    path = write_config(tmp_path, more=more)
    path.write_text(path.read_text().replace("batch = 2\n", "batch = 2\naccumulate = 3\n", 1))
    config = load_config(path)
    loop = setup.loop_config(config, "self_supervised")
    assert loop.precision == ("bf16" if asked else "fp32")
    assert loop.accumulate == 3
    model = setup.load_model(config, "self_supervised")
    layers = [
        one for one in model.language.modules() if isinstance(one, GradientCheckpointingLayer)
    ]
    assert layers and all(one.gradient_checkpointing is asked for one in layers)


def test_a_dry_run_has_a_folder_of_its_own_and_keeps_no_model(tmp_path: Path) -> None:
    config = load_config(write_config(tmp_path), dry_run=True)
    assert setup.folder_of(config, "comments") == config.out / "comments-dry-run"
    setup.keep(setup.load_model(config, "comments", speaks=False), config, "comments")
    assert not config.out.exists()
