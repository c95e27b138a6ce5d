"""aesplugin watch: score new photos automatically."""

import signal
import threading
from typing import Annotated

import typer

from aesplugin.cli import options

LEFT_UNDONE = 1


def command(  # noqa: PLR0913 - one parameter per option
    folders: Annotated[list[str], typer.Argument(metavar="DIR...", help="Folders to watch.")],
    *,
    once: Annotated[
        bool, typer.Option("--once", help="Exit when all photos found have been scored.")
    ] = False,
    mark_missing: Annotated[
        bool,
        typer.Option(
            "--mark-missing",
            help="In the first scan mark all files that are gone as missing, however many.",
        ),
    ] = False,
    broker: options.Broker = None,
    catalog: options.Catalog = None,
    model: options.Model = None,
    device: options.Device = None,
) -> None:
    """Watch folders and score every photo that appears; logs go to standard error.

    With a broker the work is done by `aesplugin worker` processes, without one in this process.
    Waits for folders that do not exist yet. With --once that is an error, and the command exits
    with 1 if some photos got no result.

    Example: aesplugin watch ~/Pictures
    """
    from aesplugin.compose import Workshop
    from aesplugin.settings import load_settings
    from aesplugin.workers.watch import run_watch

    settings = load_settings(broker=broker, catalog=catalog, model=model, device=device)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    is_done = run_watch(
        Workshop(settings), folders, stop=stop, once=once, mark_missing=mark_missing
    )
    if once and not is_done and not stop.is_set():
        raise typer.Exit(LEFT_UNDONE)
