"""One thread of the pool: keeps one child, asks it photo by photo, replaces it when it fails."""

import os
import queue
import threading
import time
from dataclasses import dataclass, field, replace
from typing import Any, Final

from aesplugin.errors import AesError, DamagedPhoto, PhotoError, StuckPhoto, UnreadablePhoto
from aesplugin.imaging.examine import Examination, Stage
from aesplugin.imaging.sandbox import protocol
from aesplugin.imaging.sandbox.process import ChildEnded, ChildLate, ChildProcess

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


class _StageFailed(Exception):
    """The child hung or died while it did what a photo can go without; the message says how."""

    def __init__(self, stage: Stage, how: str) -> None:
        super().__init__(how)
        self.stage = stage


@dataclass(frozen=True, slots=True)
class _Asked:
    """A photo, and what is read of it besides its pixels."""

    path: str
    exif: bool = True
    faces: bool = True

    def without(self, stage: Stage) -> "_Asked":
        """The same, but for what is read in this stage."""
        keeps_exif, keeps_faces = stage is not Stage.EXIF, stage is not Stage.FACES
        return replace(self, exif=self.exif and keeps_exif, faces=self.faces and keeps_faces)

    def message(self) -> dict[str, Any]:
        """As the child is sent it."""
        path = os.fsencode(self.path)
        return {"path": path, "read_exif": self.exif, "read_faces": self.faces}


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
        asked, problems = _Asked(path), dict[Stage, str]()
        while True:
            try:
                result = self._examine_once_or_twice(asked)
                break
            except _StageFailed as failure:  # each at most once: it is not asked for again
                problems[failure.stage] = str(failure)
                asked = asked.without(failure.stage)
        if isinstance(result, PhotoError):
            return result
        if said := problems.get(Stage.FACES):
            result = replace(result, faces_problem=f"{said}, at {path}")
        if said := problems.get(Stage.EXIF):
            result = replace(result, photo=replace(result.photo, exif_problem=said))
        return result

    def _examine_once_or_twice(self, asked: _Asked) -> Examination | PhotoError:
        """A crash is tried again in a fresh child: an earlier photo may have damaged the first."""
        is_fresh = self._child is None or self._child.answered == 0
        try:
            return self._ask(asked)
        except ChildEnded as end:
            if end.was_too_large:
                return StuckPhoto(protocol.TOO_LARGE)
            if not is_fresh:
                return self._examine_once_or_twice(asked)
            if end.was_killed:
                return StuckPhoto(
                    "the system killed the decoder, probably because memory ran out;"
                    " lower `decoders` or decode_memory_mb"
                )
            return DamagedPhoto(f"the decoder crashed on it ({end}); copy it again")

    def _ask(self, asked: _Asked) -> Examination | PhotoError:
        child = self._ready_child()
        deadline = time.monotonic() + self._limits.seconds
        stage = "reading"
        try:
            child.send(asked.message())
            while "stage" in (message := child.receive(deadline)):
                stage = str(message["stage"])
                if stage == Stage.EXIF:
                    deadline = time.monotonic() + self._exif_seconds
            result = _result(message)
        except ChildLate:
            self._drop_child()
            if stage == Stage.EXIF:
                how = f"EXIF took longer than {self._exif_seconds:g} s"
                raise _StageFailed(Stage.EXIF, how) from None
            if stage == Stage.FACES:
                how = f"it took longer than {self._limits.seconds:g} s"
                raise _StageFailed(Stage.FACES, how) from None
            return self._too_late(stage)
        except ChildEnded as end:
            self._drop_child()
            if stage == Stage.EXIF:
                raise _StageFailed(Stage.EXIF, f"the EXIF reader crashed ({end})") from None
            if stage == Stage.FACES:
                raise _StageFailed(Stage.FACES, f"the reader crashed ({end})") from None
            raise
        child.answered += 1
        return result

    def _too_late(self, stage: str) -> PhotoError:
        seconds = f"took longer than {self._limits.seconds:g} s"
        if stage == "reading":
            return UnreadablePhoto(f"reading it {seconds}; check the disk or the share")
        return StuckPhoto(f"decoding {seconds}; raise decode_seconds if the photo is intact")

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
        return protocol.unpack_result(message)
    except protocol.BrokenFrame as error:
        raise ChildEnded(f"it sent an invalid result: {error}") from None
