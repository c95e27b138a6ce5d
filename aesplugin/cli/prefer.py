"""aesplugin prefer: say what you like, so that photos can be sorted your way."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aesplugin.cli import options
from aesplugin.cli.console import say
from aesplugin.errors import UsageError

if TYPE_CHECKING:
    from aesplugin.compose import Workshop
    from aesplugin.services.prefer import Learnt, Preferences

SOME_FAILED = 1


def command(  # noqa: PLR0913 - one parameter per option
    photos: Annotated[
        list[str] | None, typer.Argument(metavar="PHOTO...", help="Paths or content hashes.")
    ] = None,
    *,
    user: options.User,
    rating: Annotated[
        int | None, typer.Option("--rating", min=1, max=5, help="Stars for these photos.")
    ] = None,
    favorite: Annotated[
        bool | None, typer.Option("--favorite/--no-favorite", help="They are favourites, or not.")
    ] = None,
    from_sidecars: Annotated[
        bool, typer.Option("--from-sidecars", help="Take your stars and picks from XMP and EXIF.")
    ] = False,
    default_star: Annotated[
        bool,
        typer.Option(help="A single star in darktable's sidecars is no judgement."),
    ] = True,
    file: Annotated[
        Path | None, typer.Option("--file", metavar="CSV", help="Ratings: path,rating a line.")
    ] = None,
    scale: Annotated[str, typer.Option("--scale", help="Of the file's ratings.")] = "1:5",
    listing: Annotated[
        bool, typer.Option("--list", help="Show what you said (the default).")
    ] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Forget these photos.")] = False,
    forget: Annotated[bool, typer.Option("--forget", help="Forget all you ever said.")] = False,
    export: Annotated[
        Path | None, typer.Option("--export", metavar="CSV", help="Write what you said here.")
    ] = None,
    json: options.Json = False,
    catalog: options.Catalog = None,
) -> None:
    """Say what you like; without a rating, list what you said.

    Ends with 1 if some photos or lines could not be used (each is named).

    Example: aesplugin prefer --user anna --rating 5 IMG_0042.JPG
    """
    from aesplugin.cli.said import export_said, list_said
    from aesplugin.compose import Workshop
    from aesplugin.services.prefer import Preferences
    from aesplugin.services.ratings_file import parse_scale
    from aesplugin.settings import load_settings

    rates = rating is not None or favorite is not None
    more = bool(from_sidecars or file or export)
    _refuse_slips(photos, rates=rates, remove=remove, forget=forget, more=more)
    listing = listing or not (rates or remove or forget or more)
    if photos and not (rates or remove or from_sidecars or listing):
        raise UsageError("a PHOTO goes with --rating, --favorite, --remove or --list; leave it out")
    workshop = Workshop(load_settings(catalog=catalog))
    preferences = Preferences(workshop.catalog, user)
    learnt: list[tuple[str, Learnt]] = []
    if forget or remove:
        learnt.append(("forgotten", _forget(preferences, photos if remove else None)))
    elif rates and photos:
        said = {"rating": rating, "favorite": favorite}
        learnt.append(("kept", preferences.state(photos, said)))
    if file is not None:
        learnt.append(("kept", preferences.from_file(file, parse_scale(scale))))
    if from_sidecars:
        learnt.append(("kept", _sidecars(workshop, preferences, photos, default_star=default_star)))
    if export is not None:
        count = export_said(preferences, workshop.card.revision, export)
        say(f"{count} photos written to {export}")
    unknown = listing and list_said(preferences, workshop.card.revision, photos, json=json)
    if _report(learnt) or unknown:
        raise typer.Exit(SOME_FAILED)


def _refuse_slips(
    photos: list[str] | None, *, rates: bool, remove: bool, forget: bool, more: bool
) -> None:
    """Raises UsageError where what is asked for contradicts itself, before anything is done.

    `more` says whether there is a file or sidecars to read, or a file to write.
    """
    if forget and (photos or remove):
        raise UsageError("--forget is for all you ever said; to forget some photos, use --remove")
    if (forget or remove) and (rates or more):
        verb = "--forget" if forget else "--remove"
        raise UsageError(f"{verb} goes with no other word; rate, read or export by another command")
    if remove and not photos:
        raise UsageError("name the photos to forget, or use --forget for all of them")
    if rates and not photos:
        raise UsageError("name the photos you rate; see --help")


def _sidecars(
    workshop: "Workshop",
    preferences: "Preferences",
    scope: list[str] | None,
    *,
    default_star: bool,
) -> "Learnt":
    from dataclasses import replace
    from itertools import chain

    from aesplugin.services.group import in_scope
    from aesplugin.services.same_files import known_place

    revision = workshop.card.revision
    found = {
        path: list(in_scope(workshop.catalog, revision, known_place(workshop.catalog, path)))
        for path in scope or ()
    }
    entries = (
        chain.from_iterable(found.values()) if scope else in_scope(workshop.catalog, revision, None)
    )
    learnt = preferences.from_sidecars(entries, workshop.sidecars, default_star=default_star)
    empty = [
        f"{path}: no photo of the catalog lies there; add some with: aesplugin score"
        for path, photos in found.items()
        if not photos
    ]
    return replace(learnt, problems=(*empty, *learnt.problems))


def _forget(preferences: "Preferences", photos: list[str] | None) -> "Learnt":
    forgotten = preferences.forget(photos)
    left = preferences.by_hand(photos)
    if left:
        say(
            f"{left} decided by hand still count; take them back with: aesplugin undo, or"
            f" aesplugin decide --user {preferences.user} --clear --stars 0 --no-favorite PHOTO"
        )
    return forgotten


def _report(learnt: "list[tuple[str, Learnt]]") -> bool:
    """Prints what became of each source; True where something could not be used."""
    for verb, result in learnt:
        for problem in result.problems:
            say(problem)
        say(f"{result.kept} {verb}, {len(result.problems)} left out")
    return any(result.problems for _, result in learnt)
