"""aesplugin evaluate queue: the queue, timed."""

from typing import Annotated

import typer

from aesplugin.cli import options
from aesplugin.cli.console import out, print_json


def command(
    *,
    workers: Annotated[
        list[int] | None, typer.Option("--workers", min=1, help="Repeat for several runs.")
    ] = None,
    photos: Annotated[int, typer.Option("--photos", min=1, help="Photos a worker.")] = 200,
    cost: Annotated[float, typer.Option("--cost", min=0, help="Seconds a photo.")] = 0.05,
    broker: options.Broker = None,
    json: options.Json = False,
) -> None:
    """Time the queue with a model of fixed cost; needs a Redis that nothing else uses.

    Example: aesplugin evaluate queue --workers 1 --workers 2 --broker redis://127.0.0.1:6379/0
    """
    from dataclasses import asdict

    from aesplugin.errors import UsageError
    from aesplugin.evaluation.benchmarks.queue import measure
    from aesplugin.settings import load_settings

    url = load_settings(broker=broker).broker
    if not url:
        raise UsageError("name a Redis: --broker redis://host:6379/0, or the setting `broker`")
    if not json:
        out.print("workers  photos  seconds  photos/s  overhead ms/photo  broker MiB")
    for count in workers or [1, 2, 4, 8]:
        run = measure(url, workers=count, photos=photos * count, cost=cost)
        if json:
            print_json(asdict(run))
        else:
            out.print(
                f"{run.workers:7} {run.photos:7} {run.seconds:8.1f} {run.photos_per_second:9.1f}"
                f" {run.overhead_ms:18.1f} {run.broker_mb:11.1f}"
            )
