"""aesplugin prefer: a person's ratings and favourites, from which their taste is learnt."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aesplugin.cli import options
from aesplugin.cli.console import out, print_json, printable, say
from aesplugin.counting import counted
from aesplugin.errors import UsageError

if TYPE_CHECKING:
    from aesplugin.catalog.records import Preference
    from aesplugin.compose import Workshop
    from aesplugin.services.personal.prefer import Learnt, Preferences


def export_ratings(preferences: "Preferences", revision: str, target: Path) -> int:
    """Writes all of it as CSV to `target`, whole or not at all; returns of how many photos.

    Raises:
        UsageError: the target is a photo, or has a photo's or a sidecar's name, or cannot be
            written.
    """
    from aesplugin.services.files.whole_file import written_whole

    known = preferences.keys_of([os.path.abspath(target)]).values()
    if any(known):
        raise UsageError(f"{target} is a photo of the catalog; name another file")
    with written_whole(target) as path:
        return preferences.export(revision, path)


def list_ratings(
    preferences: "Preferences", revision: str, photos: list[str] | None, *, json: bool
) -> bool:
    """Prints the ratings (of `photos`, if any); True where one of them is not known."""
    keys = preferences.keys_of(photos or ())
    rated = [one for one in preferences.all() if not keys or one.content_hash in keys.values()]
    for one in rated:
        _print(one, preferences.path_of(one.content_hash, revision), json=json)
    unknown = [photo for photo, key in keys.items() if key is None]
    for photo in unknown:
        say(f"{photo} is not in the catalog")
    if not rated and not keys:
        say(f"{preferences.user} has not rated any photo yet; see: aesplugin prefer --help")
    elif not rated and not unknown:
        say(f"{preferences.user} has not rated these photos yet")
    return bool(unknown)


def _print(rated: "Preference", path: str, *, json: bool) -> None:
    if json:
        print_json(
            {
                "path": path,
                "content_hash": rated.content_hash,
                "rating": rated.rating,
                "favorite": bool(rated.favorite),
                "source": rated.source,
            }
        )
    else:
        stars = "-" if rated.rating is None else "★" * rated.rating
        heart = " favourite" if rated.favorite else ""
        out.print(f"{stars:5}{heart}  {printable(path)}", markup=False, soft_wrap=True)


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
        bool | None, typer.Option("--favorite/--no-favorite", help="Mark as favourite, or not.")
    ] = None,
    from_sidecars: Annotated[
        bool, typer.Option("--from-sidecars", help="Import your stars and picks from XMP and EXIF.")
    ] = False,
    default_star: Annotated[
        bool,
        typer.Option(
            help="Ignore a single star in darktable's sidecars: it is darktable's default."
        ),
    ] = True,
    file: Annotated[
        Path | None,
        typer.Option("--file", metavar="CSV", help="Import ratings from columns path,rating."),
    ] = None,
    scale: Annotated[
        str, typer.Option("--scale", metavar="LOW:HIGH", help="Range of the file's ratings.")
    ] = "1:5",
    listing: Annotated[
        bool, typer.Option("--list", help="List your ratings (the default).")
    ] = False,
    remove: Annotated[
        bool, typer.Option("--remove", help="Delete your ratings of these photos.")
    ] = False,
    forget: Annotated[bool, typer.Option("--forget", help="Delete all your ratings.")] = False,
    export: Annotated[
        Path | None, typer.Option("--export", metavar="CSV", help="Write your ratings to a file.")
    ] = None,
    json: options.Json = False,
    catalog: options.Catalog = None,
) -> None:
    """Rate photos to teach the program your taste; without a rating, list your ratings.

    Exits with 1 if some photos or lines could not be used (each is reported).

    Example: aesplugin prefer --user anna --rating 5 IMG_0042.JPG
    """
    from aesplugin.cli.prefer import export_ratings, list_ratings
    from aesplugin.compose import Workshop
    from aesplugin.services.personal.prefer import Preferences
    from aesplugin.services.personal.ratings_file import parse_scale
    from aesplugin.settings import load_settings

    rates = rating is not None or favorite is not None
    more = bool(from_sidecars or file or export)
    _refuse_slips(photos, rates=rates, remove=remove, forget=forget, more=more)
    listing = listing or not (rates or remove or forget or more)
    if photos and not (rates or remove or from_sidecars or listing):
        raise UsageError(
            "PHOTO needs --rating, --favorite, --remove, --from-sidecars or --list; leave it out"
        )
    workshop = Workshop(load_settings(catalog=catalog))
    preferences = Preferences(workshop.catalog, user)
    learnt: list[tuple[str, Learnt]] = []
    if forget or remove:
        learnt.append(("deleted", _forget(preferences, photos if remove else None)))
    elif rates and photos:
        given = {"rating": rating, "favorite": favorite}
        learnt.append(("stored", preferences.state(photos, given)))
    if file is not None:
        learnt.append(("stored", preferences.from_file(file, parse_scale(scale))))
    if from_sidecars:
        learnt.append(
            ("stored", _sidecars(workshop, preferences, photos, default_star=default_star))
        )
    if export is not None:
        count = export_ratings(preferences, workshop.card.revision, export)
        say(f"{counted(count, 'rating')} written to {export}")
    unknown = listing and list_ratings(preferences, workshop.card.revision, photos, json=json)
    if _report(learnt) or unknown:
        raise typer.Exit(SOME_FAILED)


def _refuse_slips(
    photos: list[str] | None, *, rates: bool, remove: bool, forget: bool, more: bool
) -> None:
    """Raises UsageError where what is asked for contradicts itself, before anything is done.

    `more` says whether there is a file or sidecars to read, or a file to write.
    """
    if forget and (photos or remove):
        raise UsageError(
            "--forget deletes all your ratings; to delete those of some photos, use --remove"
        )
    if (forget or remove) and (rates or more):
        verb = "--forget" if forget else "--remove"
        raise UsageError(
            f"{verb} cannot be combined with other actions; rate, import or export separately"
        )
    if remove and not photos:
        raise UsageError("name the photos whose ratings to delete, or use --forget to delete all")
    if rates and not photos:
        raise UsageError("name the photos to rate; see --help")


def _sidecars(
    workshop: "Workshop",
    preferences: "Preferences",
    scope: list[str] | None,
    *,
    default_star: bool,
) -> "Learnt":
    from dataclasses import replace
    from itertools import chain

    from aesplugin.services.files.same_files import known_place
    from aesplugin.services.groups.group import in_scope

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
        f"{path}: no photo of the catalog is there; add some with: aesplugin score"
        for path, photos in found.items()
        if not photos
    ]
    return replace(learnt, problems=(*empty, *learnt.problems))


def _forget(preferences: "Preferences", photos: list[str] | None) -> "Learnt":
    forgotten = preferences.forget(photos)
    left = preferences.by_hand(photos)
    if left:
        say(
            f"{counted(left, 'photo')} still {'counts' if left == 1 else 'count'} by your stars,"
            " picks or favourites; undo them with: aesplugin undo, or"
            f" aesplugin decide --user {preferences.user} --clear --stars 0 --no-favorite PHOTO"
        )
    return forgotten


def _report(learnt: "list[tuple[str, Learnt]]") -> bool:
    """Prints the outcome of each source; True where something could not be used."""
    for verb, result in learnt:
        for problem in result.problems:
            say(problem)
        say(f"{counted(result.kept, 'rating')} {verb}, {len(result.problems)} skipped")
    return any(result.problems for _, result in learnt)
