"""aesplugin cull: propose which photos to keep and which to reject."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from aesplugin.cli import options
from aesplugin.cli.console import err, out, print_json, printable, say
from aesplugin.cli.options import IncludeNonPhotos, say_left_out
from aesplugin.counting import counted
from aesplugin.errors import UsageError

if TYPE_CHECKING:
    from aesplugin.compose import Workshop
    from aesplugin.services.culling.cull import Counts, Cull


def command(  # noqa: PLR0913 - one parameter per option
    scope: Annotated[
        str | None, typer.Argument(help="Folder to cull (default: the whole catalog).")
    ] = None,
    *,
    keep: Annotated[
        int | None, typer.Option("--keep", min=0, help="Number of photos to keep.")
    ] = None,
    keep_percent: Annotated[
        float | None,
        typer.Option("--keep-percent", min=0, max=100, help="Percentage of photos to keep."),
    ] = None,
    strictness: Annotated[
        float,
        typer.Option("--strictness", min=0, max=1, help="0 = lenient, 1 = strict."),
    ] = 0.5,
    user: options.MaybeUser = None,
    per_group: Annotated[
        int, typer.Option("--per-group", min=1, help="Maximum number of keepers per burst.")
    ] = 1,
    profile: Annotated[
        str,
        typer.Option(
            "--profile",
            help="Genre: auto (by the faces that each group shows), portrait, family, wedding,"
            " event, sport, wildlife, landscape, general.",
        ),
    ] = "auto",
    include_non_photos: IncludeNonPhotos = False,
    apply: Annotated[
        bool, typer.Option("--apply", help="Store the proposals as your decisions.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object per photo.")] = False,
    catalog: options.Catalog = None,
    model: options.Model = None,
) -> None:
    """Propose pick, reject or can't tell for each photo, with the reason; a dry run unless --apply.

    Files are never moved or deleted, and your own decisions are left unchanged. Undo stored
    proposals with `aesplugin undo`.

    Example: aesplugin cull ~/Pictures/match --keep 100 --profile sport
    """
    from aesplugin.api import PhotoCatalog
    from aesplugin.compose import Workshop
    from aesplugin.settings import load_settings

    if keep is not None and keep_percent is not None:
        raise UsageError("give --keep or --keep-percent, not both")
    if apply and not user:
        raise UsageError("--apply stores decisions: name the person with --user NAME")
    workshop = Workshop(load_settings(catalog=catalog, model=model))
    if apply:
        workshop.catalog.check_writable()
    found = PhotoCatalog(workshop).cull(
        scope,
        keep=keep,
        keep_percent=keep_percent,
        strictness=strictness,
        per_group=per_group,
        profile=profile,
        user=user,
        include_non_photos=include_non_photos,
    )
    say_left_out(found.left_out)
    for note in found.notes:
        say(note)
    if json:
        for row in _rows(found):
            print_json(row)
    else:
        _print(found)
    if apply and user:
        _apply(workshop, user, found)
    else:
        say("this was a dry run; to store the proposals as your decisions: --apply --user NAME")


def _rows(found: "Cull") -> list[dict[str, Any]]:
    scenes = {
        key: scene
        for unit, scene in found.grouping.scenes.items()
        for key in found.grouping.files_of(unit)
    }
    return [
        {
            "path": found.paths[proposal.content_hash],
            "content_hash": proposal.content_hash,
            "proposal": _shown(proposal.choice.value),
            "reason": proposal.reason,
            "group": proposal.group,
            "scene": scenes.get(proposal.content_hash),
        }
        for proposal in found.proposals()
    ]


def _print(found: "Cull") -> None:
    from aesplugin.decision import Choice

    styles = {Choice.PICK: "green", Choice.REJECT: "red", Choice.NONE: "dim"}
    for proposal in found.proposals():
        out.print(
            f"[{styles[proposal.choice]}]{_shown(proposal.choice.value):11}[/]",
            end="",
            soft_wrap=True,
        )
        name = printable(found.paths[proposal.content_hash])
        out.print(f"{name}  {printable(proposal.reason)}", markup=False, soft_wrap=True)
    groups = len(found.grouping.groups)
    scenes = len(set(found.grouping.scenes.values()))
    sizes = f"{counted(groups, 'group')}, {counted(scenes, 'scene')}"
    say(f"{_totals(found.culling.counts())}; {sizes}")
    for strictness, counts in found.table:
        err.print(f"  --strictness {strictness:<4g} {_totals(counts)}", markup=False)


def _totals(counts: "Counts") -> str:
    from aesplugin.decision import Choice

    undecided = f"{counts[Choice.NONE]} can't tell"
    picks, rejects = counts[Choice.PICK], counts[Choice.REJECT]
    return f"{counted(picks, 'pick')}, {counted(rejects, 'reject')}, {undecided}"


def _shown(choice: str) -> str:
    return "can't tell" if choice == "none" else choice


def _apply(workshop: "Workshop", user: str, found: "Cull") -> None:
    from aesplugin.services.decide import accept

    run = accept(workshop.catalog, user, found.proposals())
    if run is None:
        say("nothing left to decide")
    else:
        say(f"decisions stored: {run.note}; undo with: aesplugin undo {run.id}")
