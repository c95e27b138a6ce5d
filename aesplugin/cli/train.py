"""aesplugin train: make the weights anew."""

import typer

from aesplugin.cli import train_calibrate, train_judge, train_personal, train_prepare
from aesplugin.cli.train_stage import STAGES, dashed, stage_command

app = typer.Typer(
    help="Train the shipped weights anew: see docs/training.md.\n\n"
    "The paper's model: prepare, then the four stages in order, then calibrate.",
    no_args_is_help=True,
    add_completion=False,
)
app.command("prepare")(train_prepare.command)
for stage in STAGES:
    app.command(dashed(stage))(stage_command(stage))
    if dashed(stage) != stage:
        app.command(stage, hidden=True)(stage_command(stage))
app.command("calibrate")(train_calibrate.command)
app.command("judge")(train_judge.command)
app.command("personal")(train_personal.command)
