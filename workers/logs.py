"""Logs as one JSON object a line, and the last error for `aesplugin status`.

A photo is named by its content hash (`photo`), one that could not be read by its path (`file`); no
pixels, no tags and so no places are logged.
"""

import json
import logging
import sys
import time
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TextIO

from celery.exceptions import SecurityWarning

_PLAIN = set(logging.LogRecord("", 0, "", 0, "", None, None).__dict__) | {"message", "taskName"}
_NEWS_SECONDS = 600.0  # an error that old says nothing of how things stand


class JsonFormatter(logging.Formatter):
    """time, level, logger, event, and whatever was given as `extra`."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        line |= {key: value for key, value in record.__dict__.items() if key not in _PLAIN}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


class LastError(logging.Handler):
    """Remembers the last error's one line, while it is news."""

    def __init__(self, *, clock: Callable[[], float] = time.time) -> None:
        super().__init__(logging.ERROR)
        self._clock = clock
        self._line = ""
        self._first = self._latest = 0.0

    @property
    def text(self) -> str:
        """The line and when it was first said; empty when it was not said for ten minutes."""
        if not self._line or abs(self._clock() - self._latest) > _NEWS_SECONDS:
            return ""
        return f"{self._line} (since {datetime.fromtimestamp(self._first, UTC):%H:%M} UTC)"

    def emit(self, record: logging.LogRecord) -> None:
        """Takes the line."""
        line, now = record.getMessage().partition("\n")[0], self._clock()
        if line != self._line or not self.text:
            self._first = now
        self._line, self._latest = line, now


def log_as_json(stream: TextIO | None = None) -> LastError:
    """Sends all logs of this process to `stream` (standard error), and returns the last error."""
    lines = logging.StreamHandler(stream or sys.stderr)
    lines.setFormatter(JsonFormatter())
    last_error = LastError()
    logging.basicConfig(level=logging.INFO, handlers=[lines, last_error], force=True)
    logging.captureWarnings(capture=True)
    # Celery warns of root because of pickled messages; ours cannot be pickled (see broker.py).
    warnings.filterwarnings("ignore", category=SecurityWarning)
    # One line a job from us is enough; Celery's own would be two more, with the payload's repr.
    for noisy in ("celery.worker.strategy", "celery.app.trace", "kombu"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    return last_error
