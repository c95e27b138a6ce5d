"""aesplugin watch: score new photos by themselves."""

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
        bool, typer.Option("--once", help="End when everything found has been scored.")
    ] = False,
    mark_missing: Annotated[
        bool,
        typer.Option(
            "--mark-missing",
            help="At the first scan believe that whatever has gone was deleted, however much.",
        ),
    ] = False,
    broker: options.Broker = None,
    catalog: options.Catalog = None,
    model: options.Model = None,
    device: options.Device = None,
) -> None:
    """Watch folders and score every photo that appears; logs go to standard error.

    With a broker the work is done by `aesplugin worker` processes, without one in this process.
    A folder that is not there yet is waited for. With --once that is an error, and the command
    ends with 1 where photos got no answer.

    Example: aesplugin watch ~/Pictures
    """
    from aesplugin.compose import Workshop
    from aesplugin.settings import load_settings
    from workers.watch import run_watch

    settings = load_settings(broker=broker, catalog=catalog, model=model, device=device)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    is_done = run_watch(
        Workshop(settings), folders, stop=stop, once=once, mark_missing=mark_missing
    )
    if once and not is_done and not stop.is_set():
        raise typer.Exit(LEFT_UNDONE)
