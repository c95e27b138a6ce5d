"""aesplugin evaluate page: the review page, timed."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aesplugin.cli import options
from aesplugin.cli.console import out, print_json, say

if TYPE_CHECKING:
    from aesplugin.evaluation.benchmarks.page import PageTimes


def command(
    *,
    photos: Annotated[
        int, typer.Option("--photos", min=1, help="Number of photos in the catalog.")
    ] = 100_000,
    requests: Annotated[
        int, typer.Option("--requests", min=1, help="Number of requests of each kind.")
    ] = 60,
    json: options.Json = False,
) -> None:
    """Time the review page over a large catalog, in milliseconds at the server.

    Example: aesplugin evaluate page --photos 100000
    """
    import tempfile
    import time
    from dataclasses import asdict

    from aesplugin.compose import Workshop
    from aesplugin.evaluation.benchmarks.page import fill, measure_page
    from aesplugin.settings import load_settings
    from aesplugin.web.testing import probed

    with tempfile.TemporaryDirectory() as work:
        settings = load_settings(
            catalog=str(Path(work) / "c.sqlite3"), model="fake", cache=Path(work)
        )
        workshop = Workshop(settings)
        began = time.perf_counter()
        fill(workshop.catalog, workshop.card, photos=photos)
        say(f"generated a catalog of {photos:,} photos in {time.perf_counter() - began:.0f} s")
        with probed(workshop) as ask:
            times = []
            for one in measure_page(ask, photos=photos, requests=requests):
                times.append(asdict(one))
                if not json:
                    _print(one)
    if json:
        print_json(times)


def _print(one: "PageTimes") -> None:
    out.print(
        f"{one.what:31} median {one.median_ms:6.1f}  95 % {one.p95_ms:6.1f}"
        f"  worst {one.worst_ms:6.1f} ms, CPU 95 % {one.p95_cpu_ms:5.1f}",
        soft_wrap=True,
    )
