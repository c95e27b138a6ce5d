"""One decoding process as its parent holds it: asked, waited for, killed."""

import os
import queue
import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Final

import psutil

from aesplugin import platform
from aesplugin.errors import AesError
from aesplugin.imaging.sandbox import protocol

_START_SECONDS: Final = 60.0  # imports from a cold disk
_END_SECONDS: Final = 2.0
_WATCHED_EVERY: Final = 0.2  # seconds, where a child cannot limit its own memory
# One thread a process: the pool runs one process a core, and threads cost address space.
_ENVIRONMENT: Final = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "1",
    # glibc keeps what one photo leaves for the next: fetching it anew costs 4 ms a photo.
    "MALLOC_MMAP_THRESHOLD_": str(32 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(64 << 20),
}


class ChildEnded(Exception):
    """The process ended, or sent what is no message; the message says how it ended."""

    def __init__(
        self, message: str, *, was_killed: bool = False, was_too_large: bool = False
    ) -> None:
        super().__init__(message)
        self.was_killed = was_killed  # by the system or a person, not by its own fault
        self.was_too_large = was_too_large  # and was ended for it


class ChildLate(Exception):
    """No message within the time given."""


class ChildProcess:
    """A running child. Not for use by two threads at once."""

    def __init__(
        self,
        command: Sequence[str],
        memory_mb: int,
        *,
        is_watched: bool = not platform.LIMITS_MEMORY,
    ) -> None:
        """Starts it and waits until it is ready.

        Where it `is_watched` it is ended if it takes more than `memory_mb`: it cannot see to that
        itself.

        Raises:
            AesError: it cannot start; the message holds its last words.
        """
        self.answered = 0
        self._most = None if platform.LIMITS_MEMORY else memory_mb << 20
        with tempfile.TemporaryFile() as words:
            try:
                self._process = subprocess.Popen(
                    command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=words,
                    env=_environment(),
                    **platform.own_group(),  # Ctrl-C reaches the parent only, which then ends us
                )
            except OSError as error:
                raise AesError(f"cannot start a decoding process: {error}") from None
            platform.widen(self._process.stdout)  # the child goes on while its parent is busy
            self._messages = _Messages(self._process.stdout)
            try:
                self.receive(time.monotonic() + _START_SECONDS)
            except (ChildEnded, ChildLate) as error:
                self.kill()
                raise AesError(
                    f"the decoding process did not start ({error}): {_last_line(words)}"
                ) from None

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    def send(self, message: dict[str, Any]) -> None:
        """Asks; requests are far smaller than a pipe's buffer, so this does not block.

        Raises:
            ChildEnded: it is gone.
        """
        stream = self._process.stdin
        assert stream is not None
        try:
            stream.write(protocol.frame(message))
            stream.flush()
        except OSError:
            raise self._how_it_ended() from None

    def receive(self, deadline: float) -> dict[str, Any]:
        """The next message, waiting until `deadline` (of `time.monotonic`).

        Raises:
            ChildEnded: the process ended or sent nonsense. ChildLate: nothing came in time.
        """
        body = self._next(deadline)
        if body is None:
            raise self._how_it_ended()
        try:
            return protocol.unpack(body)
        except protocol.BrokenFrame as error:
            raise ChildEnded(f"it sent an invalid message: {error}") from None

    def end(self) -> None:
        """Lets it end by itself, or kills it."""
        _close(self._process.stdin)
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._clean_up()

    def interrupt(self) -> None:
        """Kills it from another thread; the owner notices and cleans up."""
        self._process.kill()

    def kill(self) -> None:
        """Ends it now, whatever it does."""
        self._process.kill()
        self._clean_up()

    def _next(self, deadline: float) -> bytes | None:
        """The body of the next message; None where there will be none."""
        while True:
            left = max(0.0, deadline - time.monotonic())
            wait = left if self._most is None else min(left, _WATCHED_EVERY)
            try:
                return self._messages.get(wait)
            except queue.Empty:
                if wait == left:
                    raise ChildLate from None
                self._check_size()

    def _check_size(self) -> None:
        try:
            taken = psutil.Process(self.pid).memory_info().rss
        except psutil.Error:  # it has ended: the next message says so
            return
        if self._most is not None and taken > self._most:
            raise ChildEnded("it needed more memory than allowed", was_too_large=True)

    def _how_it_ended(self) -> ChildEnded:
        try:
            code = self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            return ChildEnded("it closed its output or sent an invalid message")
        if code < 0:
            return ChildEnded(f"signal {-code}", was_killed=platform.was_killed(code))
        return ChildEnded(f"exit code {code}")

    def _clean_up(self) -> None:
        _close(self._process.stdin)
        self._process.wait()
        self._messages.join()  # its end of the pipe is closed now
        _close(self._process.stdout)


class _Messages:
    """What a child says, read by a thread: not every system can wait for a pipe and a time."""

    def __init__(self, stream: IO[bytes] | None) -> None:
        assert stream is not None
        self._bodies: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._thread = threading.Thread(
            target=self._read, args=(stream,), name="imaging answers", daemon=True
        )
        self._thread.start()

    def get(self, seconds: float) -> bytes | None:
        """The next body; None after the last. Raises `queue.Empty` where none comes in time."""
        return self._bodies.get(timeout=seconds)

    def join(self) -> None:
        """Waits for the end of the stream."""
        self._thread.join(_END_SECONDS)

    def _read(self, stream: IO[bytes]) -> None:
        try:
            while len(header := stream.read(protocol.HEADER.size)) == protocol.HEADER.size:
                (length,) = protocol.HEADER.unpack(header)
                if length > protocol.LARGEST or len(body := stream.read(length)) < length:
                    break
                self._bodies.put(body)
        except (OSError, ValueError):  # closed meanwhile
            pass
        finally:
            self._bodies.put(None)


def _close(stream: IO[bytes] | None) -> None:
    if stream is not None:
        with suppress(OSError):  # unsent bytes to a process that is gone
            stream.close()


def _environment() -> dict[str, str]:
    """Ours, so that the child finds the same package without looking into the current folder."""
    package_root = str(Path(__file__).parents[3])
    known = os.environ.get("PYTHONPATH")
    path = os.pathsep.join([package_root, known] if known else [package_root])
    return {**os.environ, **_ENVIRONMENT, "PYTHONPATH": path}


def _last_line(words: IO[bytes]) -> str:
    words.seek(0)
    lines = words.read().decode("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else "it printed nothing"
