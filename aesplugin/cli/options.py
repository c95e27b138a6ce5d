"""Options that several commands share, so that they read the same everywhere."""

from pathlib import Path
from typing import Annotated

import typer

Catalog = Annotated[
    str | None,
    typer.Option(
        "--catalog",
        metavar="FILE",
        help="Which catalog: a file or a database URL (default: in your data folder).",
    ),
]
Model = Annotated[
    str | None, typer.Option("--model", help="Which model; see `aesplugin models list`.")
]
Broker = Annotated[
    str | None,
    typer.Option("--broker", metavar="URL", help="Redis of the queue, as redis://host:6379/0."),
]
Device = Annotated[str | None, typer.Option("--device", help="auto, cpu, cuda, cuda:1, mps.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
Limit = Annotated[int, typer.Option("--limit", "-n", min=1, help="How many rows at most.")]
User = Annotated[str, typer.Option("--user", "-u", metavar="NAME", help="Whose taste.")]
MaybeUser = Annotated[str | None, typer.Option("--user", "-u", metavar="NAME", help="Whose taste.")]
Root = Annotated[
    Path,
    typer.Option("--root", metavar="DIR", help="Folder of the data set, in its official layout."),
]
