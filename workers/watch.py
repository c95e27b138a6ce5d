"""One watcher process: its parts wired, its metrics served."""

import threading
from collections.abc import Sequence

from aesplugin.compose import Workshop
from aesplugin.services.metrics import serve_metrics
from aesplugin.services.status import read_status
from workers.events import SystemHints
from workers.folders import MOST_GONE, Folder
from workers.logs import log_as_json
from workers.watcher import Watcher


def run_watch(
    parts: Workshop,
    folders: Sequence[str],
    *,
    stop: threading.Event,
    once: bool = False,
    mark_missing: bool = False,
) -> None:
    """Watches until `stop` is set; with `once` until all that was found is finished.

    With `mark_missing` the first scan marks what has gone however much it is.

    Raises:
        AesError: the catalog, the broker or the model cannot be used at the start.
    """
    log_as_json()
    if parts.settings.broker:
        parts.broker_queue().ping()
    watched = [
        Folder(path, parts.settings.ignore, first_gone=1.0 if mark_missing else MOST_GONE)
        for path in folders
    ]
    watcher = Watcher(watched, parts, feeder=parts.feeder(watched=True), hints=SystemHints())
    if parts.settings.metrics_port:
        serve_metrics(lambda: read_status(parts), parts.settings.metrics_port)
    try:
        watcher.run(stop, until_done=once)
    finally:
        parts.close()
