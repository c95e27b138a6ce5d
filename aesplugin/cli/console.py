"""Where commands print: results to standard output, progress and errors to standard error."""

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.text import Text

from aesplugin.errors import AesError
from aesplugin.printable import printable as printable

# No emoji codes: what is printed holds texts of others, and `xmp:Label:` is not meant as one.
out = Console(highlight=False, emoji=False)
err = Console(stderr=True, highlight=False, emoji=False)


def say_error(message: str) -> None:
    """One line on standard error, whatever the message holds."""
    err.print(Text("error: ", style="bold red"), Text(printable(message)), sep="", soft_wrap=True)


def say(message: str) -> None:
    """One line of information on standard error."""
    err.print(Text(printable(message)), soft_wrap=True)


def print_json(value: Any) -> None:
    """One JSON value on one line; ASCII only, so that any path survives any terminal."""
    sys.stdout.write(json.dumps(value, allow_nan=False) + "\n")
    sys.stdout.flush()


class _Printing(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        say(record.getMessage())


class _Keeping(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


@contextmanager
def scoring_warnings_printed() -> Iterator[None]:
    """Prints meanwhile: no worker running, files lost and sent again, faces that were not read."""
    with _handled(
        _Printing(),
        "aesplugin.services.pipeline.feed",
        "aesplugin.services.pipeline.score",
        "aesplugin.services.pipeline.worker_alerts",
        "aesplugin.imaging.sandbox.pool",
    ):
        yield


@contextmanager
def catalog_warnings_printed() -> Iterator[None]:
    """Prints after the results that the catalog is read-only; an error says so itself."""
    keeping = _Keeping()
    with _handled(keeping, "aesplugin.catalog"):
        try:
            yield
        except (AesError, KeyboardInterrupt):
            keeping.messages.clear()
            raise
        finally:
            for message in keeping.messages:
                say(message)


@contextmanager
def _handled(handler: logging.Handler, *names: str) -> Iterator[None]:
    handler.setLevel(logging.WARNING)
    logs = [logging.getLogger(name) for name in names]
    for log in logs:
        log.addHandler(handler)
    try:
        yield
    finally:
        for log in logs:
            log.removeHandler(handler)
