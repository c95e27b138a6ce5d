"""aesplugin export: the whole catalog as CSV or JSON."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from aesplugin.cli import options
from aesplugin.cli.console import say


class Format(StrEnum):
    """What `export` writes; json is one object a line."""

    CSV = "csv"
    JSON = "json"


def command(
    *,
    format: Annotated[Format, typer.Option("--format", help="csv or json (one a line).")],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write here, not to the terminal."),
    ] = None,
    catalog: options.Catalog = None,
    model: options.Model = None,
) -> None:
    """Write every photo of the catalog with state, score, attributes and EXIF.

    Example: aesplugin export --format csv -o scores.csv
    """
    from aesplugin.compose import Workshop
    from aesplugin.services.export import export
    from aesplugin.settings import load_settings

    workshop = Workshop(load_settings(catalog=catalog, model=model))
    count = export(workshop.catalog, workshop.card.revision, format=format.value, target=output)
    if output is not None:
        say(f"{count} photos written to {output}")
