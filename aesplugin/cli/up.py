"""aesplugin up: everything one machine needs, in one command."""

import signal
import sys
import threading
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated

import typer

from aesplugin.cli import options

if TYPE_CHECKING:
    from aesplugin.settings import Settings


def command(
    folders: Annotated[list[str], typer.Argument(metavar="DIR...", help="Folders to watch.")],
    *,
    page: Annotated[bool, typer.Option("--page/--no-page", help="Serve the review page.")] = True,
    gpu_workers: Annotated[
        int,
        typer.Option("--gpu-workers", min=0, max=64, help="Number of GPU workers; needs a broker."),
    ] = 1,
    broker: options.Broker = None,
) -> None:
    """Run watcher, workers and page together; each is restarted if it stops.

    Without a broker the watcher does the workers' jobs itself. Ctrl-C or SIGTERM stops them all
    when they have finished their current jobs.

    Example: aesplugin up ~/Pictures
    """
    from aesplugin.settings import load_settings
    from aesplugin.workers.logs import log_as_json
    from aesplugin.workers.supervisor import Supervisor

    settings = load_settings(broker=broker)
    log_as_json()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    commands = _commands(settings, folders, gpu_workers=gpu_workers)
    if page and find_spec("aesplugin.cli.serve") and find_spec("uvicorn"):
        commands["page"] = [*_AESPLUGIN, "serve", "--no-open"]
    raise typer.Exit(Supervisor(commands).run(stop))


_AESPLUGIN = (sys.executable, "-m", "aesplugin")


def _commands(
    settings: "Settings", folders: list[str], *, gpu_workers: int
) -> dict[str, list[str]]:
    broker = ["--broker", settings.broker] if settings.broker else []
    commands = {"watcher": [*_AESPLUGIN, "watch", *broker, "--", *folders]}
    if settings.broker:
        queues = ["ingest", "catalog", *["gpu"] * gpu_workers]
        for number, queue in enumerate(queues, start=1):
            name = f"worker {number} ({queue})"
            commands[name] = [*_AESPLUGIN, "worker", "--queue", queue, *broker]
    return commands
