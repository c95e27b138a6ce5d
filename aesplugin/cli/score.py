"""aesplugin score: score photos and folders."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aesplugin.cli import options
from aesplugin.cli.console import (
    err,
    out,
    print_json,
    printable,
    say,
    scoring_warnings_printed,
)
from aesplugin.cli.progress import photo_progress
from aesplugin.counting import part_has
from aesplugin.errors import UsageError

if TYPE_CHECKING:
    from aesplugin.compose import Workshop
    from aesplugin.services.pipeline.score import ScoredFile

SOME_FAILED = 1


def command(  # noqa: PLR0913 - one parameter per option
    paths: Annotated[
        list[str] | None, typer.Argument(metavar="PATH...", help="Photos and folders of photos.")
    ] = None,
    *,
    samples: Annotated[
        bool, typer.Option("--samples", help="Score scikit-image's sample photos.")
    ] = False,
    report: Annotated[
        Path | None, typer.Option("--report", metavar="FILE", help="Write a contact sheet (HTML).")
    ] = None,
    faces: Annotated[
        bool,
        typer.Option("--faces", help="Also look for faces in photos scored without doing so."),
    ] = False,
    limit: options.Limit = 20,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object per photo.")] = False,
    catalog: options.Catalog = None,
    model: options.Model = None,
    device: options.Device = None,
) -> None:
    """Score photos and folders; already scored photos are skipped.

    Exits with 0 if every photo was scored, with 1 if some failed (each is reported).

    Example: aesplugin score ~/Pictures/2026 --report report.html
    """
    from aesplugin.compose import Workshop
    from aesplugin.settings import load_settings

    settings = load_settings(catalog=catalog, model=model, device=device)
    chosen = _chosen_paths(paths, settings.cache if samples else None)
    workshop = Workshop(settings)
    run = workshop.score_run()
    plan = run.plan(chosen, read_faces=faces)
    files: list[ScoredFile] = []
    known = plan.total - len(plan.todo)
    with (
        scoring_warnings_printed(),
        photo_progress("scoring", plan.total, known=known) as progress,
    ):
        for file in run.run(plan):
            files.append(file)
            progress.advance(progress.task_ids[0])
            if json:
                print_json(_file_dict(workshop, file))
    if not json:
        _print_summary(workshop, files, limit=limit)
    if report is not None:
        _write_report(workshop, files, report)
    if any(file.state != "assessed" for file in files):
        raise typer.Exit(SOME_FAILED)


def _chosen_paths(paths: list[str] | None, samples: Path | None) -> list[str]:
    """What was named, and the sample photos where `samples` is a folder to keep them in."""
    if samples is not None:
        from aesplugin.samples import sample_photos

        return [*map(os.path.abspath, paths or ()), *sample_photos(samples)]
    if not paths:
        raise UsageError("name photos or folders to score, or use --samples; see --help")
    return [os.path.abspath(path) for path in paths]


def _file_dict(workshop: "Workshop", file: "ScoredFile") -> dict[str, object]:
    from aesplugin.services.serialise import entry_dict, failure_dict

    entry = workshop.catalog.entry(file.path, workshop.card.revision)
    if entry is None:
        return failure_dict(file)
    return entry_dict(entry)


def _print_summary(workshop: "Workshop", files: "list[ScoredFile]", *, limit: int) -> None:
    from aesplugin.cli.tables import ranking_table
    from aesplugin.services.pipeline.score import best_of

    best = best_of(workshop.catalog, workshop.card.revision, [f.path for f in files], limit=limit)
    if best:
        out.print(ranking_table(best))
    failed = [file for file in files if file.state != "assessed"]
    for file in failed:
        err.print(f"[yellow]{file.state}[/]  ", end="")
        say(f"{file.path}: {file.reason or 'no reason recorded'}")
    known = sum(file.state == "assessed" and not file.fresh for file in files)
    out.print(
        f"{part_has(len(files) - len(failed), len(files), 'photo')} a score"
        f" ({known} from earlier runs), {len(failed)} failed. Catalog:"
        f" {printable(workshop.settings.catalog)}",
        soft_wrap=True,
        markup=False,
    )


def _write_report(workshop: "Workshop", files: "list[ScoredFile]", target: Path) -> None:
    from aesplugin.services.report import write_report

    written = write_report(
        workshop.catalog,
        workshop.card,
        files,
        target,
        thumbnails=workshop.thumbnails,
    )
    say(f"contact sheet: {written}")
