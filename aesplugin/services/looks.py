"""What the model is being asked in this process, noted where the next process finds it.

A photo that kills the process leaves no error that could be counted, but its note stays. With
workers the broker does this: it gives their jobs to others.
"""

import fcntl
import json
import logging
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Look:
    """Photos that a model was asked about together."""

    revision: str
    contents: tuple[str, ...]


class Looks:
    """Notes under a folder, one file a process, locked while it lives."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: IO[str] | None = None

    @contextmanager
    def noted(self, revision: str, contents: Sequence[str]) -> Iterator[None]:
        """The note stands while the context lasts, and stays where the process ends within it."""
        self._write(json.dumps({"revision": revision, "contents": list(contents)}))
        try:
            yield
        finally:
            self._write("")

    def left_behind(self) -> Iterator[Look]:
        """What processes that are gone were looking at; told once."""
        for path in self._folder.glob("*.look"):
            try:
                with path.open("r+") as file:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    path.unlink()
                    note = json.load(file) if os.fstat(file.fileno()).st_size else None
            except (OSError, ValueError):  # its process lives, or was stopped while it wrote
                continue
            if note is not None:
                yield Look(note["revision"], tuple(note["contents"]))

    def _write(self, text: str) -> None:
        try:
            if self._file is None:
                self._file = self._open()
            self._file.seek(0)
            self._file.truncate()
            self._file.write(text)
            self._file.flush()
        except OSError as error:  # a full disk: a photo that kills would not be found, no more
            _log.debug("what the model looks at could not be noted: %s", error)

    def _open(self) -> IO[str]:
        self._folder.mkdir(parents=True, exist_ok=True)
        number, _ = tempfile.mkstemp(suffix=".look", dir=self._folder)
        fcntl.flock(number, fcntl.LOCK_EX)
        return os.fdopen(number, "w")
