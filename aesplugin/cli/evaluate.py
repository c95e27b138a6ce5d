"""aesplugin evaluate: how good and how quick the model is, measured here."""

from pathlib import Path
from typing import Annotated

import typer

from aesplugin.cli import options
from aesplugin.cli.console import out, print_json, say

app = typer.Typer(help="Measure the model on labelled photos, and its speed.", no_args_is_help=True)


@app.command("speed")
def speed(
    *,
    photos: Annotated[
        Path | None, typer.Option("--photos", metavar="DIR", help="Your photos, not made-up ones.")
    ] = None,
    count: Annotated[int, typer.Option("--count", min=1, help="How many 12 MP photos.")] = 200,
    json: options.Json = False,
    model: options.Model = None,
    device: options.Device = None,
) -> None:
    """Time the whole job on 12 MP JPEGs: photos a second, where the time goes, peak memory.

    Example: aesplugin evaluate speed --count 200
    """
    import tempfile
    from dataclasses import asdict

    from aesplugin.compose import TimedWorkshop
    from aesplugin.evaluation.speed import make_photos
    from aesplugin.samples import sample_photos
    from aesplugin.settings import load_settings

    with tempfile.TemporaryDirectory() as work:
        folder = photos or Path(work) / "photos"
        if photos is None:
            say(f"making {count} photos of 12 MP…")
            make_photos(folder, sample_photos(), count=count)
        settings = load_settings(
            catalog=str(Path(work) / "catalog.sqlite3"),
            cache=Path(work) / "cache",
            model=model,
            device=device,
        )
        report = TimedWorkshop(settings).time_scoring([str(folder)])
    if json:
        print_json(asdict(report) | {"photos_per_second": report.photos_per_second})
        return
    out.print(f"{report.photos_per_second:.2f} photos/s over {report.photos} photos")
    for name, value in asdict(report).items():
        out.print(f"  {name:20} {value:9.1f}")


@app.command("catalog")
def catalog_size(
    *,
    photos: Annotated[int, typer.Option("--photos", min=1, help="How many rows.")] = 100_000,
    json: options.Json = False,
) -> None:
    """Time a large catalog: ranking, and scanning a tree in which nothing changed.

    Example: aesplugin evaluate catalog --photos 100000
    """
    import tempfile
    from dataclasses import asdict

    from aesplugin.compose import Workshop
    from aesplugin.evaluation.benchmarks.catalog import measure_catalog
    from aesplugin.settings import load_settings

    with tempfile.TemporaryDirectory() as work:
        workshop = Workshop(load_settings(catalog=str(Path(work) / "catalog.sqlite3")))

        def rescan(_: object, folder: str) -> int:
            return len(workshop.score_run().plan([folder]).todo)

        report = measure_catalog(Path(work), photos=photos, card=workshop.card, rescan=rescan)
    if json:
        print_json(asdict(report))
        return
    for name, value in asdict(report).items():
        out.print(f"{name:16} {value:10.3f}")
