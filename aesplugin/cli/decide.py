"""aesplugin decide: a person's word on photos, which no proposal overrides."""

from typing import Annotated

import typer

from aesplugin.cli import options
from aesplugin.cli.console import print_json, say
from aesplugin.decision import Choice, Word
from aesplugin.errors import UsageError


def command(  # noqa: PLR0913 - one parameter per option
    photos: Annotated[list[str], typer.Argument(metavar="PHOTO...", help="Paths or hashes.")],
    *,
    user: options.User,
    pick: Annotated[bool, typer.Option("--pick", help="Keep them.")] = False,
    reject: Annotated[bool, typer.Option("--reject", help="Leave them out.")] = False,
    clear: Annotated[bool, typer.Option("--clear", help="Neither pick nor reject.")] = False,
    stars: Annotated[
        int | None, typer.Option("--stars", min=0, max=5, help="0 takes them away.")
    ] = None,
    favorite: Annotated[bool | None, typer.Option("--favorite/--no-favorite")] = None,
    json: options.Json = False,
    catalog: options.Catalog = None,
) -> None:
    """Pick, reject, star; take it back with `aesplugin undo`. Nothing is moved or deleted.

    Example: aesplugin decide --user anna --pick IMG_0042.JPG
    """
    from aesplugin.compose import Workshop
    from aesplugin.services.companions import with_companions
    from aesplugin.services.decide import decide
    from aesplugin.services.prefer import Preferences
    from aesplugin.settings import load_settings

    marks = [c for c, given in zip(Choice, (pick, reject, clear), strict=True) if given]
    if len(marks) > 1:
        raise UsageError("give one of --pick, --reject, --clear")
    if not marks and stars is None and favorite is None:
        raise UsageError("say what you decide: --pick, --reject, --clear, --stars, --favorite")
    workshop = Workshop(load_settings(catalog=catalog))
    chosen = Preferences(workshop.catalog, user).chosen(photos)
    word = Word(choice=marks[0] if marks else None, stars=stars, favorite=favorite)
    if word.choice is not None:  # RAW and JPEG of one exposure share one fate
        chosen = with_companions(workshop.catalog, chosen)
    run = decide(workshop.catalog, user, chosen, word)
    count = len(workshop.catalog.gallery.decided_in(run.id)) if run else 0
    if json:
        print_json({"run": run.id if run else None, "photos": count})
    elif run is None:
        say("nothing new: it was decided so before")
    else:
        say(f"decided on {count} photos; take back with: aesplugin undo {run.id}")
