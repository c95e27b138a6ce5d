"""aesplugin undo: undo a whole run of decisions."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from aesplugin.cli import options
from aesplugin.cli.console import out, print_json, printable, say
from aesplugin.counting import counted

if TYPE_CHECKING:
    from aesplugin.catalog.records import Run


def command(
    run: Annotated[
        int | None, typer.Argument(help="Number of the run (default: the newest).")
    ] = None,
    *,
    user: Annotated[
        str | None, typer.Option("--user", "-u", metavar="NAME", help="Only runs of this person.")
    ] = None,
    listing: Annotated[bool, typer.Option("--list", help="List the runs, change nothing.")] = False,
    json: options.Json = False,
    catalog: options.Catalog = None,
) -> None:
    """Undo what `decide` or `cull --apply` changed; earlier decisions are restored.

    Without --user this is the newest run of any person; the output says whose.

    Example: aesplugin undo --user anna
    """
    from aesplugin.compose import Workshop
    from aesplugin.services.decide import undo, undoable
    from aesplugin.settings import load_settings

    workshop = Workshop(load_settings(catalog=catalog))
    if listing:
        for found in undoable(workshop.catalog, user=user):
            state = "undone" if found.undone_at else "active"
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
        what = f"run {undone.id} ({undone.kind.value}: {undone.note})"
        held = "photo" if undone.kind.value == "group" else "decision"
        say(f"{what} undone: {counted(count, held)}")


def _as_dict(run: "Run") -> dict[str, Any]:
    kind, users = run.kind.value, list(run.users)
    return {"run": run.id, "kind": kind, "note": run.note, "users": users}
