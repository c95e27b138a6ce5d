"""aesplugin worker: do the jobs of one queue."""

from typing import Annotated

import typer

from aesplugin.cli import options
from aesplugin.errors import UsageError


def command(
    *,
    queue: Annotated[
        str, typer.Option("--queue", help="gpu, ingest or catalog: which jobs this process does.")
    ],
    broker: options.Broker = None,
    catalog: options.Catalog = None,
    model: options.Model = None,
    device: options.Device = None,
) -> None:
    """Do the jobs of one queue until stopped; logs go to standard error as JSON lines.

    gpu: asks the model; needs the broker only, one process per GPU.
    ingest: decodes photos; runs where photos and catalog are.
    catalog: stores answers; one process, beside the catalog.

    Example: aesplugin worker --queue gpu --broker redis://photos.lan:6379/0 --device cuda:0
    """
    from aesplugin.jobs import Queue
    from aesplugin.settings import load_settings
    from workers.app import run_worker

    if queue not in list(Queue):
        raise UsageError(f"no queue is named {queue!r}; known: {', '.join(Queue)}")
    settings = load_settings(broker=broker, catalog=catalog, model=model, device=device)
    if not settings.broker:
        raise UsageError(
            "a worker needs a broker: --broker redis://host:6379/0, or the setting `broker`;"
            " without one, `aesplugin watch` and `aesplugin score` do all the work themselves"
        )
    code = run_worker(settings, Queue(queue))
    # Threads of the network or a decoder may still be busy; the work is acknowledged, so leave.
    if code:
        raise typer.Exit(code)
