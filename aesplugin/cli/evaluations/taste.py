"""aesplugin evaluate taste: ranking by taste and the cull over large catalogs, timed."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aesplugin.cli import options
from aesplugin.cli.console import out, print_json

if TYPE_CHECKING:
    from aesplugin.evaluation.benchmarks.taste import Costs
    from aesplugin.evaluation.benchmarks.timing import Timing


def command(
    *,
    ranked: Annotated[
        int, typer.Option("--ranked", min=200, help="Number of photos to rank for a person.")
    ] = 100_000,
    culled: Annotated[
        int, typer.Option("--culled", min=0, help="Number of photos to group and cull; 0 = none.")
    ] = 10_000,
    json: options.Json = False,
    model: options.Model = None,
) -> None:
    """Time ranking after a new favourite, grouping, culling, and the personal score of a photo.

    Example: aesplugin evaluate taste --ranked 100000 --culled 10000
    """
    import tempfile
    from dataclasses import asdict

    with tempfile.TemporaryDirectory() as work:
        timings = {"rank": _rank(Path(work), ranked)}
        if culled:
            timings["cull"] = _cull(Path(work), culled)
        costs = _costs(model)
    if json:
        figures = {name: asdict(timing) for name, timing in timings.items()}
        print_json(figures | {"cost": asdict(costs) | {"ratio": costs.ratio}})
        return
    for name, timing in timings.items():
        out.print(
            f"{name}  {timing.photos} photos  {timing.seconds:.2f} s"
            f"  ({timing.processor:.2f} s of CPU time)"
        )
    out.print(
        f"per photo  {costs.encoded * 1e3:.1f} ms to score it; with {costs.examples} rated photos"
        f" {costs.personal * 1e6:.1f} µs more ({costs.ratio:.4f} times)"
    )


def _rank(work: Path, photos: int) -> "Timing":
    from aesplugin.catalog.catalog import Catalog
    from aesplugin.evaluation.benchmarks.taste import REVISION, USER, fill, time_taste
    from aesplugin.services.personal.explanations import ranked_photos
    from aesplugin.services.personal.taste import rank_for

    with Catalog.open(work / "ranked.sqlite3") as catalog:
        hashes = fill(catalog, photos)

        def rank() -> None:
            ranked_photos(catalog, REVISION, rank_for(catalog, REVISION, USER), limit=50)

        return time_taste(catalog, hashes, rank)


def _cull(work: Path, photos: int) -> "Timing":
    from dataclasses import replace

    from aesplugin.catalog.catalog import Catalog
    from aesplugin.evaluation.benchmarks.taste import REVISION, faces, fill, thumbnails
    from aesplugin.evaluation.benchmarks.timing import time_once
    from aesplugin.imaging.renditions import read_sketch
    from aesplugin.services.culling import profiles
    from aesplugin.services.culling.candidate import Wish
    from aesplugin.services.culling.cull import cull
    from aesplugin.services.groups.group import read_shoot

    with Catalog.open(work / "culled.sqlite3") as catalog:
        hashes = fill(catalog, photos)
        places, found = thumbnails(work / "thumbnails", hashes), faces(hashes)

        def propose() -> None:
            cull(
                replace(read_shoot(catalog, REVISION), faces=found),
                Wish(keep=photos // 10),
                profiles.load(profiles.AUTO),
                sketches=lambda key: read_sketch(places[key]),
            )

        return time_once(photos, propose)


def _costs(model: str | None) -> "Costs":
    from aesplugin.compose import Workshop
    from aesplugin.evaluation.benchmarks.taste import measure_costs
    from aesplugin.models.personal.plain import fitting_model
    from aesplugin.settings import load_settings

    workshop = Workshop(load_settings(model=model))
    return measure_costs(
        workshop.load_model(),
        lambda embeddings, scores: fitting_model(
            embeddings,
            scores,
            revision=workshop.card.revision,
            files=workshop.personal_files,
        ),
    )
