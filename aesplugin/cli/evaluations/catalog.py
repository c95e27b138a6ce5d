"""aesplugin evaluate catalog: a large catalog, timed."""

from pathlib import Path
from typing import Annotated

import typer

from aesplugin.cli import options
from aesplugin.cli.console import out, print_json


def command(
    *,
    photos: Annotated[
        int, typer.Option("--photos", min=1, help="Number of photos in the catalog.")
    ] = 100_000,
    json: options.Json = False,
) -> None:
    """Time a large catalog: ranking, and scanning an unchanged folder tree.

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
