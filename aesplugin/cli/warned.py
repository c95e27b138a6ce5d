"""Warnings of the queue, said as lines of a command that waits for it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from aesplugin.cli.console import say

_LOGS = ("aesplugin.services.feed", "aesplugin.services.staffing")


class _Saying(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        say(record.getMessage())


@contextmanager
def queue_warnings_said() -> Iterator[None]:
    """Says what the queue warns of meanwhile: no worker there, files lost and sent again."""
    saying, logs = _Saying(logging.WARNING), [logging.getLogger(name) for name in _LOGS]
    for log in logs:
        log.addHandler(saying)
    try:
        yield
    finally:
        for log in logs:
            log.removeHandler(saying)
