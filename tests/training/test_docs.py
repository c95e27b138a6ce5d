"""docs/training.md may not drift from the settings and the commands."""

from dataclasses import fields
from pathlib import Path

import typer

from aesplugin.cli.train import app
from aesplugin.training.engine.config import STAGES, Stage, TrainingConfig

_TEXT = (Path(__file__).parents[2] / "docs" / "training.md").read_text(encoding="utf-8")


def test_every_setting_is_documented() -> None:
    for kind in (TrainingConfig, Stage):
        absent = [item.name for item in fields(kind) if f"`{item.name}`" not in _TEXT]
        assert not set(absent) - {"model", "sets", "stages"}, absent
    for heading in ("[model]", "[[sets]]", "[stages.NAME]", *STAGES):
        assert f"`{heading}`" in _TEXT


def test_every_stage_is_a_documented_command() -> None:
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    for stage in ("prepare", *STAGES, "calibrate"):
        name = stage.replace("_", "-")
        assert name in commands
        assert f"aesplugin train {name} " in _TEXT
