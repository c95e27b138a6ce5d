"""The paper's stages, one short script each: `run(config) -> StageReport`."""

from importlib import import_module

from aesplugin.errors import UsageError
from aesplugin.training.config import STAGES, TrainingConfig
from aesplugin.training.loop import Progress, StageReport

__all__ = ["STAGES", "run"]


def run(name: str, config: TrainingConfig, progress: Progress | None = None) -> StageReport:
    """Runs one stage by name, starting from what the stage before it left.

    Raises:
        UsageError: no such stage.
        DataError, WeightsMissing, SettingsError: what it needs is not there.
    """
    if name not in STAGES:
        raise UsageError(f"no stage is named {name!r}; known: {', '.join(STAGES)}")
    stage = import_module(f"aesplugin.training.stages.{name}")
    report: StageReport = stage.run(config, progress)
    return report
