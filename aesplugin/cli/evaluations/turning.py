"""aesplugin evaluate turning: from the arrow key to the next photo's picture, in a browser."""

from pathlib import Path
from typing import Annotated

import typer

from aesplugin.cli import options
from aesplugin.cli.console import out, print_json, say


def command(
    *,
    photos: Annotated[
        int, typer.Option("--photos", min=2, help="Number of photos to generate.")
    ] = 60,
    megapixels: Annotated[
        float, typer.Option("--megapixels", min=0.1, max=200, help="Size of each generated photo.")
    ] = 12,
    pause: Annotated[
        float, typer.Option("--pause", min=0, help="Seconds for which each photo is looked at.")
    ] = 0.5,
    json: options.Json = False,
) -> None:
    """Time the photo page in Chromium: milliseconds from an arrow key to the picture on the screen.

    Example: aesplugin evaluate turning --photos 60
    """
    import tempfile
    from dataclasses import asdict

    from aesplugin.compose import Workshop
    from aesplugin.evaluation.benchmarks.turning import measure_turning, opened
    from aesplugin.evaluation.speed import make_photos
    from aesplugin.samples import sample_photos
    from aesplugin.settings import load_settings
    from aesplugin.web.app import create_app
    from aesplugin.web.guard import Access
    from aesplugin.web.state import Desk
    from aesplugin.web.testing import served

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as work:
        folder = Path(work) / "photos"
        say(f"generating {photos} photos of {megapixels:g} MP…")
        make_photos(folder, sample_photos(Path(work)), count=photos, megapixels=megapixels)
        settings = load_settings(
            catalog=str(Path(work) / "c.sqlite3"), model="fake", cache=Path(work) / "cache"
        )
        workshop = Workshop(settings)
        run = workshop.score_run()
        for _ in run.run(run.plan([str(folder)])):
            pass
        with (
            served(create_app(Desk(workshop, Access()))) as port,
            opened(f"http://127.0.0.1:{port}") as page,
        ):
            times = []
            for one in measure_turning(page, pause_ms=1000 * pause):
                times.append(asdict(one))
                if not json:
                    out.print(
                        f"{one.what:24} median {one.median_ms:6.1f}  95 % {one.p95_ms:6.1f}"
                        f"  worst {one.worst_ms:6.1f} ms over {one.turns} turns,"
                        f" {one.share_previews:.0%} at once as the preview",
                        soft_wrap=True,
                    )
        workshop.catalog.close()
    if json:
        print_json(times)
