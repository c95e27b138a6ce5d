"""aesplugin train prepare: look at every training photo once, and keep what the encoder saw."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from aesplugin.cli import options, train_options
from aesplugin.cli.console import out, print_json, printable, say
from aesplugin.cli.train_progress import photo_count


class Source(StrEnum):
    """Kinds of training photos; the order is the one they are encoded in."""

    OASIS = "oasis"
    CROPS = "crops"
    UNLABELLED = "unlabelled"
    SETS = "sets"


def _offered(data: Path) -> list[Source]:
    """All kinds; crops and votes only where there are any, for most of training does without."""
    lacking = {
        Source.OASIS: "no votes but those of named sets",
        Source.CROPS: "no crops that people chose",
    }
    absent = [source for source in lacking if not (data / source).is_dir()]
    for source in absent:
        say(f"{data / source} is absent: {lacking[source]}")
    return [source for source in Source if source not in absent]


def command(
    *,
    config: train_options.Config,
    sources: Annotated[
        list[Source] | None, typer.Option("--source", help="Only these; may be repeated.")
    ] = None,
    limit: train_options.Limit = None,
    workers: Annotated[
        int | None,
        typer.Option(
            "--workers", min=1, help="CPU processes; default: the GPU, without one, one a core."
        ),
    ] = None,
    json: options.Json = False,
) -> None:
    """Encode the training photos and their flawed copies, once; the stages read the cache.

    Example: aesplugin train prepare --config mini
    """
    chosen = train_options.read_config(config, limit=limit)
    from aesplugin.training.prepare import prepare

    wanted = [source.value for source in sources or _offered(chosen.data)]
    with (
        train_options.interruptible("run the same command to go on"),
        photo_count("encoding photos") as progress,
    ):
        encoded = prepare(chosen, wanted, workers=workers, progress=progress)
    cached = sum(1 for _ in chosen.features.glob("*.npz"))
    if json:
        print_json({"encoded": encoded, "cached": cached, "features": str(chosen.features)})
        return
    out.print(
        f"{encoded} photos encoded; {cached} are in {printable(str(chosen.features))}",
        markup=False,
    )
