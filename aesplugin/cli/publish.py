"""aesplugin publish: scores, comments and suggestions into XMP sidecars."""

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from aesplugin.cli import options
from aesplugin.cli.console import err, out, print_json, printable, say
from aesplugin.counting import counted
from aesplugin.errors import UsageError
from aesplugin.sidecars.naming import Naming

if TYPE_CHECKING:
    from aesplugin.compose import Workshop
    from aesplugin.services.publish import Published

SOME_REFUSED = 1
_FROM_SCORE = "stars from the score"  # counted beside the outcomes


def command(  # noqa: PLR0913 - typer: one parameter per option
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="PATH...", help="Photos and folders (default: the whole catalog)."),
    ] = None,
    *,
    ratings: Annotated[
        bool, typer.Option("--ratings", help="Star ratings: yours, else the score as stars.")
    ] = False,
    only_mine: Annotated[
        bool, typer.Option("--only-mine", help="With --ratings: only your own stars and rejects.")
    ] = False,
    labels: Annotated[
        bool, typer.Option("--labels", help="Your picks and rejects as flags and colour labels.")
    ] = False,
    tags: Annotated[
        bool, typer.Option("--tags", help="Tags for the quality level and the flaws.")
    ] = False,
    keywords: Annotated[
        bool, typer.Option("--keywords", help="What the photo shows, added to your keywords.")
    ] = False,
    description: Annotated[
        bool, typer.Option("--description", help="The comment as caption, where there is none.")
    ] = False,
    caption: Annotated[
        bool, typer.Option("--caption", help="What it shows as caption, where there is none.")
    ] = False,
    user: Annotated[
        str | None,
        typer.Option(
            "--user", metavar="NAME", help="Write this person's decisions and personal scores."
        ),
    ] = None,
    naming: Annotated[
        Naming,
        typer.Option(
            "--naming", help="Names of new sidecars: full (IMG.CR2.xmp) or adobe (IMG.xmp)."
        ),
    ] = Naming.FULL,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the differences, write nothing.")
    ] = False,
    json: options.Json = False,
    catalog: options.Catalog = None,
    model: options.Model = None,
) -> None:
    """Write XMP sidecars beside the photos; the photos themselves are never changed.

    Undo a run with: aesplugin unpublish RUN. Exits with 1 if a sidecar was refused.

    Example: aesplugin publish ~/Pictures/2026 --tags --dry-run
    """
    from aesplugin.compose import Workshop
    from aesplugin.services.publish import PublishOptions
    from aesplugin.settings import load_settings

    if labels and not user:
        raise UsageError("--labels needs --user NAME: whose picks and rejects?")
    if only_mine and not (ratings and user):
        raise UsageError("--only-mine needs --ratings and --user NAME: whose stars?")
    workshop = Workshop(load_settings(catalog=catalog, model=model))
    if labels and not workshop.catalog.people.decisions(user or ""):
        say(f"{user} has no decisions in this catalog: no flags or colour labels to publish")
    wanted = PublishOptions(
        user=user,
        ratings=ratings,
        only_mine=only_mine,
        labels=labels,
        tags=tags,
        keywords=keywords,
        description=description,
        caption=caption,
        naming=naming,
    )
    entries = workshop.entries_under(known_scopes(workshop, paths or ()))
    results = workshop.publisher(user or "").publish(entries, wanted, dry_run=dry_run)
    counts = print_published(results, differences=dry_run, json=json)
    if counts[_FROM_SCORE] and not json:
        say(
            f"{counted(counts[_FROM_SCORE], 'star rating')} taken from the score, not from a"
            " person; leave them out with: --only-mine --user NAME"
        )
    if not json and not dry_run and counts["written"]:
        from aesplugin.catalog.records import RunKind

        (run,) = workshop.catalog.runs.latest(RunKind.PUBLISH, 1)
        say(f"undo with: aesplugin unpublish {run.id}")
    if counts["refused"]:
        raise typer.Exit(SOME_REFUSED)


def known_scopes(workshop: "Workshop", paths: Iterable[str]) -> list[str]:
    """The paths in full, without those that the catalog knows no readable file of, which are named.

    Raises:
        UsageError: it knows none of them.
    """
    from aesplugin.services.files.same_files import known_place

    scopes = [known_place(workshop.catalog, path) for path in paths]
    known = [scope for scope in scopes if next(workshop.entries_under([scope]), None)]
    for scope in scopes:
        if scope not in known:
            line = f"{scope} is not in the catalog; run: aesplugin score"
            if not known:
                raise UsageError(line)
            say(line)
    return known


def print_published(
    results: "Iterable[Published]", *, differences: bool, json: bool
) -> Counter[str]:
    """Prints each result and the sum; refusals go to standard error. Returns the sums."""
    counts: Counter[str] = Counter()
    from_score = 0
    for result in results:
        counts[result.outcome.value] += 1
        from_score += result.stars_of_score
        if json:
            print_json(_as_dict(result))
        elif result.outcome == "refused":
            err.print("[yellow]refused[/]  ", end="")
            say(result.reason or result.sidecar)
        elif differences and (result.changes or result.kept):
            _print_differences(result)
    if not json:
        total = ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items()))
        prefix = "dry run, nothing changed; without --dry-run: " if differences else ""
        out.print(f"{prefix}{total or 'nothing to publish'}", markup=False)
    counts[_FROM_SCORE] = from_score
    return counts


def _print_differences(result: "Published") -> None:
    out.print(printable(result.sidecar), style="bold", markup=False, soft_wrap=True)
    for change in result.changes:
        for sign, value, style in (("-", change.before, "red"), ("+", change.after, "green")):
            if value is not None:
                line = f"  {sign} {change.field}: {printable(value)}"
                if sign == "+" and change.is_stars and result.stars_of_score:
                    line += " (from the score, not your rating)"
                out.print(line, style=style, markup=False, soft_wrap=True)
    for line in result.kept:
        out.print(f"    {printable(line)}", style="dim", markup=False, soft_wrap=True)


def _as_dict(result: "Published") -> dict[str, object]:
    return {
        "photo": result.photo,
        "sidecar": result.sidecar,
        "outcome": result.outcome.value,
        "changes": [[c.field, c.before, c.after] for c in result.changes],
        "kept": list(result.kept),
        "reason": result.reason,
        "stars_of_score": result.stars_of_score,
    }
