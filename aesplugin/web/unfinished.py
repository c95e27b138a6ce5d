"""A journal of scoring jobs, so that one that the server's end interrupted can be continued.

One file per job, locked while its server runs: another server on the same catalog leaves it alone.
What is scored is in the catalog, so the paths are all that has to be remembered.
"""

import logging
import os
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from filelock import FileLock
from pydantic import BaseModel, Field

from aesplugin import platform

_EVERY: Final = 1.0  # s between two notes of how far a job is
_log = logging.getLogger(__name__)


class _Note(BaseModel):
    paths: list[str] = Field(min_length=1)
    total: int = Field(0, ge=0)
    done: int = Field(0, ge=0)


@dataclass(slots=True)
class Unfinished:
    """One job; `done` of `total` files were done when that was noted last, 0 of 0 before it began.

    A journal that cannot be written is given up without a word: the job counts, and can be
    started again.
    """

    paths: Sequence[str]
    total: int = 0
    done: int = 0
    file: Path | None = None
    lock: FileLock | None = None
    clock: Callable[[], float] = time.monotonic
    noted_at: float = -_EVERY

    def reach(self, done: int, total: int) -> None:
        """Notes how far it is, now and then."""
        self.done, self.total = done, total
        if self.clock() - self.noted_at >= _EVERY:
            self.write()

    def write(self) -> None:
        """Notes it now."""
        if self.lock is None or self.file is None:
            return
        self.noted_at = self.clock()
        note = _Note(paths=list(self.paths), total=self.total, done=self.done)
        part = self.file.with_suffix(".part")
        try:
            part.write_text(note.model_dump_json(ensure_ascii=True), encoding="ascii")
            platform.replace(os.fspath(part), os.fspath(self.file))
        except OSError as error:  # a full disk
            _log.debug("an unfinished job could not be noted: %s", error)

    def forget(self) -> None:
        """It has ended."""
        if self.lock is None or self.file is None:
            return
        try:
            self.file.unlink(missing_ok=True)
            self.release()
            self.file.with_suffix(".lock").unlink(missing_ok=True)
        except OSError as error:  # offered once more, and then there is nothing to do
            _log.debug("an ended job could not be removed: %s", error)

    def release(self) -> None:
        """Leaves it to the next server; nothing is noted from now on."""
        lock, self.lock = self.lock, None
        if lock is not None:
            lock.release()


@dataclass(slots=True)
class Journal:
    """The unfinished jobs on one catalog, which `mark` names."""

    folder: Path
    mark: str
    open: list[Unfinished] = field(default_factory=list)

    def begin(self, paths: Sequence[str]) -> Unfinished:
        """Notes a new job."""
        made = Unfinished(paths)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            made.file = self.folder / f"{self.mark}-{secrets.token_hex(8)}.json"
            made.lock = platform.hold(made.file.with_suffix(".lock"))
        except OSError as error:
            _log.debug("unfinished jobs cannot be noted: %s", error)
            made.file = None
        made.write()
        self.open.append(made)
        return made

    def left_behind(self) -> Iterator[Unfinished]:
        """Those of servers that have ended; they are this one's now."""
        for file in sorted(self.folder.glob(f"{self.mark}-*.json")):
            try:
                lock = platform.hold(file.with_suffix(".lock"))
                if lock is None:
                    continue
                note = _Note.model_validate_json(file.read_bytes())
            except (OSError, ValueError) as error:  # cut off as the disk was full
                _log.debug("%s is not continued: %s", file, error)
                continue
            found = Unfinished(note.paths, note.total, note.done, file, lock)
            self.open.append(found)
            yield found

    def close(self) -> None:
        """Leaves all of them to the next server."""
        for one in self.open:
            one.write()
            one.release()
