"""aesplugin evaluate page: the review page, timed."""

from pathlib import Path
from typing import Annotated

import typer

from aesplugin.cli import options
from aesplugin.cli.console import out, print_json


def command(
    *,
    photos: Annotated[int, typer.Option("--photos", min=1, help="How many rows.")] = 100_000,
    requests: Annotated[int, typer.Option("--requests", min=1, help="Of each kind.")] = 60,
    json: options.Json = False,
) -> None:
    """Time the review page over a large catalog, in milliseconds at the server.

    Example: aesplugin evaluate page --photos 100000
    """
    import tempfile
    from dataclasses import asdict

    from aesplugin.compose import Workshop
    from aesplugin.evaluation.benchmarks.page import fill, measure_page
    from aesplugin.settings import load_settings
    from aesplugin.web.probe import probed

    with tempfile.TemporaryDirectory() as work:
        settings = load_settings(
            catalog=str(Path(work) / "c.sqlite3"), model="fake", cache=Path(work)
        )
        workshop = Workshop(settings)
        fill(workshop.catalog, workshop.card, photos=photos)
        with probed(workshop) as ask:
            times = measure_page(ask, photos=photos, requests=requests)
    if json:
        print_json([asdict(one) for one in times])
        return
    for one in times:
        out.print(
            f"{one.what:26} median {one.median_ms:7.1f} ms  95 % {one.p95_ms:7.1f} ms"
            f"  worst {one.worst_ms:7.1f} ms"
        )
