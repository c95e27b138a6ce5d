"""Graphics and documents among photos: left out unless asked for, and said so."""

from typing import Annotated

import typer

from aesplugin.cli.console import say

IncludeNonPhotos = Annotated[
    bool,
    typer.Option("--include-non-photos", help="Also graphics, documents and scientific images."),
]


def say_left_out(count: int) -> None:
    """One line where any were left out."""
    if count == 1:
        say("1 graphic or document left out; --include-non-photos shows it")
    elif count:
        say(f"{count} graphics or documents left out; --include-non-photos shows them")
