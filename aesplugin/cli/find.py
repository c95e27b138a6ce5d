"""aesplugin find: photos by words."""

from typing import TYPE_CHECKING, Annotated

import typer

from aesplugin.cli import options
from aesplugin.cli.console import out, print_json, say

if TYPE_CHECKING:
    from aesplugin.compose import Workshop
    from aesplugin.services.find import Found


def command(
    words: Annotated[
        list[str],
        typer.Argument(
            help="All have to be there, whole or begun; -word: none; quote a phrase within quotes."
        ),
    ],
    *,
    user: options.MaybeUser = None,
    limit: options.Limit = 50,
    json: options.Json = False,
    catalog: options.Catalog = None,
    model: options.Model = None,
) -> None:
    """Find photos by what they show, names, folders, camera, date, comment and advice.

    Example: aesplugin find "dog beach 2019"
    """
    from aesplugin.compose import Workshop
    from aesplugin.counting import counted
    from aesplugin.errors import UsageError
    from aesplugin.services.find import Finder
    from aesplugin.settings import load_settings

    typed = " ".join(words).strip()
    if not typed:
        raise UsageError("nothing to search for: type at least one word, such as beach")
    workshop = Workshop(load_settings(catalog=catalog, model=model))
    finder = Finder(workshop.catalog, workshop.card.revision)
    meant = finder.meant(typed)
    if not meant.query.terms:
        raise UsageError(meant.note or "nothing to search for")
    if meant.note:
        say(meant.note)
    better = _by_taste(workshop, user) if user is not None else None
    total, found = finder.find(meant.query, limit=limit, better=better)
    _print(found, json=json)
    searched = counted(finder.size(), "photo")
    if total:
        say(f"{total:,} of {searched} found" + (f", {limit} shown" if total > limit else ""))
    else:
        say(
            f"nothing found in {searched}: searched what they show, names of files and folders,"
            " camera, lens, date, comment and advice"
        )


def _by_taste(workshop: "Workshop", user: str) -> dict[str, int]:
    """The place of each photo in the person's order."""
    from aesplugin.services.personal.taste import rank_for

    revision, personal = workshop.card.revision, workshop.personal_files
    ranking = rank_for(workshop.catalog, revision, user, personal=personal)
    if ranking.note:
        say(ranking.note)
    return {ranking.hashes[at]: place for place, at in enumerate(ranking.order)}


def _print(found: "list[Found]", *, json: bool) -> None:
    from aesplugin.cli.tables import found_table
    from aesplugin.services.serialise import entry_dict

    if json:
        for one in found:
            print_json(entry_dict(one.entry) | {"matched": dict(one.matched)})
    elif found:
        out.print(found_table(found))
