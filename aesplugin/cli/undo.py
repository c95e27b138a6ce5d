"""aesplugin undo: take a whole run of decisions back."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from aesplugin.cli import options
from aesplugin.cli.console import out, print_json, printable, say

if TYPE_CHECKING:
    from aesplugin.catalog.records import Run


def command(
    run: Annotated[int | None, typer.Argument(help="Which run; the newest where none.")] = None,
    *,
    user: Annotated[
        str | None, typer.Option("--user", "-u", metavar="NAME", help="Only runs of this person.")
    ] = None,
    listing: Annotated[bool, typer.Option("--list", help="Show the runs, change nothing.")] = False,
    json: options.Json = False,
    catalog: options.Catalog = None,
) -> None:
    """Take back what `decide` or `cull --apply` did; what stood before stands again.

    Without --user that is the newest run, whoever made it; the answer says whose.

    Example: aesplugin undo --user anna
    """
    from aesplugin.compose import Workshop
    from aesplugin.services.decide import undo, undoable
    from aesplugin.settings import load_settings

    workshop = Workshop(load_settings(catalog=catalog))
    if listing:
        for found in undoable(workshop.catalog, user=user):
            state = "taken back" if found.undone_at else "stands"
            if json:
                print_json({"run": found.id, "kind": found.kind.value, "note": found.note})
            else:
                line = (
                    f"{found.id:6} {found.kind.value:7} {found.started_at:%Y-%m-%d %H:%M} {state}"
                )
                out.print(f"{line}: {printable(found.note)}", markup=False, soft_wrap=True)
        return
    undone, count = undo(workshop.catalog, run, user=user)
    if json:
        print_json(_as_dict(undone) | {"decisions": count})
    else:
        say(f"run {undone.id} ({undone.kind.value}: {undone.note}) taken back: {count} decisions")


def _as_dict(run: "Run") -> dict[str, Any]:
    kind, users = run.kind.value, list(run.users)
    return {"run": run.id, "kind": kind, "note": run.note, "users": users}
