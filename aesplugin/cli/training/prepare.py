"""aesplugin train prepare: encode every training photo once, and cache its features."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from aesplugin.cli import options
from aesplugin.cli.console import out, print_json, printable, say
from aesplugin.cli.training import shared
from aesplugin.cli.training.progress import photo_count
from aesplugin.counting import counted


class Source(StrEnum):
    """Kinds of training photos; the order is the one they are encoded in."""

    OASIS = "oasis"
    CROPS = "crops"
    UNLABELLED = "unlabelled"
    SETS = "sets"


def _offered(data: Path) -> list[Source]:
    """All kinds; crops and votes only where there are any, for most of training does without."""
    lacking = {
        Source.OASIS: "only votes from the configured data sets are used",
        Source.CROPS: "no human crops are used",
    }
    absent = [source for source in lacking if not (data / source).is_dir()]
    for source in absent:
        say(f"{data / source} does not exist: {lacking[source]}")
    return [source for source in Source if source not in absent]


def command(
    *,
    config: shared.Config,
    sources: Annotated[
        list[Source] | None,
        typer.Option("--source", help="Encode only this kind of photo; may be repeated."),
    ] = None,
    limit: shared.Limit = None,
    workers: Annotated[
        int | None,
        typer.Option(
            "--workers",
            min=1,
            help="Number of CPU processes (default: use the GPU, else one process per core).",
        ),
    ] = None,
    json: options.Json = False,
) -> None:
    """Encode the training photos and their flawed copies once; the stages read this cache.

    Example: aesplugin train prepare --config mini
    """
    chosen = shared.read_config(config, limit=limit)
    from aesplugin.training.features.prepare import prepare

    wanted = [source.value for source in sources or _offered(chosen.data)]
    with (
        shared.interruptible("run the same command to continue"),
        photo_count("encoding photos") as progress,
    ):
        encoded = prepare(chosen, wanted, workers=workers, progress=progress)
    cached = sum(1 for _ in chosen.features.glob("*.npz"))
    if json:
        print_json({"encoded": encoded, "cached": cached, "features": str(chosen.features)})
        return
    out.print(
        f"{counted(encoded, 'photo')} encoded; {cached} in {printable(str(chosen.features))}",
        markup=False,
    )
