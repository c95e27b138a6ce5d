"""aesplugin decide: record a person's decisions on photos, which no proposal overrides."""

from typing import Annotated

import typer

from aesplugin.cli import options
from aesplugin.cli.console import print_json, say
from aesplugin.counting import counted
from aesplugin.decision import Choice, Word
from aesplugin.errors import UsageError


def command(  # noqa: PLR0913 - one parameter per option
    photos: Annotated[
        list[str], typer.Argument(metavar="PHOTO...", help="Paths or content hashes.")
    ],
    *,
    user: options.User,
    pick: Annotated[bool, typer.Option("--pick", help="Mark as pick.")] = False,
    reject: Annotated[bool, typer.Option("--reject", help="Mark as reject.")] = False,
    clear: Annotated[bool, typer.Option("--clear", help="Remove the pick or reject flag.")] = False,
    stars: Annotated[
        int | None, typer.Option("--stars", min=0, max=5, help="Star rating; 0 removes it.")
    ] = None,
    favorite: Annotated[
        bool | None, typer.Option("--favorite/--no-favorite", help="Mark as favourite, or not.")
    ] = None,
    json: options.Json = False,
    catalog: options.Catalog = None,
) -> None:
    """Pick, reject or rate photos; undo with `aesplugin undo`. Files are never moved or deleted.

    Example: aesplugin decide --user anna --pick IMG_0042.JPG
    """
    from aesplugin.compose import Workshop
    from aesplugin.services.decide import decide
    from aesplugin.services.files.companions import with_companions
    from aesplugin.services.personal.prefer import Preferences
    from aesplugin.settings import load_settings

    marks = [c for c, given in zip(Choice, (pick, reject, clear), strict=True) if given]
    if len(marks) > 1:
        raise UsageError("give only one of --pick, --reject and --clear")
    if not marks and stars is None and favorite is None:
        raise UsageError("nothing to decide: give --pick, --reject, --clear, --stars or --favorite")
    workshop = Workshop(load_settings(catalog=catalog))
    chosen = Preferences(workshop.catalog, user).chosen(photos)
    decision = Word(choice=marks[0] if marks else None, stars=stars, favorite=favorite)
    if decision.choice is not None:  # RAW and JPEG of one exposure are decided together
        chosen = with_companions(workshop.catalog, chosen)
    run = decide(workshop.catalog, user, chosen, decision)
    count = len(workshop.catalog.gallery.decided_in(run.id)) if run else 0
    if json:
        print_json({"run": run.id if run else None, "photos": count})
    elif run is None:
        say("nothing changed: these decisions were already stored")
    else:
        say(f"decisions stored for {counted(count, 'photo')}; undo with: aesplugin undo {run.id}")
