"""Parts of a folder that a scan enters and from which the system sends no events."""

import contextlib
import errno
import os
import queue
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver, ObservedWatch

from aesplugin.catalog.mounts import MOUNT_TABLE, network_drives, network_file_system
from aesplugin.workers.folders import Wanted, is_below


def unheard(root: str, wanted: Wanted, *, mount_table: Path = MOUNT_TABLE) -> str | None:
    """The first such part of `root` and why, in one line; None where all of it is heard.

    A link to a folder elsewhere is one (its target may be watched, its own name is not), and a
    network drive mounted below.
    """
    for point, kind in network_drives(mount_table).items():
        if is_below(point, root) and wanted.folder(point):
            return f"{point} is on a network drive ({kind}), which sends no events"
    home = os.path.realpath(root)
    for link in _linked_folders(root, wanted):
        target = os.path.realpath(link)
        if target != home and not is_below(target, home):
            return f"{link} is a link to a folder elsewhere, which sends no events"
    return None


def _linked_folders(root: str, wanted: Wanted) -> Iterator[str]:
    for folder, names, _ in os.walk(root):
        paths = [os.path.join(folder, name) for name in names]
        links = {path for path in paths if os.path.islink(path) and wanted.folder(path)}
        yield from sorted(links)
        names[:] = [os.path.basename(path) for path in paths if wanted.folder(path)]


# Reading a photo opens and closes it: not a change, and the photo would wake the watcher forever.
# A move into a folder that was made a moment ago is told of as a creation and a deletion.
_FILE_CHANGES = frozenset({"created", "modified", "moved", "closed", "deleted"})
_FOLDER_CHANGES = frozenset({"created", "moved", "deleted"})


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
        """The paths hinted at since the last call, each once.

        That of a folder that was deleted or moved away ends with a separator.
        """
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
        is_lost_folder = event.is_directory and event.event_type == "deleted"
        for path in (event.src_path, event.dest_path):
            if path:
                self._put(os.fsdecode(path) + (os.sep if is_lost_folder else ""))


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
            # A folder made together with what is in it is found twice; the second changes nothing.
            warnings.filterwarnings("ignore", "Callback with id .* already exists", RuntimeWarning)
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
