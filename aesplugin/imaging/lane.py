"""One thread of the pool: keeps one child, asks it photo by photo, replaces it when it fails."""

import os
import queue
import threading
import time
from dataclasses import dataclass, field, replace
from typing import Any, Final

from aesplugin.errors import AesError, DamagedPhoto, PhotoError, StuckPhoto, UnreadablePhoto
from aesplugin.imaging import wire
from aesplugin.imaging.childprocess import ChildEnded, ChildLate, ChildProcess
from aesplugin.imaging.examine import Examination

_RECYCLE_AFTER: Final = 1000  # photos a child, to bound what its libraries leak
_EXIF_SECONDS: Final = 5.0  # sane tags are read in milliseconds

Outcome = Examination | PhotoError | AesError


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How children are started, and how long one photo may take, in seconds."""

    command: tuple[str, ...]
    seconds: float
    memory_mb: int


@dataclass(slots=True)
class Run:
    """One caller's photos: finished ones wait in `done`; a cancelled run's are not started."""

    done: "queue.SimpleQueue[tuple[str, Outcome]]" = field(default_factory=queue.SimpleQueue)
    is_cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """One photo asked for, and for whom."""

    path: str
    run: Run


class _ExifFailed(Exception):
    """The child hung or died while it read tags, the pixels being fine; the message says how."""


class Lane:
    """Serves requests until it takes a None from the queue or is stopped."""

    def __init__(self, requests: "queue.SimpleQueue[Request | None]", limits: Limits) -> None:
        self._requests = requests
        self._limits = limits
        self._child: ChildProcess | None = None
        self._is_stopped = False
        self._thread = threading.Thread(target=self._serve, name="imaging", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Serves no more; a busy child is killed."""
        self._is_stopped = True
        child = self._child
        if child is not None:
            child.interrupt()

    def join(self) -> None:
        """Waits until the child is gone; a None must be in the queue."""
        self._thread.join()

    def _serve(self) -> None:
        try:
            while (request := self._requests.get()) is not None:
                if not request.run.is_cancelled:
                    self._answer(request)
        finally:
            self._drop_child()

    def _answer(self, request: Request) -> None:
        """Whatever happens, the caller gets an outcome: it is waiting for one."""
        outcome: Outcome = AesError("the decoding thread failed; please report this")
        try:
            outcome = self._examine(request.path)
        except AesError as error:
            outcome = error
        finally:
            if self._is_stopped and not isinstance(outcome, Examination):
                # What a killed child leaves behind is no verdict on the photo.
                outcome = AesError("the decoding processes were stopped")
            request.run.done.put((request.path, outcome))

    def _examine(self, path: str) -> Examination | PhotoError:
        try:
            return self._examine_once_or_twice(path, read_exif=True)
        except _ExifFailed as failure:
            result = self._examine_once_or_twice(path, read_exif=False)
            if isinstance(result, PhotoError):
                return result
            return replace(result, photo=replace(result.photo, exif_problem=str(failure)))

    def _examine_once_or_twice(self, path: str, *, read_exif: bool) -> Examination | PhotoError:
        """A crash is tried again in a fresh child: an earlier photo may have damaged the first."""
        is_fresh = self._child is None or self._child.answered == 0
        try:
            return self._ask(path, read_exif=read_exif)
        except ChildEnded as end:
            if end.was_too_large:
                return StuckPhoto(wire.TOO_LARGE)
            if not is_fresh:
                return self._examine_once_or_twice(path, read_exif=read_exif)
            if end.was_killed:
                return StuckPhoto(
                    "the system killed the decoder, probably for want of memory;"
                    " lower `decoders` or decode_memory_mb"
                )
            return DamagedPhoto(f"the decoder crashed on it ({end}); copy it again")

    def _ask(self, path: str, *, read_exif: bool) -> Examination | PhotoError:
        child = self._ready_child()
        deadline = time.monotonic() + self._limits.seconds
        stage = "reading"
        try:
            child.send({"path": os.fsencode(path), "read_exif": read_exif})
            while "stage" in (message := child.receive(deadline)):
                stage = str(message["stage"])
                if stage == "exif":
                    deadline = time.monotonic() + self._exif_seconds
            result = _result(message)
        except ChildLate:
            self._drop_child()
            if stage == "exif":
                raise _ExifFailed(f"EXIF took longer than {self._exif_seconds:g} s") from None
            return self._too_late(stage)
        except ChildEnded as end:
            self._drop_child()
            if stage == "exif":
                raise _ExifFailed(f"the EXIF reader crashed ({end})") from None
            raise
        child.answered += 1
        return result

    def _too_late(self, stage: str) -> PhotoError:
        seconds = f"took longer than {self._limits.seconds:g} s"
        if stage == "reading":
            return UnreadablePhoto(f"reading it {seconds}; check the disk or the share")
        return StuckPhoto(f"decoding {seconds}; raise decode_seconds if the photo is sound")

    @property
    def _exif_seconds(self) -> float:
        return min(_EXIF_SECONDS, self._limits.seconds)

    def _ready_child(self) -> ChildProcess:
        if self._child is not None and self._child.answered >= _RECYCLE_AFTER:
            self._child.end()
            self._child = None
        if self._child is None:
            if not self._is_stopped:
                self._child = ChildProcess(self._limits.command, self._limits.memory_mb)
            if self._child is None or self._is_stopped:  # stopped before or while it started
                raise AesError("the decoding processes were stopped")
        return self._child

    def _drop_child(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child = None


def _result(message: dict[str, Any]) -> Examination | PhotoError:
    try:
        return wire.unpack_result(message)
    except wire.BrokenFrame as error:
        raise ChildEnded(f"it sent no result: {error}") from None
