"""aesplugin export: the whole catalog as CSV or JSON."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from aesplugin.cli import options
from aesplugin.cli.console import say
from aesplugin.counting import counted


class Format(StrEnum):
    """What `export` writes; json is one object per line."""

    CSV = "csv"
    JSON = "json"


def command(
    *,
    format: Annotated[
        Format | None,
        typer.Option(
            "--format", help="csv or json (one object per line); default: by FILE's name, else csv."
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="File to write (default: the terminal)."
        ),
    ] = None,
    catalog: options.Catalog = None,
    model: options.Model = None,
) -> None:
    """Export every photo of the catalog with its state, score, attributes and EXIF.

    Example: aesplugin export -o scores.csv
    """
    from aesplugin.compose import Workshop
    from aesplugin.services.export import export
    from aesplugin.settings import load_settings

    workshop = Workshop(load_settings(catalog=catalog, model=model))
    wanted = format or _format_of(output)
    count = export(workshop.catalog, workshop.card.revision, format=wanted.value, target=output)
    if output is not None:
        say(f"{counted(count, 'photo')} written to {output}")


def _format_of(output: Path | None) -> Format:
    json = output is not None and output.suffix.lower() in (".json", ".jsonl", ".ndjson")
    return Format.JSON if json else Format.CSV
