"""A journal of the photos being scored in this process, for the next process to find.

A photo that kills the process leaves no error that could be counted, but its note stays. With
workers the broker does this: it gives their jobs to others.
"""

import json
import logging
import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from filelock import FileLock

from aesplugin import platform

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Look:
    """Photos that were scored in one batch."""

    revision: str
    contents: tuple[str, ...]


class Looks:
    """Notes under a folder, one file per process, locked while it runs."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: IO[str] | None = None
        self._lock: FileLock | None = None  # held while this process lives

    @contextmanager
    def noted(self, revision: str, contents: Sequence[str]) -> Iterator[None]:
        """The note exists during the context, and remains if the process ends within it."""
        self._write(json.dumps({"revision": revision, "contents": list(contents)}))
        try:
            yield
        finally:
            self._write("")

    def left_behind(self) -> Iterator[Look]:
        """What ended processes were scoring; reported once."""
        for path in self._folder.glob("*.look"):
            try:
                note = _take(path)
            except (OSError, ValueError):  # it cannot be read, or its process was stopped at it
                continue
            if note is not None:
                yield note

    def _write(self, text: str) -> None:
        try:
            if self._file is None:
                self._file = self._open()
            self._file.seek(0)
            self._file.truncate()
            self._file.write(text)
            self._file.flush()
        except OSError as error:  # a full disk: a photo that kills would not be found, no more
            _log.debug("the batch in progress could not be recorded: %s", error)

    def _open(self) -> IO[str]:
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{os.getpid()}-{secrets.token_hex(8)}.look"
        self._lock = platform.hold(path.with_suffix(".lock"))
        return path.open("x")


def _take(path: Path) -> Look | None:
    """Takes the note; None if its process is running, or there was nothing to note."""
    lock = platform.hold(path.with_suffix(".lock"))
    if lock is None:
        return None
    try:
        text = path.read_text()
        path.unlink()
        note = json.loads(text) if text else None
    finally:
        lock.release()
        path.with_suffix(".lock").unlink(missing_ok=True)
    return None if note is None else Look(note["revision"], tuple(note["contents"]))
