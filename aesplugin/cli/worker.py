"""aesplugin worker: process the jobs of one queue."""

from typing import Annotated

import typer

from aesplugin.cli import options
from aesplugin.errors import UsageError


def command(
    *,
    queue: Annotated[
        str, typer.Option("--queue", help="Queue to work on: gpu, ingest or catalog.")
    ],
    broker: options.Broker = None,
    catalog: options.Catalog = None,
    model: options.Model = None,
    device: options.Device = None,
) -> None:
    """Process the jobs of one queue until stopped; logs go to standard error as JSON lines.

    gpu: runs the model; needs only the broker; one process per GPU.
    ingest: decodes photos; runs where photos and catalog are.
    catalog: stores results; one process, on the catalog's machine.

    Example: aesplugin worker --queue gpu --broker redis://photos.lan:6379/0 --device cuda:0
    """
    from aesplugin.jobs import Queue
    from aesplugin.settings import load_settings
    from aesplugin.workers.app import run_worker

    if queue not in list(Queue):
        raise UsageError(f"unknown queue {queue!r}; known: {', '.join(Queue)}")
    settings = load_settings(broker=broker, catalog=catalog, model=model, device=device)
    if not settings.broker:
        raise UsageError(
            "a worker needs a broker: --broker redis://host:6379/0, or the setting `broker`;"
            " without one, `aesplugin watch` and `aesplugin score` need no workers"
        )
    code = run_worker(settings, Queue(queue))
    # Threads of the network or a decoder may still be busy; the jobs are acknowledged, so exit.
    if code:
        raise typer.Exit(code)
