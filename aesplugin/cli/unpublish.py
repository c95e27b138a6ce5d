"""aesplugin unpublish: undo a publish run."""

from typing import TYPE_CHECKING, Annotated

import typer

from aesplugin.cli import options
from aesplugin.cli.console import out, say
from aesplugin.cli.publish import SOME_REFUSED, print_published
from aesplugin.counting import counted
from aesplugin.errors import UsageError

if TYPE_CHECKING:
    from aesplugin.compose import Workshop


def command(
    run: Annotated[
        int | None, typer.Argument(help="Number of the run (default: the newest).")
    ] = None,
    *,
    show_runs: Annotated[bool, typer.Option("--list", help="List the runs.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the differences, write nothing.")
    ] = False,
    json: options.Json = False,
    catalog: options.Catalog = None,
) -> None:
    """Restore sidecars to what they were before a publish; other programs' later changes stay.

    Example: aesplugin unpublish 3 --dry-run
    """
    from aesplugin.compose import Workshop
    from aesplugin.settings import load_settings

    workshop = Workshop(load_settings(catalog=catalog))
    if show_runs:
        _print_runs(workshop)
        return
    number = run if run is not None else _last(workshop)
    results = workshop.publisher().unpublish(number, dry_run=dry_run)
    counts = print_published(results, differences=dry_run, json=json)
    if counts["refused"]:
        raise typer.Exit(SOME_REFUSED)


def _last(workshop: "Workshop") -> int:
    from aesplugin.catalog.records import RunKind

    active = [r for r in workshop.catalog.runs.latest(RunKind.PUBLISH, 1000) if not r.undone_at]
    if not active:
        raise UsageError(
            "nothing to undo: nothing was published from this catalog, or every run is undone"
        )
    return active[0].id


def _print_runs(workshop: "Workshop") -> None:
    from aesplugin.catalog.records import RunKind

    runs = workshop.catalog.runs.latest(RunKind.PUBLISH, 1000)
    for run in runs:
        files = len(workshop.catalog.runs.published(run.id))
        undone = f", undone {run.undone_at:%Y-%m-%d %H:%M}" if run.undone_at else ""
        line = f"{run.id:>5}  {run.started_at:%Y-%m-%d %H:%M}  {counted(files, 'file')}"
        out.print(f"{line}  {run.note}{undone}", markup=False, soft_wrap=True)
    if not runs:
        say("nothing was published from this catalog yet")
