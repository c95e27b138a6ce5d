"""aesplugin rank: the best photos of the catalog, for everyone or for one person."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from aesplugin.cli import options
from aesplugin.cli.console import out, print_json, say

if TYPE_CHECKING:
    from aesplugin.compose import Workshop
    from aesplugin.services.ranked import RankedPhoto


def command(
    *,
    user: options.MaybeUser = None,
    limit: options.Limit = 50,
    offset: Annotated[int, typer.Option("--offset", min=0, help="Skip that many rows.")] = 0,
    json: options.Json = False,
    catalog: options.Catalog = None,
    model: options.Model = None,
) -> None:
    """List photos by score, best first; with --user by what that person likes, and why.

    Example: aesplugin rank --user anna --limit 20
    """
    from aesplugin.cli.tables import ranking_table
    from aesplugin.compose import Workshop
    from aesplugin.services.serialise import entry_dict
    from aesplugin.settings import load_settings

    workshop = Workshop(load_settings(catalog=catalog, model=model))
    if user is not None:
        _for_user(workshop, user, (limit, offset), json=json)
        return
    entries = workshop.catalog.rank(workshop.card.revision, limit=limit, offset=offset)
    if json:
        for entry in entries:
            print_json(entry_dict(entry))
    elif entries:
        out.print(ranking_table(entries, first=offset + 1))
    else:
        _say_none(offset, any_scored=bool(workshop.catalog.rank(workshop.card.revision, limit=1)))


def _for_user(workshop: "Workshop", user: str, window: tuple[int, int], *, json: bool) -> None:
    from aesplugin.cli.tables import personal_table
    from aesplugin.services.ranked import ranked_photos
    from aesplugin.services.taste import rank_for

    revision = workshop.card.revision
    ranking = rank_for(workshop.catalog, revision, user, personal=workshop.settings.personal)
    if ranking.note:
        say(ranking.note)
    limit, offset = window
    photos = ranked_photos(workshop.catalog, revision, ranking, limit=limit, offset=offset)
    if json:
        for photo in photos:
            print_json(_photo_dict(photo))
    elif photos:
        out.print(personal_table(photos))
    else:
        _say_none(offset, any_scored=bool(ranking.hashes))


def _say_none(offset: int, *, any_scored: bool) -> None:
    if any_scored:
        say(f"--offset {offset} skips every photo that has a score; give a smaller one")
    else:
        say("no photo has a score here yet; begin with: aesplugin score FOLDER")


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
