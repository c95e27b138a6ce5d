"""Under which name a photo is taken where links lead to it from several watched folders."""

import logging
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence

from aesplugin.errors import CatalogError, ModelAway, ModelError, QueueError
from aesplugin.photo import PhotoState
from aesplugin.services.context import Parts
from aesplugin.services.pipeline.feed import Feeder
from aesplugin.services.pipeline.ingest import stamp_of
from aesplugin.workers.events import Hints, NoHints, unheard
from aesplugin.workers.folders import Folder, is_below
from aesplugin.workers.settle import Settler


class OneName:
    """Of the names of one file the one in the watched folder that holds it; else the first seen."""

    def __init__(self, folders: Sequence[Folder]) -> None:
        self._folders = folders
        self._outside: dict[str, str] = {}  # real path → the name it was first seen by

    def only(self, photos: Iterable[str]) -> Iterator[str]:
        """Those of `photos` that are not taken under another name."""
        if len(self._folders) < 2:
            yield from photos  # a walk of one folder sees to it
            return
        homes = [(folder, os.path.realpath(folder.path)) for folder in self._folders]
        # A folder watched by its own path before one watched through a link to it.
        homes.sort(key=lambda home: home[1] != home[0].path)
        for path in photos:
            if self._name(path, homes) == path:
                yield path

    def _name(self, path: str, homes: Sequence[tuple[Folder, str]]) -> str:
        real = os.path.realpath(path)
        for folder, home in homes:
            if is_below(real, home):
                own = os.path.join(folder.path, os.path.relpath(real, home))
                if folder.wanted.photo(own):
                    return own
        first = self._outside.setdefault(real, path)
        if first != path and not os.path.lexists(first):
            first = self._outside[real] = path
        return first


_log = logging.getLogger(__name__)
_SCAN_SECONDS = 30.0  # between scans of a folder that sends no events
_CHECK_SECONDS = 2.0  # between looks whether a folder is still there
_PAUSE = 0.25
_LONGEST_PAUSE = 30.0


class Watcher:
    """Folders → photos that are settled → the queue."""

    def __init__(
        self,
        folders: Sequence[Folder],
        parts: Parts,
        *,
        feeder: Feeder,
        hints: Hints,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._parts = parts
        self._folders = list(folders)
        self._scan_due = dict.fromkeys(self._folders, 0.0)
        self._silent: set[Folder] = set()  # folders that send no events
        self._moving: set[Folder] = set()  # scanned again when what is new in them is done
        self._check_due = 0.0
        self._gave_up = False
        self._feeder = feeder
        self._hints = hints
        self._clock = clock
        self._settler = Settler(parts.settings.settle_seconds)
        self._one_name = OneName(folders)

    @property
    def unfinished(self) -> int:
        """Photos noticed and not yet settled in the catalog."""
        return len(self._settler) + self._feeder.unfinished

    @property
    def left_undone(self) -> bool:
        """Whether a photo was given up for want of an answer, or a folder is not there."""
        return self._gave_up or not all(folder.is_there for folder in self._folders)

    def run(self, stop: threading.Event, *, until_done: bool = False) -> None:
        """Watches until `stop` is set, or until everything that was found is finished.

        Raises:
            ModelError: this process is to ask the model itself, and cannot.
        """
        pause = _PAUSE
        while not stop.is_set():
            try:
                self.step()
                pause = _PAUSE
                if until_done and not self.unfinished and not self._moving:
                    break
            except (CatalogError, QueueError, ModelAway) as error:
                pause = min(2 * pause, _LONGEST_PAUSE)
                _log.error("%s", error, extra={"again_in": pause})
            except ModelError:
                raise
            except Exception:  # noqa: BLE001 - a watcher outlives what nobody foresaw
                pause = min(2 * pause, _LONGEST_PAUSE)
                _log.exception("unexpected error; continuing")
            stop.wait(pause)
        self._hints.close()

    def step(self) -> None:
        """One round: folders, hints, files that may be settled, the queue."""
        now = self._clock()
        if now >= self._check_due:
            self._check_due = now + _CHECK_SECONDS
            self._check_folders(now)
        self._take_hints(now)
        self._scan(now)
        self._look(now)
        for file in self._feeder.step():
            self._gave_up |= file.state is PhotoState.PENDING
            if file.state is not PhotoState.ASSESSED:
                named = {"photo": file.content_hash} if file.content_hash else {"file": file.path}
                _log.warning("no score: %s", file.reason, extra=named | {"state": file.state.value})

    def _check_folders(self, now: float) -> None:
        for folder in self._folders:
            if not folder.check():
                continue
            _log.info("watching %s", folder.path)
            self._scan_due[folder] = now
            try:
                self._hints.watch(folder.path)
                self._silent.discard(folder)
            except NoHints as error:
                self._silence(folder, str(error))

    def _silence(self, folder: Folder, reason: str) -> None:
        self._silent.add(folder)
        _log.error("%s; scanning every %.0f seconds instead", reason, _SCAN_SECONDS)

    def _take_hints(self, now: float) -> None:
        for path in self._hints.take():
            for folder in self._folders:
                if not is_below(path, folder.path):
                    continue
                photos, needs_scan = folder.take_hint(path)
                if needs_scan:
                    self._scan_due[folder] = now
                self._notice(photos, now)

    def _scan(self, now: float) -> None:
        for folder in self._folders:
            is_second = folder in self._moving and not self.unfinished
            if not folder.is_there or (now < self._scan_due[folder] and not is_second):
                continue
            if folder not in self._silent and (reason := unheard(folder.path, folder.wanted)):
                self._silence(folder, reason)
            every = self._parts.settings.reconcile_seconds
            self._scan_due[folder] = now + (
                min(_SCAN_SECONDS, every) if folder in self._silent else every
            )
            self._notice(folder.reconcile(self._parts.catalog, self._parts.card.revision), now)
            self._moving.discard(folder)
            if folder.has_moved and not is_second:
                self._moving.add(folder)

    def _notice(self, photos: Iterable[str], now: float) -> None:
        for photo in self._one_name.only(photos):
            self._settler.notice(photo, now)

    def _look(self, now: float) -> None:
        for path in self._settler.due(now):
            stamp = stamp_of(path)
            if self._settler.check(path, stamp, now) and stamp is not None:
                self._feeder.offer(stamp)
