"""Options that several commands share, and the line about graphics and documents left out."""

from pathlib import Path
from typing import Annotated

import typer

from aesplugin.cli.console import say

IncludeNonPhotos = Annotated[
    bool,
    typer.Option("--include-non-photos", help="Include graphics, documents and scientific images."),
]


def say_left_out(count: int) -> None:
    """One line where any were left out."""
    if count == 1:
        say("1 graphic or document left out; --include-non-photos shows it")
    elif count:
        say(f"{count} graphics or documents left out; --include-non-photos shows them")


Catalog = Annotated[
    str | None,
    typer.Option(
        "--catalog",
        metavar="FILE",
        help="Catalog file or database URL (default: in your data folder).",
    ),
]
Model = Annotated[
    str | None, typer.Option("--model", help="Model to use; see `aesplugin models list`.")
]
Broker = Annotated[
    str | None,
    typer.Option("--broker", metavar="URL", help="Redis URL of the queue: redis://host:6379/0."),
]
Device = Annotated[str | None, typer.Option("--device", help="auto, cpu, cuda, cuda:1, mps.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
Limit = Annotated[int, typer.Option("--limit", "-n", min=1, help="Maximum number of rows.")]
User = Annotated[str, typer.Option("--user", "-u", metavar="NAME", help="Your name.")]
MaybeUser = Annotated[
    str | None,
    typer.Option("--user", "-u", metavar="NAME", help="Use this person's ratings and taste."),
]
Root = Annotated[
    Path,
    typer.Option("--root", metavar="DIR", help="Folder of the data set, in its official layout."),
]
