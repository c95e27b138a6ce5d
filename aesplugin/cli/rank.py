"""aesplugin rank: the best photos of the catalog."""

from typing import Annotated

import typer

from aesplugin.cli import options
from aesplugin.cli.console import out, print_json, say


def command(
    *,
    limit: options.Limit = 50,
    offset: Annotated[int, typer.Option("--offset", min=0, help="Skip that many rows.")] = 0,
    json: options.Json = False,
    catalog: options.Catalog = None,
    model: options.Model = None,
) -> None:
    """List photos by score, best first.

    Example: aesplugin rank --limit 20
    """
    from aesplugin.cli.tables import ranking_table
    from aesplugin.compose import Workshop
    from aesplugin.services.serialise import entry_dict
    from aesplugin.settings import load_settings

    workshop = Workshop(load_settings(catalog=catalog, model=model))
    entries = workshop.catalog.rank(workshop.card.revision, limit=limit, offset=offset)
    if json:
        for entry in entries:
            print_json(entry_dict(entry))
    elif entries:
        out.print(ranking_table(entries, first=offset + 1))
    else:
        say("no photo has a score here yet; begin with: aesplugin score FOLDER")
