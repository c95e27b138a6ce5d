"""One watcher process: its parts wired, its metrics served."""

import os
import threading
from collections.abc import Sequence

from aesplugin.compose import Workshop
from aesplugin.errors import UsageError
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
) -> bool:
    """Watches until `stop` is set; with `once` until all that was found is finished.

    With `mark_missing` the first scan marks what has gone however much it is. Returns whether all
    that was found has its state.

    Raises:
        UsageError: one of `folders` is something else, or with `once` is not there.
        AesError: the catalog, the broker or the model cannot be used at the start.
    """
    for path in folders:
        _check(path, must_exist=once)
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
    return not watcher.left_undone


def _check(path: str, *, must_exist: bool) -> None:
    if os.path.exists(path) and not os.path.isdir(path):
        raise UsageError(f"{path} is not a folder; name its folder, or use: aesplugin score")
    if must_exist and not os.path.isdir(path):
        raise UsageError(f"the folder {path} is not there; check its name, or that its drive is")
