"""Ctrl-C, and the polite kill of a batch system, taken between two steps."""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

_SAME_WISH = 1.0  # second: a launcher passes Ctrl-C on to processes that have got it already


class Stopped(KeyboardInterrupt):
    """A training was interrupted, after its checkpoint was written; the text says at which step."""


@dataclass(slots=True)
class StopSign:
    """Whether somebody asked to stop."""

    asked: bool = False
    since: float = 0.0


@contextmanager
def stop_sign(*, same: float = _SAME_WISH) -> Iterator[StopSign]:
    """Turns the first signal into `asked`; one more than `same` seconds later interrupts at once.

    Threads other than the main one get no signals, and a sign that stays down.
    """
    sign = StopSign()
    if threading.current_thread() is not threading.main_thread():
        yield sign
        return

    def handle(number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        if sign.asked and now - sign.since > same:
            raise KeyboardInterrupt
        if not sign.asked:
            sign.asked, sign.since = True, now

    before = {one: signal.signal(one, handle) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield sign
    finally:
        for one, handler in before.items():
            signal.signal(one, handler if handler is not None else signal.SIG_DFL)
