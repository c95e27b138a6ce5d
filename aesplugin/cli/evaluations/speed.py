"""aesplugin evaluate speed: the whole job, timed."""

from pathlib import Path
from typing import Annotated

import typer

from aesplugin.cli import options
from aesplugin.cli.console import out, print_json, say
from aesplugin.errors import UsageError
from aesplugin.samples import FileFormat


def command(  # noqa: PLR0913 - one parameter per option
    *,
    photos: Annotated[
        Path | None,
        typer.Option("--photos", metavar="DIR", help="Use these photos instead of generated ones."),
    ] = None,
    count: Annotated[
        int, typer.Option("--count", min=1, help="Number of photos to generate.")
    ] = 200,
    megapixels: Annotated[
        float, typer.Option("--megapixels", min=0.1, max=200, help="Size of each generated photo.")
    ] = 12,
    file_format: Annotated[
        FileFormat, typer.Option("--format", help="File format of the generated photos.")
    ] = FileFormat.JPEG,
    json: options.Json = False,
    model: options.Model = None,
    device: options.Device = None,
) -> None:
    """Time scoring: photos per second, time per step, peak memory and the machine's limits.

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
            say(f"generating {count} photos of {megapixels:g} MP…")
            make_photos(
                folder,
                sample_photos(Path(work)),
                count=count,
                megapixels=megapixels,
                file_format=file_format,
            )
        settings = load_settings(
            catalog=str(Path(work) / "catalog.sqlite3"),
            cache=Path(work) / "cache",
            model=model,
            device=device,
        )
        workshop = TimedWorkshop(settings)
        report = workshop.time_scoring([str(folder)])
        if not report.photos:
            raise UsageError(
                f"{folder} has no photo that can be scored; name another folder with --photos"
            )
        limits = workshop.bare_limits([str(folder)])
    pace = report.photos_per_second
    if json:
        bare = {"limits": asdict(limits), "reached": limits.reached(pace)}
        print_json(asdict(report) | {"photos_per_second": pace} | bare)
        return
    out.print(f"{pace:.2f} photos/s over {report.photos} photos")
    for name, value in asdict(report).items():
        out.print(f"  {name:20} {value:9.1f}")
    out.print("each step alone, photos/s:")
    for name, value in asdict(limits).items():
        out.print(f"  {name:20} {value:9.1f}")
    out.print(f"the whole job reaches {limits.reached(pace):.0%} of the speed of its slowest step")
