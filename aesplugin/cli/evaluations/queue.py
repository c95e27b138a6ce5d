"""aesplugin evaluate queue: the queue, timed."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from aesplugin.cli import options
from aesplugin.cli.console import out, print_json

if TYPE_CHECKING:
    from aesplugin.evaluation.benchmarks.queue import QueueRun
    from aesplugin.settings import Settings


def command(  # noqa: PLR0913 - one parameter per option
    *,
    workers: Annotated[
        list[int] | None,
        typer.Option("--workers", min=1, help="Number of workers; may be repeated."),
    ] = None,
    photos: Annotated[int, typer.Option("--photos", min=1, help="Photos per worker.")] = 200,
    cost: Annotated[float, typer.Option("--cost", min=0, help="Seconds per photo.")] = 0.05,
    memory: Annotated[
        list[int] | None,
        typer.Option(
            "--memory",
            min=1,
            metavar="N",
            help="Measure the broker's memory with N small photos instead; may be repeated.",
        ),
    ] = None,
    real: Annotated[
        bool,
        typer.Option(
            "--real", help="Compare queue and single process with the real model instead."
        ),
    ] = False,
    broker: options.Broker = None,
    model: options.Model = None,
    json: options.Json = False,
) -> None:
    """Time the queue with a model of fixed cost; needs a Redis server used by nothing else.

    Example: aesplugin evaluate queue --workers 1 --workers 2 --broker redis://127.0.0.1:6379/0
    """
    from aesplugin.errors import UsageError
    from aesplugin.settings import load_settings

    settings = load_settings(broker=broker, model=model)
    if not settings.broker:
        raise UsageError(
            "name a Redis server: --broker redis://host:6379/0, or the setting `broker`"
        )
    if real:
        for count in workers or [1]:
            _compare(settings, photos, count, json=json)
    elif memory:
        _print_runs(_memory_runs(settings.broker, memory), json=json)
    else:
        runs = _scaling_runs(settings.broker, workers or [1, 2, 4, 8], photos=photos, cost=cost)
        _print_runs(runs, json=json)


def _scaling_runs(
    broker: str, workers: list[int], *, photos: int, cost: float
) -> "Iterator[QueueRun]":
    from aesplugin.evaluation.benchmarks.queue import measure

    for count in workers:
        yield measure(broker, workers=count, photos=photos * count, cost=cost)


def _memory_runs(broker: str, totals: list[int]) -> "Iterator[QueueRun]":
    from aesplugin.evaluation.benchmarks.queue import SMALL_BYTES, measure

    for total in totals:
        yield measure(broker, workers=1, photos=total, cost=0.0, rendition_bytes=SMALL_BYTES)


def _print_runs(runs: "Iterator[QueueRun]", *, json: bool) -> None:
    from dataclasses import asdict

    if not json:
        out.print("workers  photos  seconds  photos/s  overhead ms/photo  CPU ms/photo  broker MiB")
    for run in runs:
        if json:
            print_json(asdict(run))
        else:
            out.print(
                f"{run.workers:7} {run.photos:7} {run.seconds:8.1f} {run.photos_per_second:9.1f}"
                f" {run.overhead_ms:18.1f} {run.cpu_ms:13.1f} {run.broker_mb:11.2f}"
            )


def _compare(settings: "Settings", photos: int, workers: int, *, json: bool) -> None:
    from dataclasses import asdict

    from aesplugin.compose import Workshop
    from aesplugin.evaluation.benchmarks.queue_real import compare

    run = compare(settings, Workshop(settings).load_model(), photos=photos, workers=workers)
    if json:
        print_json(
            asdict(run)
            | {"overhead_percent": run.overhead_percent}
            | {"cpu_overhead_percent": run.cpu_overhead_percent}
        )
        return
    out.print(f"{run.photos} photos         seconds        CPU seconds")
    out.print(f"in one process     {run.inline_seconds:7.2f} {run.inline_cpu_seconds:18.2f}")
    out.print(f"queue, {workers:2} workers  {run.queue_seconds:7.2f} {run.queue_cpu_seconds:18.2f}")
    out.print(f"overhead           {run.overhead_percent:6.1f}% {run.cpu_overhead_percent:17.1f}%")
