"""aesplugin models: what can score, and fetching what it needs."""

from typing import Annotated

import typer
from rich.table import Table

from aesplugin.cli import options
from aesplugin.cli.console import out, print_json, say

app = typer.Typer(
    help="List, describe and fetch models.", no_args_is_help=True, add_completion=False
)


@app.command("list")
def list_models(*, json: options.Json = False) -> None:
    """List the models that can score.

    Example: aesplugin models list
    """
    from aesplugin import registry
    from aesplugin.settings import load_settings

    chosen = load_settings().model
    rows = [(name, registry.model_card(name).summary) for name in registry.names("models")]
    if json:
        print_json([{"name": n, "summary": s, "default": n == chosen} for n, s in rows])
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("model", "default", "what it is"):
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

    card = asdict(registry.model_card(name))
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
    name: Annotated[str | None, typer.Argument(help="Default: the model of your settings.")] = None,
) -> None:
    """Fetch and check what a model needs, once; later runs work offline.

    Example: aesplugin models pull
    """
    from aesplugin import registry
    from aesplugin.settings import load_settings

    settings = load_settings()
    chosen = name or settings.model
    model_class = registry.load("models", chosen)
    fetch = getattr(model_class, "pull", None)  # most models bring all they need
    if fetch is not None:
        fetch(cache=settings.cache, progress=lambda what, done: say(f"{what} ({done:.0%})"))
    say(f"{chosen} is ready")
