"""aesplugin share: photos for a client in one file, and the choices that come back."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aesplugin.cli import options
from aesplugin.cli.console import err, print_json, say
from aesplugin.cli.options import IncludeNonPhotos, say_left_out
from aesplugin.counting import counted
from aesplugin.decision import Choice
from aesplugin.errors import UsageError

if TYPE_CHECKING:
    from aesplugin.catalog.filters import Filters
    from aesplugin.compose import Workshop
    from aesplugin.services.sharing.photos import Selection

SOME_LEFT_OUT = 1
_MOST_NAMED = 20  # photos that are not in the catalog


def command(  # noqa: PLR0913 - one parameter per option
    out: Annotated[
        Path | None,
        typer.Argument(metavar="OUT", help="File to write: .html, or .zip for many photos."),
    ] = None,
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="PATH...", help="Photos and folders (default: the whole catalog)."),
    ] = None,
    *,
    choice: Annotated[
        Choice | None, typer.Option("--choice", help="Only picks, rejects, or undecided (none).")
    ] = None,
    stars: Annotated[
        int | None, typer.Option("--stars", min=1, max=5, help="Only with so many stars or more.")
    ] = None,
    favorite: Annotated[bool, typer.Option("--favorite", help="Only favourites.")] = False,
    top: Annotated[
        int | None, typer.Option("--top", min=1, help="Only this many with the highest scores.")
    ] = None,
    user: Annotated[
        str | None,
        typer.Option("--user", "-u", metavar="NAME", help="Whose picks, stars and favourites."),
    ] = None,
    title: Annotated[
        str, typer.Option("--title", metavar="TEXT", help="What the client reads above the photos.")
    ] = "Photos",
    scores: Annotated[
        bool, typer.Option("--scores/--no-scores", help="Show the scores to the client.")
    ] = False,
    read: Annotated[
        Path | None,
        typer.Option(
            "--read", metavar="FILE", help="Store the choices that a client saved and sent back."
        ),
    ] = None,
    include_non_photos: IncludeNonPhotos = False,
    json: options.Json = False,
    catalog: options.Catalog = None,
    model: options.Model = None,
) -> None:
    """Write photos into a gallery that a client opens without a server and chooses from.

    With --read the client's choices become decisions of --user, by default of the gallery's title.
    Exits with 1 if a photo was left out because its file is gone or cannot be decoded.

    Example: aesplugin share wedding.html --choice pick --user anna --title "Wedding"
    """
    from aesplugin.catalog.filters import Filters
    from aesplugin.compose import Workshop
    from aesplugin.services.sharing.page import MOST_TITLE
    from aesplugin.settings import load_settings

    if read is not None:
        others = (out, choice, stars, favorite or None, top)
        if any(one is not None for one in others):
            raise UsageError("--read FILE stores a client's choices and takes only --user NAME")
        _read(Workshop(load_settings(catalog=catalog, model=model)), read, user, json=json)
        return
    if out is None:
        raise UsageError("give the file to write: aesplugin share OUT.html or OUT.zip")
    if not title.strip() or len(title) > MOST_TITLE:
        raise UsageError(f"--title must have 1 to {MOST_TITLE} characters")
    wanted = Filters(
        user=user or "",
        choice=choice.value if choice else None,
        stars=stars,
        favorite=True if favorite else None,
    )
    if wanted.needs_decisions and not user:
        raise UsageError("--choice, --stars and --favorite need --user NAME: whose decisions?")
    workshop = Workshop(load_settings(catalog=catalog, model=model))
    selection = _selected(workshop, paths or (), wanted, top, non_photos=include_non_photos)
    _write(workshop, selection, out, title=title.strip(), scores=scores, json=json)


def _selected(
    workshop: "Workshop",
    paths: "list[str] | tuple[str, ...]",
    wanted: "Filters",
    top: int | None,
    *,
    non_photos: bool,
) -> "Selection":
    from aesplugin.cli.publish import known_scopes
    from aesplugin.services.sharing.photos import decided, select_files

    revision = workshop.card.revision
    only = decided(workshop.catalog, revision, wanted)
    entries = workshop.entries_under(known_scopes(workshop, paths))
    # What a person named or decided about is shared whatever the model takes it for.
    if paths or only is not None or non_photos:
        return select_files(entries, only, top=top)
    others = set(workshop.catalog.not_photos(revision))
    say_left_out(len(others))
    photos = (e for e in entries if e.photo is None or e.photo.content_hash not in others)
    return select_files(photos, top=top)


def _write(
    workshop: "Workshop", selection: "Selection", out: Path, *, title: str, scores: bool, json: bool
) -> None:
    from aesplugin.cli.progress import photo_progress
    from aesplugin.services.sharing.gallery import write_gallery
    from aesplugin.services.sharing.page import Page

    page = Page(title, is_whole=out.suffix.lower() != ".zip", scores=scores)
    photos, problems = selection.photos, list[str]()
    preview = workshop.full_pictures.preview
    with photo_progress("sharing", len(photos)) as progress:
        for done in write_gallery(workshop.catalog, photos, out, page, preview):
            progress.advance(progress.task_ids[0])
            if done.problem:
                problems.append(done.problem)
                err.print("[yellow]left out[/]  ", end="")
                say(done.problem)
    count = len(photos) - len(problems)
    if json:
        print_json({"file": str(out), "share": page.share, "photos": count, "left_out": problems})
    else:
        others = selection.companions
        also = (
            f" ({counted(others, 'other file')} of the same exposures left out)" if others else ""
        )
        say(f"{counted(count, 'photo')} written to {out}{also}")
    if problems:
        raise typer.Exit(SOME_LEFT_OUT)


def _read(workshop: "Workshop", file: Path, user: str | None, *, json: bool) -> None:
    from aesplugin.services.sharing.choices import read_file, store

    choices = read_file(file)
    done = store(workshop.catalog, choices, user)
    if json:
        print_json(
            {
                "user": done.user,
                "run": done.run.id if done.run else None,
                "chosen": done.chosen,
                "stars": done.rated,
                "changed": done.changed,
                "comments": [{"photo": c.photo, "comment": c.comment} for c in done.comments],
                "unknown": [one.photo for one in done.unknown],
            }
        )
        return
    for one in done.unknown[:_MOST_NAMED]:
        say(f"{one.name} is not in this catalog: skipped")
    if (more := len(done.unknown) - _MOST_NAMED) > 0:
        say(f"and {counted(more, 'other photo')} not in this catalog")
    for one in done.comments:
        say(f"{one.name}: {one.comment}")
    say(done.line)
