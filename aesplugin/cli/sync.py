"""aesplugin sync: send stars, favourites, tags and stacks to Immich or another library."""

import os
from collections import Counter
from typing import TYPE_CHECKING, Annotated

import typer

from aesplugin.cli import options
from aesplugin.cli.console import err, out, print_json, printable, say
from aesplugin.cli.publish import SOME_REFUSED, known_scopes
from aesplugin.counting import counted
from aesplugin.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from aesplugin.compose import Workshop
    from aesplugin.decision import Decision
    from aesplugin.services.sync import Synced, SyncOptions


def command(  # noqa: PLR0913 - typer: one parameter per option
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="PATH...", help="Photos and folders (default: the whole catalog)."),
    ] = None,
    *,
    url: Annotated[str, typer.Option("--url", help="Address of the server: http://host:2283")],
    library: Annotated[
        str, typer.Option("--library", metavar="NAME", help="immich, or one from a plug-in.")
    ] = "immich",
    prefix: Annotated[
        list[str] | None,
        typer.Option("--prefix", metavar="HERE=THERE", help="Local folder = the server's folder."),
    ] = None,
    ratings: Annotated[
        bool, typer.Option("--ratings", help="Star ratings: yours, else the score as stars.")
    ] = False,
    only_mine: Annotated[
        bool, typer.Option("--only-mine", help="With --ratings: only your own stars and rejects.")
    ] = False,
    favorites: Annotated[bool, typer.Option("--favorites", help="Your favourites.")] = False,
    tags: Annotated[
        bool, typer.Option("--tags", help="Tags for the quality level and the flaws.")
    ] = False,
    keywords: Annotated[
        bool, typer.Option("--keywords", help="What the photo shows, as tags.")
    ] = False,
    stacks: Annotated[
        bool, typer.Option("--stacks", help="Stack bursts and series, the best photo on top.")
    ] = False,
    user: Annotated[
        str | None, typer.Option("--user", metavar="NAME", help="Send this person's decisions.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print what would be sent, send nothing.")
    ] = False,
    json: options.Json = False,
    catalog: options.Catalog = None,
    model: options.Model = None,
) -> None:
    """Send stars, favourites, tags and stacks to an Immich server.

    Set its API key in AES_IMMICH_KEY. Exits with 1 if a photo was refused because it was changed
    or deleted since it was scored.

    Example: aesplugin sync --url http://nas:2283 --prefix /mnt/photos=/data/photos --tags
    """
    from aesplugin import registry
    from aesplugin.compose import Workshop
    from aesplugin.libraries.base import PrefixMap
    from aesplugin.services.files.unchanged import with_doubts
    from aesplugin.services.personal.prefer import Preferences
    from aesplugin.services.sync import SyncOptions, require_able, stack_groups, sync
    from aesplugin.settings import load_settings

    wanted = SyncOptions(
        ratings=ratings, only_mine=only_mine, favorites=favorites, tags=tags, keywords=keywords
    )
    _require_user(user, wanted)
    workshop = Workshop(load_settings(catalog=catalog, model=model))
    scopes = known_scopes(workshop, paths or ())
    prefixes = PrefixMap([_pair(text) for text in prefix or ()])
    target = registry.library(library).connect(url, prefixes=prefixes)
    require_able(target, wanted, stacks=stacks)
    target.check()
    entries = workshop.entries_under(scopes)
    decisions = Preferences(workshop.catalog, user).decisions() if user else {}
    if favorites and not any(decision.favorite for decision in decisions.values()):
        say(f"{user} has no favourites in this catalog")
    counts: Counter[str] = Counter()
    checked = with_doubts(workshop.catalog, entries, sure=True, expect=not dry_run)
    for result in sync(target, checked, decisions, wanted, dry_run=dry_run):
        counts[_outcome(result)] += 1
        if json:
            print_json(_as_dict(result))
        elif result.doubt:
            err.print("[yellow]refused[/]  ", end="")
            say(result.doubt)
        elif dry_run and result.found:
            out.print(f"{printable(result.path)}: {_in_words(result)}", markup=False)
    if not json:
        verb = "would be updated" if dry_run else "updated"
        refused = f", {counts['refused']} refused" if counts["refused"] else ""
        out.print(
            f"{counts['updated']} {verb}, {counts['unchanged']} unchanged,"
            f" {counts['unknown']} not in {target.title}{refused}",
            markup=False,
        )
    if stacks:
        groups = _groups(workshop, scopes or [None], decisions)
        made = stack_groups(target, groups, dry_run=dry_run)
        say(f"{counted(made, 'stack')} {'would be created' if dry_run else 'created'}")
    if counts["refused"]:
        raise typer.Exit(SOME_REFUSED)


_NOTHING = "no change"


def _require_user(user: str | None, wanted: "SyncOptions") -> None:
    if wanted.only_mine and not (wanted.ratings and user):
        raise UsageError("--only-mine needs --ratings and --user NAME: whose stars?")
    if wanted.favorites and not user:
        raise UsageError("--favorites needs --user NAME: whose favourites?")


def _groups(
    workshop: "Workshop", scopes: "Sequence[str | None]", decisions: "dict[str, Decision]"
) -> "Iterator[list[str]]":
    from aesplugin.services.files.unchanged import with_doubts
    from aesplugin.services.groups.group import group, read_shoot
    from aesplugin.services.sync import stacks_of

    for scope in scopes:
        shoot = read_shoot(workshop.catalog, workshop.card.revision, scope)
        found = group(shoot, workshop.sketch)
        checked = with_doubts(workshop.catalog, shoot.entries, sure=True)
        sure = {entry.path for entry, doubt in checked if doubt is None}
        for paths in stacks_of(shoot, found.groups, decisions):
            yield [path for path in paths if path in sure]


def _pair(text: str) -> tuple[str, str]:
    from aesplugin.paths import is_absolute

    here, separator, there = text.partition("=")
    if not (separator and os.path.isabs(here) and is_absolute(there)):
        raise UsageError(f"--prefix {text}: give two absolute folders, HERE=THERE")
    return here, there


def _outcome(result: "Synced") -> str:
    if result.doubt:
        return "refused"
    if not result.found:
        return "unknown"
    return "updated" if _in_words(result) != _NOTHING else "unchanged"


def _in_words(result: "Synced") -> str:
    update = result.update
    words = [counted(update.stars, "star")] if update.stars else []
    words += ["favourite"] if update.favorite else []
    words += update.tags
    return ", ".join(words) or _NOTHING


def _as_dict(result: "Synced") -> dict[str, object]:
    update = result.update
    return {
        "path": result.path,
        "found": result.found,
        "stars": update.stars,
        "favorite": update.favorite,
        "tags": list(update.tags),
        "reason": result.doubt,
    }
