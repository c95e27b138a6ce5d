"""aesplugin train STAGE: one of the paper's stages, from a configuration file."""

import math
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from aesplugin.cli import options
from aesplugin.cli.console import out, print_json, printable, say
from aesplugin.cli.training import shared
from aesplugin.cli.training.progress import spent, step_progress
from aesplugin.errors import UsageError

if TYPE_CHECKING:
    from aesplugin.training.engine.config import TrainingConfig
    from aesplugin.training.engine.loop import StageReport

STAGES: dict[str, str] = {
    "self_supervised": "Stage 1 (self-supervised): describe synthetic flaws. Trains MFAM.",
    "generic": "Stage 2 (generic): describe what a photo shows. Trains MFAM.",
    "comments": "Stage 3: write comments from known facts. Trains MFAM and the language adapter.",
    "scores": "Stage 4: score photos and their flawed copies. Trains the language adapter.",
}
"""By name, in order. Kept here as well as in training, so that help needs no torch."""

Seed = Annotated[
    int | None,
    typer.Option("--seed", min=0, help="Random seed; the same seed gives the same model."),
]
Steps = Annotated[
    int | None,
    typer.Option("--steps", min=1, help="Number of steps (default: as in the configuration)."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Run two steps and keep nothing.")]
Fresh = Annotated[
    bool, typer.Option("--fresh/--resume", help="Start again, or continue from the checkpoint.")
]


def stage_command(stage: str) -> Callable[..., None]:
    """The command of one stage."""

    def command(
        *,
        config: shared.Config,
        seed: Seed = None,
        steps: Steps = None,
        dry_run: DryRun = False,
        fresh: Fresh = False,
        json: options.Json = False,
    ) -> None:
        if steps and dry_run:
            raise UsageError("--dry-run always runs two steps; leave out --steps")
        from aesplugin.training.engine.packages import require

        require()
        chosen = shared.read_config(config, seed=seed, dry_run=dry_run)
        chosen = chosen.with_steps(stage, steps) if steps else chosen
        hint = "a dry run keeps nothing" if dry_run else "run the same command to continue"
        with shared.interruptible(hint):
            report = _train(stage, chosen, fresh=fresh)
        if report is not None:
            _print(report, _places(report, chosen), json=json)

    command.__doc__ = f"{STAGES[stage]}\n\nExample: aesplugin train {dashed(stage)} --config mini"
    return command


def dashed(stage: str) -> str:
    """A stage's name as a command."""
    return stage.replace("_", "-")


def _train(stage: str, config: "TrainingConfig", *, fresh: bool) -> "StageReport | None":
    """Runs the stage; None in all processes but the leading one."""
    from aesplugin.training import stages
    from aesplugin.training.engine import checkpoints
    from aesplugin.training.engine.processes import Team
    from aesplugin.training.stages.setup import folder_of

    team, folder = Team(), folder_of(config, stage)
    if team.leads:
        if fresh or config.dry_run:
            checkpoints.forget(folder)
        stored = folder / checkpoints.FILE
        say(f"{stage} {f'continues from {stored}' if stored.exists() else _begins(stage, config)}")
    team.wait()
    try:
        with team.here(), step_progress(stage, shown=team.leads) as progress:
            report = stages.run(stage, config, progress)
    finally:
        if config.dry_run and team.leads:
            shutil.rmtree(folder, ignore_errors=True)
    team.close()
    if not team.leads:
        return None
    if config.dry_run:
        say("dry run succeeded: all files and packages are present; nothing was kept")
    elif not report.steps:
        say(f"{stage} is already trained: --fresh starts again, --steps N continues to step N")
    return report


def _begins(stage: str, config: "TrainingConfig") -> str:
    from aesplugin.training.stages.setup import earlier

    folder = earlier(config, stage)
    if folder:
        return f"builds on {folder}"
    first = next(iter(STAGES))
    later = "" if stage == first else f": there is no model of {first} in {config.out}"
    return f"starts from an untrained model{later}"


def _places(report: "StageReport", config: "TrainingConfig") -> dict[str, str | None]:
    """Paths of the stage's results; None for those it did not write."""
    from aesplugin.training.engine import checkpoints, loop

    found: dict[str, Path] = {
        "model": config.out / report.stage / "model",
        "checkpoint": report.folder / checkpoints.FILE,
        "curves": report.folder / loop.PICTURE,
        "log": report.folder / loop.LOG,
    }
    return {
        name: str(path) if path.exists() and not config.dry_run else None
        for name, path in found.items()
    }


def _print(report: "StageReport", places: dict[str, str | None], *, json: bool) -> None:
    if json:
        plain: dict[str, Any] = {"stage": report.stage, "steps": report.steps}
        plain["seconds"] = round(report.seconds, 1)
        plain |= {"losses": _finite(report.losses), "figures": _finite(report.figures)}
        print_json(plain | places)
        return
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    table.add_row("steps", f"{report.steps} in {spent(report.seconds)}")
    for kind, values in (("loss", report.losses), ("figure", report.figures)):
        for name, value in values.items():
            table.add_row(f"{kind}: {name}", f"{value:.3f}" if math.isfinite(value) else "-")
    for name, place in places.items():
        if place:
            table.add_row(name, Text(printable(place)))
    out.print(table)


def _finite(values: dict[str, float]) -> dict[str, float | None]:
    """JSON knows no NaN; a figure over no photo at all is none."""
    return {
        name: round(value, 5) if math.isfinite(value) else None for name, value in values.items()
    }
