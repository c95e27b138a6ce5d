"""aesplugin sync: tell Immich, or another library, what is known of its photos."""

from collections import Counter
from typing import TYPE_CHECKING, Annotated

import typer

from aesplugin.cli import options
from aesplugin.cli.console import err, out, print_json, printable, say
from aesplugin.cli.publish import SOME_REFUSED, known_scopes
from aesplugin.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from aesplugin.compose import Workshop
    from aesplugin.decision import Decision
    from aesplugin.libraries.base import Library
    from aesplugin.services.sync import Synced, SyncOptions


def command(  # noqa: PLR0913 - typer: one parameter per option
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="PATH...", help="Photos and folders (default: the whole catalog)."),
    ] = None,
    *,
    url: Annotated[str, typer.Option("--url", help="Where it is: http://host:2283")],
    library: Annotated[
        str, typer.Option("--library", metavar="NAME", help="What it is: immich, or a plug-in's.")
    ] = "immich",
    prefix: Annotated[
        list[str] | None,
        typer.Option("--prefix", metavar="HERE=THERE", help="Folder here = folder there."),
    ] = None,
    ratings: Annotated[
        bool, typer.Option("--ratings", help="Your stars; where you gave none, the score as stars.")
    ] = False,
    only_mine: Annotated[
        bool, typer.Option("--only-mine", help="Of --ratings only the stars and rejects you gave.")
    ] = False,
    favorites: Annotated[bool, typer.Option("--favorites", help="Your favourites.")] = False,
    tags: Annotated[bool, typer.Option("--tags", help="Tags for the level and the flaws.")] = False,
    stacks: Annotated[
        bool, typer.Option("--stacks", help="Bursts and series as stacks, the best on top.")
    ] = False,
    user: Annotated[
        str | None, typer.Option("--user", metavar="NAME", help="Whose decisions count.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be told.")] = False,
    json: options.Json = False,
    catalog: options.Catalog = None,
    model: options.Model = None,
) -> None:
    """Tell an Immich server stars, favourites, tags and stacks; its key is in AES_IMMICH_KEY.

    Ends with 1 if a photo was refused: changed or gone since it was scored.

    Example: aesplugin sync --url http://nas:2283 --prefix /mnt/photos=/data/photos --tags
    """
    from aesplugin import registry
    from aesplugin.compose import Workshop
    from aesplugin.libraries.base import PrefixMap
    from aesplugin.services.prefer import Preferences
    from aesplugin.services.sync import SyncOptions, stack_groups, sync
    from aesplugin.services.unchanged import with_doubts
    from aesplugin.settings import load_settings

    wanted = SyncOptions(ratings=ratings, only_mine=only_mine, favorites=favorites, tags=tags)
    _require_user(user, wanted)
    workshop = Workshop(load_settings(catalog=catalog, model=model))
    scopes = known_scopes(workshop, paths or ())
    prefixes = PrefixMap([_pair(text) for text in prefix or ()])
    told_to: Library = registry.load("libraries", library).connect(url, prefixes=prefixes)
    told_to.check()
    entries = workshop.entries_under(scopes)
    decisions = Preferences(workshop.catalog, user).decisions() if user else {}
    if favorites and not any(decision.favorite for decision in decisions.values()):
        say(f"{user} has no favourites in this catalog")
    counts: Counter[str] = Counter()
    checked = with_doubts(workshop.catalog, entries, sure=True, expect=not dry_run)
    for result in sync(told_to, checked, decisions, wanted, dry_run=dry_run):
        counts[_outcome(result)] += 1
        if json:
            print_json(_as_dict(result))
        elif result.doubt:
            err.print("[yellow]refused[/]  ", end="")
            say(result.doubt)
        elif dry_run and result.found:
            out.print(f"{printable(result.path)}: {_in_words(result)}", markup=False)
    if not json:
        told = "would be told" if dry_run else "told"
        refused = f", {counts['refused']} refused" if counts["refused"] else ""
        out.print(
            f"{counts['told']} {told}, {counts['same']} known already,"
            f" {counts['unknown']} not in {told_to.title}{refused}",
            markup=False,
        )
    if stacks:
        groups = _groups(workshop, scopes or [None], decisions)
        made = stack_groups(told_to, groups, dry_run=dry_run)
        say(f"{made} stacks {'would be made' if dry_run else 'made'}")
    if counts["refused"]:
        raise typer.Exit(SOME_REFUSED)


def _require_user(user: str | None, wanted: "SyncOptions") -> None:
    if wanted.only_mine and not (wanted.ratings and user):
        raise UsageError("--only-mine needs --ratings and --user NAME: whose stars?")
    if wanted.favorites and not user:
        raise UsageError("--favorites needs --user NAME: whose favourites?")


def _groups(
    workshop: "Workshop", scopes: "Sequence[str | None]", decisions: "dict[str, Decision]"
) -> "Iterator[list[str]]":
    from aesplugin.services.group import group, read_shoot
    from aesplugin.services.sync import stacks_of
    from aesplugin.services.unchanged import with_doubts

    for scope in scopes:
        shoot = read_shoot(workshop.catalog, workshop.card.revision, scope)
        found = group(shoot, workshop.sketch)
        checked = with_doubts(workshop.catalog, shoot.entries, sure=True)
        sure = {entry.path for entry, doubt in checked if doubt is None}
        for paths in stacks_of(shoot, found.groups, decisions):
            yield [path for path in paths if path in sure]


def _pair(text: str) -> tuple[str, str]:
    here, separator, there = text.partition("=")
    if not (separator and here.startswith("/") and there.startswith("/")):
        raise UsageError(f"--prefix {text}: give two absolute folders, HERE=THERE")
    return here, there


def _outcome(result: "Synced") -> str:
    if result.doubt:
        return "refused"
    if not result.found:
        return "unknown"
    return "told" if _in_words(result) != "nothing new" else "same"


def _in_words(result: "Synced") -> str:
    wish = result.wish
    words = [f"{wish.stars} stars"] if wish.stars else []
    words += ["favourite"] if wish.favorite else []
    words += wish.tags
    return ", ".join(words) or "nothing new"


def _as_dict(result: "Synced") -> dict[str, object]:
    wish = result.wish
    return {
        "path": result.path,
        "found": result.found,
        "stars": wish.stars,
        "favorite": wish.favorite,
        "tags": list(wish.tags),
        "reason": result.doubt,
    }
