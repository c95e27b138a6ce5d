"""aesplugin models: list, describe and download models."""

from typing import Annotated

import typer
from rich.table import Table

from aesplugin.cli import options
from aesplugin.cli.console import out, print_json, say
from aesplugin.errors import AesError

app = typer.Typer(
    help="List, describe and download models.", no_args_is_help=True, add_completion=False
)


@app.command("list")
def list_models(*, json: options.Json = False) -> None:
    """List the available models.

    Example: aesplugin models list
    """
    from aesplugin import registry
    from aesplugin.settings import load_settings

    chosen = load_settings().model
    rows = []
    for name in registry.names("models"):
        try:
            rows.append((name, registry.model(name).card.summary))
        except AesError as error:  # the others are listed all the same
            say(str(error))
    if json:
        print_json([{"name": n, "summary": s, "default": n == chosen} for n, s in rows])
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("model", "default", "description"):
        table.add_column(column)
    for name, summary in rows:
        table.add_row(name, "yes" if name == chosen else "", summary)
    out.print(table)


@app.command("info")
def info(
    name: Annotated[str, typer.Argument(help="A name from `models list`.")],
    *,
    json: options.Json = False,
) -> None:
    """Show a model's card: revision, licence, sources, measured figures.

    Example: aesplugin models info embedded
    """
    from dataclasses import asdict

    from aesplugin import registry
    from aesplugin.settings import load_settings

    card = asdict(registry.model(name, load_settings()).card)
    if json:
        print_json(card | {"figures": dict(card["figures"])})
        return
    for key, value in card.items():
        if key == "figures":
            for figure, measured in value.items():
                out.print(f"  {figure}: {measured:g}", markup=False)
        else:
            shown = ", ".join(value) if isinstance(value, tuple) else value
            out.print(f"{key}: {shown}", markup=False)


@app.command("pull")
def pull(
    name: Annotated[
        str | None,
        typer.Argument(help="Model to download (default: the one in your settings)."),
    ] = None,
) -> None:
    """Download and verify the files a model needs; after that it works offline.

    Example: aesplugin models pull
    """
    from aesplugin import registry
    from aesplugin.settings import load_settings

    settings = load_settings()
    chosen = name or settings.model
    registry.model(chosen, settings).pull(
        cache=settings.cache, progress=lambda what, done: say(f"{what} ({done:.0%})")
    )
    say(f"{chosen} is ready")
