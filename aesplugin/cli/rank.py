"""aesplugin rank: the best photos of the catalog, for everyone or for one person."""

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aesplugin.cli import options
from aesplugin.cli.console import out, print_json, say
from aesplugin.cli.options import IncludeNonPhotos, say_left_out

if TYPE_CHECKING:
    from aesplugin.compose import Workshop
    from aesplugin.services.personal.explanations import RankedPhoto


def command(  # noqa: PLR0913 - one parameter per option
    *,
    user: options.MaybeUser = None,
    limit: options.Limit = 50,
    offset: Annotated[int, typer.Option("--offset", min=0, help="Skip this many rows.")] = 0,
    include_non_photos: IncludeNonPhotos = False,
    json: options.Json = False,
    catalog: options.Catalog = None,
    model: options.Model = None,
) -> None:
    """List photos by score, best first; with --user by that person's taste, with the reasons.

    Example: aesplugin rank --user anna --limit 20
    """
    from aesplugin.compose import Workshop
    from aesplugin.settings import load_settings

    workshop = Workshop(load_settings(catalog=catalog, model=model))
    left_out = [] if include_non_photos else workshop.catalog.not_photos(workshop.card.revision)
    if user is not None:
        _for_user(workshop, user, (limit, offset), left_out, json=json)
    else:
        _for_everyone(workshop, (limit, offset), left_out, json=json)
    say_left_out(len(left_out))


def _for_everyone(
    workshop: "Workshop", window: tuple[int, int], left_out: list[str], *, json: bool
) -> None:
    from aesplugin.catalog.filters import Kinds
    from aesplugin.cli.tables import ranking_table
    from aesplugin.services.serialise import entry_dict

    limit, offset = window
    best = partial(
        workshop.catalog.rank,
        workshop.card.revision,
        kinds=Kinds.PHOTOS if left_out else Kinds.ALL,
    )
    entries = best(limit=limit, offset=offset)
    if json:
        for entry in entries:
            print_json(entry_dict(entry))
    elif entries:
        out.print(ranking_table(entries, first=offset + 1))
    elif best(limit=1):
        _say_skipped(offset)
    elif not left_out:
        _say_none()


def _for_user(
    workshop: "Workshop",
    user: str,
    window: tuple[int, int],
    left_out: list[str],
    *,
    json: bool,
) -> None:
    from aesplugin.cli.tables import personal_table
    from aesplugin.services.personal.explanations import ranked_photos
    from aesplugin.services.personal.taste import rank_for

    catalog, revision = workshop.catalog, workshop.card.revision
    personal = workshop.personal_files
    ranking = rank_for(catalog, revision, user, personal=personal, leave_out=left_out)
    if ranking.note:
        say(ranking.note)
    limit, offset = window
    photos = ranked_photos(catalog, revision, ranking, limit=limit, offset=offset)
    if json:
        for photo in photos:
            print_json(_photo_dict(photo))
    elif photos:
        out.print(personal_table(photos))
    elif ranking.hashes:
        _say_skipped(offset)
    elif not left_out:
        _say_none()


def _say_skipped(offset: int) -> None:
    say(f"--offset {offset} skips all scored photos; give a smaller number")


def _say_none() -> None:
    say("no photo has a score yet; start with: aesplugin score FOLDER")


def _photo_dict(photo: "RankedPhoto") -> dict[str, Any]:
    from aesplugin.services.serialise import entry_dict

    return entry_dict(photo.entry) | {
        "place": photo.place,
        "personal_score": round(photo.personal, 4),
        "general_place": photo.place + photo.rose,
        "place_change": photo.rose,
        "why": {
            "resembles": [
                {"path": path, "points": share.points}
                for path, share in zip(photo.resembles, photo.why.photos, strict=True)
            ],
            "attributes": [
                {"name": share.what, "points": share.points} for share in photo.why.attributes
            ],
        },
    }
