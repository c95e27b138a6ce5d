"""aesplugin train: train the shipped weights again."""

import typer

from aesplugin.cli.training import calibrate, judge, personal, prepare
from aesplugin.cli.training.stage import STAGES, dashed, stage_command

app = typer.Typer(
    help="Train the shipped weights again; see docs/training.md.\n\n"
    "For the paper's model: prepare, the four stages in order, then calibrate.",
    no_args_is_help=True,
    add_completion=False,
)
app.command("prepare")(prepare.command)
for stage in STAGES:
    app.command(dashed(stage))(stage_command(stage))
    if dashed(stage) != stage:
        app.command(stage, hidden=True)(stage_command(stage))
app.command("calibrate")(calibrate.command)
app.command("judge")(judge.command)
app.command("personal")(personal.command)
