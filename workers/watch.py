"""One watcher process: its parts wired, its metrics served."""

import os
import socket
import threading
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from aesplugin.broker import WorkerBeat
from aesplugin.compose import Workshop
from aesplugin.errors import UsageError
from aesplugin.services.files.same_files import known_place
from aesplugin.services.prometheus import serve_metrics
from aesplugin.services.status import WATCHER, read_status
from aesplugin.workers.events import SystemHints
from aesplugin.workers.folders import MOST_GONE, Folder
from aesplugin.workers.logs import LastError, log_as_json
from aesplugin.workers.runtime import Pulse, Runtime
from aesplugin.workers.watcher import Watcher


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
    parts.catalog.check_writable()
    last_error = log_as_json()
    if parts.settings.broker:
        parts.broker_queue().ping()
    first_gone = 1.0 if mark_missing else MOST_GONE
    watched = [_folder(path, parts, first_gone=first_gone) for path in folders]
    watcher = Watcher(watched, parts, feeder=parts.feeder(watched=True), hints=SystemHints())
    if parts.settings.metrics_port:
        port = parts.settings.metrics_port
        serve_metrics(lambda: replace(read_status(parts), here=last_error.text), port)
    pulse = _start_pulse(parts, last_error) if parts.settings.broker else None
    try:
        watcher.run(stop, until_done=once)
    finally:
        if pulse is not None:
            pulse.stop()
        parts.close()
    return not watcher.left_undone


def _folder(path: str, parts: Workshop, *, first_gone: float) -> Folder:
    called = partial(known_place, parts.catalog)
    return Folder(path, parts.settings.ignore, first_gone=first_gone, called=called)


def _start_pulse(parts: Workshop, last_error: LastError) -> Pulse:
    """Has `aesplugin status` show this watcher and its troubles beside the workers."""
    me = WorkerBeat(queue=WATCHER, host=socket.gethostname(), pid=os.getpid())
    pulse = Pulse(Runtime(parts.settings), me, last_error)
    pulse.start()
    return pulse


def _check(path: str, *, must_exist: bool) -> None:
    if os.path.exists(path) and not os.path.isdir(path):
        raise UsageError(f"{path} is not a folder; name its folder, or use: aesplugin score")
    if must_exist and not os.path.isdir(path):
        raise UsageError(
            f"the folder {path} does not exist; check its name, or that its drive is mounted"
        )
