"""aesplugin train: make the weights anew."""

from pathlib import Path
from typing import Annotated

import typer

from aesplugin.cli import options, train_calibrate, train_personal, train_prepare
from aesplugin.cli.console import photo_progress, print_json
from aesplugin.cli.train_stage import STAGES, dashed, stage_command

app = typer.Typer(
    help="Train the shipped weights anew: see docs/training.md.\n\n"
    "The paper's model: prepare, then the four stages in order, then calibrate.",
    no_args_is_help=True,
)
app.command("prepare")(train_prepare.command)
for stage in STAGES:
    app.command(dashed(stage))(stage_command(stage))
    if dashed(stage) != stage:
        app.command(stage, hidden=True)(stage_command(stage))
app.command("calibrate")(train_calibrate.command)
app.command("personal")(train_personal.command)


@app.command("head")
def head(
    *,
    root: options.Root,
    unlabelled: Annotated[
        Path | None, typer.Option("--unlabelled", metavar="DIR", help="More photos, no ratings.")
    ] = None,
    features: Annotated[
        Path | None, typer.Option("--features", metavar="DIR", help="Keep encoded photos here.")
    ] = None,
    output: Annotated[
        Path, typer.Option("--output", metavar="DIR", help="Where the weights and card go.")
    ] = Path("head"),
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same head.")] = 0,
) -> None:
    """Train the embedded scorer's head on rated photos (OASIS layout).

    Example: aesplugin train head --root oasis --unlabelled photos --output head
    """
    from dataclasses import asdict

    from aesplugin.settings import load_settings
    from aesplugin.training.head import HeadOptions, train_head

    settings = load_settings()
    chosen = HeadOptions(
        root=root,
        unlabelled=unlabelled,
        output=output,
        features=features or settings.cache / "features",
        seed=seed,
        threads=settings.threads,
    )
    with photo_progress("training", 0) as progress:
        bar = progress.task_ids[0]

        def show(what: str, done: int, of: int) -> None:
            progress.update(bar, description=what, completed=done, total=of)

        report = train_head(chosen, show)
    print_json(asdict(report))
