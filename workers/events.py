"""The operating system's hints that a folder changed; never more than hints.

Events get lost (a full kernel queue), never come (network drives, files moved in with their
folder), or come without meaning. So a hint only makes the watcher look sooner than its next scan.
"""

import contextlib
import errno
import os
import queue
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver, ObservedWatch

from aesplugin.catalog.mounts import network_file_system

# Reading a photo opens and closes it: not a change, and the photo would wake the watcher forever.
_FILE_CHANGES = frozenset({"created", "modified", "moved", "closed"})
_FOLDER_CHANGES = frozenset({"created", "moved"})


class NoHints(Exception):
    """This folder cannot be watched by events; the message says why and the way out."""


class Hints(Protocol):
    """Where hints come from."""

    def watch(self, root: str) -> None:
        """Begins, or begins anew.

        Raises:
            NoHints: nothing will come from this folder, or not all of it.
        """
        ...

    def take(self) -> list[str]:
        """The paths hinted at since the last call, each once."""
        ...

    def close(self) -> None:
        """Ends all watching."""
        ...


class _Handler(FileSystemEventHandler):
    def __init__(self, put: Callable[[str], None]) -> None:
        self._put = put

    def on_any_event(self, event: FileSystemEvent) -> None:
        changes = _FOLDER_CHANGES if event.is_directory else _FILE_CHANGES
        if event.event_type not in changes:
            return
        for path in (event.src_path, event.dest_path):
            if path:
                self._put(os.fsdecode(path))


class SystemHints:
    """Hints by watchdog (inotify on Linux, FSEvents, ReadDirectoryChanges)."""

    def __init__(self, make_observer: Callable[[], BaseObserver] = Observer) -> None:
        self._make_observer = make_observer
        self._observer: BaseObserver | None = None
        self._watches: dict[str, ObservedWatch] = {}
        self._hints: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._handler = _Handler(self._hints.put)

    def watch(self, root: str) -> None:
        """Watches `root` and all below it."""
        if kind := network_file_system(Path(root)):
            raise NoHints(f"{root} is on a network drive ({kind}), which sends no events")
        try:
            observer = self._started()
            if old := self._watches.pop(root, None):
                with contextlib.suppress(KeyError):
                    observer.unschedule(old)
            self._watches[root] = observer.schedule(self._handler, root, recursive=True)
            self._probe(observer)
        except OSError as error:
            raise NoHints(_explain(root, error)) from None

    def take(self) -> list[str]:
        """What came in since the last call."""
        paths: dict[str, None] = {}
        with contextlib.suppress(queue.Empty):
            while True:
                paths[self._hints.get_nowait()] = None
        return list(paths)

    def close(self) -> None:
        """Stops the observer's threads."""
        if self._observer is not None:
            self._observer.stop()
            self._observer.join(timeout=5)

    def _started(self) -> BaseObserver:
        if self._observer is None:
            observer = self._make_observer()
            observer.start()
            self._observer = observer
        return self._observer

    def _probe(self, observer: BaseObserver) -> None:
        """Fails where no further folder can be watched.

        watchdog says nothing when the limit is reached below the root: those folders are just
        silent. If one more folder cannot be watched either, then some of them are.
        """
        with tempfile.TemporaryDirectory(prefix="aesplugin-") as folder:
            observer.unschedule(observer.schedule(self._handler, folder))


def _explain(root: str, error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EMFILE):
        return (
            f"{root} has more folders than this system can watch ({error.strerror}); raise the"
            " limit: sysctl fs.inotify.max_user_watches=524288 fs.inotify.max_user_instances=512"
        )
    return f"{root} cannot be watched by events ({error.strerror})"
