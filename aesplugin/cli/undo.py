"""aesplugin undo: take a whole run of decisions back."""

from typing import Annotated

import typer

from aesplugin.cli import options
from aesplugin.cli.console import out, print_json, printable, say


def command(
    run: Annotated[int | None, typer.Argument(help="Which run; the newest where none.")] = None,
    *,
    listing: Annotated[bool, typer.Option("--list", help="Show the runs, change nothing.")] = False,
    json: options.Json = False,
    catalog: options.Catalog = None,
) -> None:
    """Take back what `decide` or `cull --apply` did; what stood before stands again.

    Example: aesplugin undo
    """
    from aesplugin.compose import Workshop
    from aesplugin.services.decide import undo, undoable
    from aesplugin.settings import load_settings

    workshop = Workshop(load_settings(catalog=catalog))
    if listing:
        for found in undoable(workshop.catalog):
            state = "taken back" if found.undone_at else "stands"
            if json:
                print_json({"run": found.id, "kind": found.kind.value, "note": found.note})
            else:
                line = (
                    f"{found.id:6} {found.kind.value:7} {found.started_at:%Y-%m-%d %H:%M} {state}"
                )
                out.print(f"{line}: {printable(found.note)}", markup=False, soft_wrap=True)
        return
    undone, count = undo(workshop.catalog, run)
    if json:
        print_json({"run": undone.id, "kind": undone.kind.value, "decisions": count})
    else:
        say(f"run {undone.id} ({undone.kind.value}) taken back: {count} decisions")
