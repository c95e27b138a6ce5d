"""The paper's stages, one short script each: `run(config) -> StageReport`."""

from importlib import import_module

from aesplugin.errors import UsageError
from aesplugin.training.engine.config import STAGES, TrainingConfig
from aesplugin.training.engine.loop import Progress, StageReport

__all__ = ["STAGES", "run"]


def run(name: str, config: TrainingConfig, progress: Progress | None = None) -> StageReport:
    """Runs one stage by name, starting from what the stage before it left.

    Raises:
        UsageError: no such stage.
        DataError, WeightsMissing, SettingsError: what it needs is not there.
    """
    if name not in STAGES:
        raise UsageError(f"unknown stage {name!r}; known: {', '.join(STAGES)}")
    stage = import_module(f"aesplugin.training.stages.{name}")
    report: StageReport = stage.run(config, progress)
    return report
