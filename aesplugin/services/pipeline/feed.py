"""Send files through the queue, at most a window of them at once, until all are finished.

The only place that limits how much is in flight: every later step works on what was let in here,
so the broker's memory does not grow with the number of photos. The catalog says what is finished;
a file that is lost on the way (an emptied broker, a message gone with its worker) is sent again.
"""

import logging
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

from aesplugin.catalog.records import KnownFile
from aesplugin.jobs import Job, JobQueue
from aesplugin.photo import FileStamp, PhotoState
from aesplugin.services.pipeline.ingest import stamp_of
from aesplugin.services.pipeline.messages import IngestJob
from aesplugin.services.pipeline.score import ScoredFile
from aesplugin.services.pipeline.worker_alerts import Staffing

_log = logging.getLogger(__name__)
_IDLE_SECONDS = 2.0  # a queue empty for so long holds none of the files still missing
_GATHER_SECONDS = 1.0  # the most a few files wait for others to make up a whole chunk
_MOST_SENDS = 5
NO_ANSWER = "no worker responded: see `aesplugin status`"


class Ledger(Protocol):
    """What says which files are finished; see `aesplugin.catalog.catalog.Catalog`."""

    def known_files(
        self, model_revision: str, *, paths: Collection[str]
    ) -> Mapping[str, KnownFile]:
        """Those of `paths` the catalog holds."""
        ...

    def expect(self, paths: Collection[str]) -> None:
        """Marks files that could not be read before as waiting again."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much goes at once, and how long a file may take.

    `window` files are in flight at most, in jobs of `chunk`. A file is taken for lost when files
    sent `lease` seconds after it are finished. `watched`: see `IngestJob`.
    """

    window: int
    chunk: int
    lease: float
    watched: bool = False


@dataclass(slots=True)
class _Flight:
    stamp: FileStamp
    sent_at: float
    sends: int = 1


class Feeder:
    """One source of files for the queue; not for use by several threads."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        queue: JobQueue,
        revision: str,
        limits: Limits,
        clock: Callable[[], float] = time.monotonic,
        staffing: Staffing | None = None,
    ) -> None:
        self._ledger = ledger
        self._queue = queue
        self._revision = revision
        self._limits = limits
        self._clock = clock
        self._staffing = staffing
        self._backlog: dict[str, FileStamp] = {}  # in the order offered
        self._flying: dict[str, _Flight] = {}
        self._idle_since: float | None = None
        self._gathering_since: float | None = None
        self._newest_finished = clock()  # when the newest finished file was sent

    @property
    def unfinished(self) -> int:
        """Files offered and not yet reported."""
        return len(self._backlog) + len(self._flying)

    def offer(self, stamp: FileStamp) -> None:
        """Adds a file; one that is already in the queue unchanged is not added again."""
        flight = self._flying.get(stamp.path)
        if flight is None or flight.stamp != stamp:
            self._backlog[stamp.path] = stamp

    def step(self) -> list[ScoredFile]:
        """Makes one step of progress; returns the files finished since.

        Raises:
            QueueError: the broker does not answer; nothing is lost, call again later.
            CatalogError: likewise for the catalog.
        """
        self._queue.run_due()
        finished = self._collect() + self._find_lost()
        self._send()
        return finished

    def run(self, *, pause: float = 0.2) -> Iterator[ScoredFile]:
        """Steps until everything is finished."""
        while self.unfinished:
            yield from self.step()
            time.sleep(pause)

    def _collect(self) -> list[ScoredFile]:
        if not self._flying:
            return []
        known = self._ledger.known_files(self._revision, paths=list(self._flying))
        finished = []
        for path, found in known.items():
            stamp = self._flying[path].stamp
            same = (found.size, found.mtime_ns) == (stamp.size, stamp.mtime_ns)
            if same and found.state is not PhotoState.PENDING:
                flight = self._flying.pop(path)
                self._newest_finished = max(self._newest_finished, flight.sent_at)
                finished.append(
                    ScoredFile(
                        path=path,
                        state=found.state,
                        reason=found.reason,
                        content_hash=found.content_hash,
                    )
                )
        return finished

    def _find_lost(self) -> list[ScoredFile]:
        if not self._flying:
            self._idle_since = None
            return []
        now = self._clock()
        depth = self._queue.depth()
        if self._staffing is not None:
            self._staffing.look(depth)
        if depth.total:
            self._idle_since = None
        elif self._idle_since is None:
            self._idle_since = now
        is_idle = self._idle_since is not None and now - self._idle_since >= _IDLE_SECONDS
        overtaken = self._newest_finished - self._limits.lease
        lost = [p for p, flight in self._flying.items() if is_idle or flight.sent_at < overtaken]
        if lost:
            self._idle_since = None
        return self._send_again(lost, now)

    def _send_again(self, paths: list[str], now: float) -> list[ScoredFile]:
        """Sends lost files again; returns those that were lost too often."""
        given_up, again = [], []
        for path in paths:
            flight = self._flying[path]
            stamp = stamp_of(path)
            if stamp is None and self._limits.watched:  # deleted, or its drive is gone
                del self._flying[path]
            elif flight.sends >= _MOST_SENDS:
                del self._flying[path]
                given_up.append(ScoredFile(path=path, state=PhotoState.PENDING, reason=NO_ANSWER))
            else:
                self._flying[path] = _Flight(stamp or flight.stamp, now, flight.sends + 1)
                again.append(path)
        if again:
            _log.warning("%d files were lost in the queue and are sent again", len(again))
        for start in range(0, len(again), self._limits.chunk):
            self._dispatch(again[start : start + self._limits.chunk])
        return given_up

    def _send(self) -> None:
        """Fills the window, in whole chunks where possible: small batches are slow."""
        while self._backlog:
            ready = (path for path in self._backlog if path not in self._flying)
            paths = list(islice(ready, self._limits.chunk))
            if not paths or len(self._flying) + len(paths) > self._limits.window:
                return
            now = self._clock()
            if len(paths) < self._limits.chunk and self._is_gathering(now):
                return
            self._gathering_since = None
            self._ledger.expect(paths)  # or an earlier failure would be taken for the answer
            self._dispatch(paths)
            for path in paths:
                self._flying[path] = _Flight(self._backlog.pop(path), now)

    def _is_gathering(self, now: float) -> bool:
        """Whether a few files may wait a moment because the workers are busy with others."""
        if self._gathering_since is None:
            self._gathering_since = now
        return bool(self._flying) and now - self._gathering_since < _GATHER_SECONDS

    def _dispatch(self, paths: list[str]) -> None:
        job = IngestJob(paths=tuple(paths), watched=self._limits.watched)
        self._queue.send(Job.INGEST, job)
