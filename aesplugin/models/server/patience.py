"""Asking again: with growing pauses, as long as it can help, and no longer than may be."""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from aesplugin.models.server.client import ServerAway, ServerBroke

T = TypeVar("T")

_ATTEMPTS: Final = 3  # where the server took the request and did not answer it


@dataclass(frozen=True, slots=True)
class Patience:
    """`seconds` is how long a server that is away, or busy, is waited for; pauses in seconds."""

    seconds: float
    first_pause: float = 0.5
    longest_pause: float = 8.0

    def persist(self, ask: Callable[[], T], given_up: threading.Event) -> T:
        """The answer of `ask`, or its last error.

        `given_up` is shared by those who wait for the same server: as soon as it is set nobody
        waits any longer. A server that asks for a longer pause than there is time is not asked
        again.

        Raises:
            ServerAway, ServerBroke: still, after all attempts; and what `ask` raises else.
        """
        deadline = time.monotonic() + self.seconds
        pause, broken = self.first_pause, 0
        while True:
            try:
                return ask()
            except ServerAway as error:
                wait = max(error.retry_after or 0.0, _jittered(pause))
                if given_up.is_set() or time.monotonic() + wait > deadline:
                    raise
            except ServerBroke as error:
                broken += 1
                wait = _jittered(pause)
                if error.is_slow or broken >= _ATTEMPTS or given_up.is_set():
                    raise
            given_up.wait(wait)
            pause = min(2 * pause, self.longest_pause)


def _jittered(pause: float) -> float:
    """Several who were refused at once do not come back at once."""
    return pause * random.uniform(0.75, 1.0)
