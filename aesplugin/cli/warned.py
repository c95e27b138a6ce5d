"""Warnings of queue and catalog, said as lines of the command that meets them."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from aesplugin.cli.console import say
from aesplugin.errors import AesError


class _Saying(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        say(record.getMessage())


class _Keeping(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


@contextmanager
def queue_warnings_said() -> Iterator[None]:
    """Says what the queue warns of meanwhile: no worker there, files lost and sent again."""
    with _handled(_Saying(), "aesplugin.services.feed", "aesplugin.services.staffing"):
        yield


@contextmanager
def catalog_warnings_said() -> Iterator[None]:
    """Says behind the results that the catalog can only be read; an error says so itself."""
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
