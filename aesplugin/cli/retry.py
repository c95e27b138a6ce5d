"""aesplugin retry: clear failures, so that the next run tries those photos again."""

from typing import Annotated

import typer

from aesplugin.cli import options
from aesplugin.cli.console import out
from aesplugin.counting import counted
from aesplugin.errors import UsageError


def command(
    states: Annotated[
        list[str] | None,
        typer.Argument(metavar="[STATE]...", help="Only these states (default: every failure)."),
    ] = None,
    *,
    catalog: options.Catalog = None,
) -> None:
    """Clear failures (damaged, stuck, quarantined, …); the next `score` tries them again.

    Example: aesplugin retry quarantined && aesplugin score ~/Pictures
    """
    from aesplugin.compose import Workshop
    from aesplugin.photo import PhotoState
    from aesplugin.settings import load_settings

    failures = [s for s in PhotoState if s not in (PhotoState.ASSESSED, PhotoState.PENDING)]
    for name in states or ():
        if name not in failures:
            raise UsageError(f"unknown state {name!r}; known: {', '.join(failures)}")
    chosen = [PhotoState(name) for name in states] if states else failures
    cleared = Workshop(load_settings(catalog=catalog)).catalog.retry(chosen)
    out.print(f"{counted(cleared, 'photo')} will be tried again by the next `aesplugin score`")
