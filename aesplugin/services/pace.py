"""How fast a run is, and how long the rest of it will take: one rule for the page and the terminal.

The rate is the mean of two: over the last half minute, which follows other photos and other
programs on the machine, and over the whole run, which keeps the first from jumping. Photos that
were known before are reported in no time and count in neither; nor does the time before the first
other one, in which the model is loaded, nor a pause.
"""

import math
import time
from collections import deque
from collections.abc import Callable
from typing import Final

_RECENT: Final = 30.0  # s
_APART: Final = 1.0  # s between two samples: a batch comes at once
_LEAST_SECONDS: Final = 5.0  # before that, and with fewer photos, nothing can be said
_LEAST_PHOTOS: Final = 5
_MINUTE: Final = 60
_HOUR: Final = 3600
_DAY: Final = 24 * _HOUR


class Pace:
    """Of one run. `known` photos of it, the first ones, needed no work."""

    def __init__(self, known: int = 0, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._known = known
        self._clock = clock
        self._paused = 0.0  # s
        self._since: float | None = None  # when the current pause began
        self._samples: deque[tuple[float, int]] = deque()  # time and photos, the oldest at most
        self._first: tuple[float, int] | None = None  # half a minute ago

    def note(self, done: int) -> None:
        """So many photos of the run are done, known ones included."""
        worked, now = done - self._known, self._now()
        if worked <= 0 or (self._samples and worked == self._samples[-1][1]):
            return
        if self._samples and now - self._samples[-1][0] < _APART:
            now = self._samples.pop()[0]
        self._samples.append((now, worked))
        if self._first is None or now == self._first[0]:
            self._first = now, worked  # the first batch: how long it took is not known
        while len(self._samples) > 1 and now - self._samples[1][0] >= _RECENT:
            self._samples.popleft()

    def pause(self) -> None:
        """The time until `resume` does not count."""
        self._since = self._since if self._since is not None else self._clock()

    def resume(self) -> None:
        """The run continues."""
        if self._since is not None:
            self._paused += self._clock() - self._since
            self._since = None

    @property
    def rate(self) -> float | None:
        """Photos a second; None while there is not enough to tell."""
        if self._first is None:
            return None
        (began, first), (_, last) = self._first, self._samples[-1]
        now = self._now()
        if now - began < _LEAST_SECONDS or last - first < _LEAST_PHOTOS:
            return None
        since, before = self._samples[0]
        recent = (last - before) / (now - since) if now > since else 0.0
        return (recent + (last - first) / (now - began)) / 2

    def seconds_left(self, done: int, total: int) -> float | None:
        """Until `total` photos are done; None while there is not enough to tell."""
        rate = self.rate
        return max(0, total - done) / rate if rate else None

    def _now(self) -> float:
        return (self._clock() if self._since is None else self._since) - self._paused


def time_left(seconds: float | None) -> str:
    """Such as "about 6 min left", no more exact than is known; empty where nothing is."""
    if seconds is None or not math.isfinite(seconds):
        return ""
    if seconds < _MINUTE - 15:
        return "less than a minute left"
    if seconds < _HOUR - _MINUTE / 2:
        return f"about {max(1, round(seconds / _MINUTE))} min left"
    if seconds < 10 * _HOUR:
        hours, minutes = divmod(10 * round(seconds / _MINUTE / 10), 60)
        return f"about {hours} h {minutes} min left" if minutes else f"about {hours} h left"
    if seconds < 2 * _DAY:
        return f"about {round(seconds / _HOUR)} h left"
    return f"about {round(seconds / _DAY)} days left"
