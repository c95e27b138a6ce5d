"""A person's taste for the page: for a large catalog cached and refreshed in the background.

To learn a taste anew after each star takes a moment for 1,000 photos, and 9 s for 100,000.
"""

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from aesplugin.errors import AesError
from aesplugin.services.review import Taste

_CHEAP_SECONDS = 0.25  # what takes no longer is asked while the page waits
_PAUSE_SECONDS = 2.0  # between two looks behind the page
_LARGE = 20_000  # photos; from here on not even the first request waits


@dataclass(frozen=True, slots=True)
class _Known:
    scores: Mapping[str, float]
    cost: float  # s, the most it ever took
    at: float  # s, monotonic


class PatientTaste:
    """Wraps a taste; `size` tells how many photos the catalog holds."""

    def __init__(self, taste: Taste, size: Callable[[], int]) -> None:
        self._taste = taste
        self._size = size
        self._known: dict[str, _Known] = {}
        self._renewed: set[str] = set()  # people whose taste is being learnt behind
        self._lock = threading.Lock()

    def scores(self, user: str) -> Mapping[str, float]:
        """Personal scores 1..10 by content hash; for a large catalog the cached ones, if any."""
        known = self._known.get(user)
        is_cheap = known.cost < _CHEAP_SECONDS if known else self._size() < _LARGE
        if is_cheap:
            return self.learn(user)
        self._learn_behind(user, known)
        return known.scores if known else {}

    def _learn_behind(self, user: str, known: _Known | None) -> None:
        with self._lock:
            is_young = known is not None and time.monotonic() - known.at < _PAUSE_SECONDS
            if is_young or user in self._renewed:
                return
            self._renewed.add(user)
        threading.Thread(target=self._renew, args=[user], name="taste", daemon=True).start()

    def _renew(self, user: str) -> None:
        try:
            with suppress(AesError):  # the next request to the catalog reports it
                self.learn(user)
        finally:
            with self._lock:
                self._renewed.discard(user)

    def learn(self, user: str) -> Mapping[str, float]:
        """The current scores, however long it takes."""
        began = time.monotonic()
        scores = self._taste.scores(user)
        now = time.monotonic()
        known = self._known.get(user)
        self._known[user] = _Known(scores, max(now - began, known.cost if known else 0.0), now)
        return scores
