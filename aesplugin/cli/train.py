"""aesplugin train: make the weights anew."""

from pathlib import Path
from typing import Annotated

import typer

from aesplugin.cli import options
from aesplugin.cli.console import out

app = typer.Typer(help="Train the shipped weights anew.", no_args_is_help=True)


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
    raise NotImplementedError(root, unlabelled, features, output, seed, out)
