"""aesplugin evaluate speed: the whole job, timed."""

from pathlib import Path
from typing import Annotated

import typer

from aesplugin.cli import options
from aesplugin.cli.console import out, print_json, say


def command(
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
            make_photos(folder, sample_photos(Path(work)), count=count)
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
