"""Watch folders and have every new photo scored; runs for months.

Events are hints; a scan at the start and on a schedule is the truth. A photo is sent on when it
is settled (see `workers.settle`). Whatever fails is tried again later: the catalog knows what is
done, so nothing has to be remembered here.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence

from aesplugin.errors import CatalogError, ModelError, QueueError
from aesplugin.photo import PhotoState
from aesplugin.services.feed import Feeder
from aesplugin.services.ingest import stamp_of
from aesplugin.services.parts import Parts
from workers.events import Hints, NoHints
from workers.folders import Folder
from workers.one_name import OneName
from workers.seen import is_below
from workers.settle import Settler
from workers.unheard import unheard

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
            except (CatalogError, QueueError) as error:
                pause = min(2 * pause, _LONGEST_PAUSE)
                _log.error("%s", error, extra={"again_in": pause})
            except ModelError:
                raise
            except Exception:  # noqa: BLE001 - a watcher outlives what nobody foresaw
                pause = min(2 * pause, _LONGEST_PAUSE)
                _log.exception("unexpected; going on")
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
            if self._settler.look(path, stamp, now) and stamp is not None:
                self._feeder.offer(stamp)
