"""When is a file finished? Pure logic: whoever calls brings the clock and looks at the disk.

No event says reliably that a file is complete: a copy closes and reopens it, a network drive says
nothing, a move raises no "closed". So a file counts as settled when two looks at least `seconds`
apart saw the same size and mtime. An mtime is only compared for equality, never with a clock, so
cameras and clocks with wrong dates do no harm.
"""

import heapq
from dataclasses import dataclass

from aesplugin.photo import FileStamp


@dataclass(slots=True)
class _Waiting:
    stamp: FileStamp | None  # what the last look saw; None before the first
    since: float  # when that stamp was first seen
    due: float  # when to look next


class Settler:
    """Files that were noticed and may still be growing.

    `seconds` is how long size and mtime must stay the same. Times are any clock's seconds; one
    that jumps back only makes a file wait anew, it never settles one early.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._waiting: dict[str, _Waiting] = {}
        self._agenda: list[tuple[float, str]] = []  # heap of (due, path); stale entries skipped

    def __len__(self) -> int:
        return len(self._waiting)

    def notice(self, path: str, now: float) -> None:
        """Something may have happened to `path`: it is checked in the next round."""
        if path not in self._waiting:
            self._waiting[path] = _Waiting(stamp=None, since=now, due=now)
            self._plan(path, now)

    def due(self, now: float) -> list[str]:
        """The paths whose size and mtime should be checked now; each is then given to `check`."""
        self._heal(now)
        paths = []
        while self._agenda and self._agenda[0][0] <= now:
            when, path = heapq.heappop(self._agenda)
            waiting = self._waiting.get(path)
            if waiting is not None and waiting.due == when:
                paths.append(path)
        return list(dict.fromkeys(paths))

    def check(self, path: str, stamp: FileStamp | None, now: float) -> bool:
        """Takes in what a look saw (None: gone); True where the file is settled, and forgotten."""
        waiting = self._waiting.get(path)
        if waiting is None:
            return False
        if stamp is None:
            del self._waiting[path]
            return False
        if stamp != waiting.stamp or now < waiting.since:
            waiting.stamp, waiting.since = stamp, now
        elif now - waiting.since >= self._seconds:
            del self._waiting[path]
            return True
        self._plan(path, waiting.since + self._seconds)
        return False

    def _plan(self, path: str, when: float) -> None:
        self._waiting[path].due = when
        heapq.heappush(self._agenda, (when, path))

    def _heal(self, now: float) -> None:
        """After a jump back, nothing waits longer than `seconds` from now."""
        latest = now + self._seconds
        late = [path for path, waiting in self._waiting.items() if waiting.due > latest]
        for path in late:
            self._plan(path, latest)
