"""One decoding process as its parent holds it: asked, waited for, killed."""

import contextlib
import fcntl
import os
import select
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, Final

from aesplugin.errors import AesError
from aesplugin.imaging import wire

_START_SECONDS: Final = 60.0  # imports from a cold disk
_END_SECONDS: Final = 2.0
_PIPE_BYTES: Final = 1 << 20  # an answer fits: the child goes on while its parent is busy
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

    def __init__(self, message: str, *, was_killed: bool = False) -> None:
        super().__init__(message)
        self.was_killed = was_killed  # by the system or a person, not by its own fault


class ChildLate(Exception):
    """No message within the time given."""


class ChildProcess:
    """A running child. Not for use by two threads at once."""

    def __init__(self, command: Sequence[str]) -> None:
        """Starts it and waits until it is ready.

        Raises:
            AesError: it cannot start; the message holds its last words.
        """
        self.answered = 0
        with tempfile.TemporaryFile() as words:
            try:
                self._process = subprocess.Popen(
                    command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=words,
                    env=_environment(),
                    process_group=0,  # Ctrl-C reaches the parent only, which then ends us
                )
            except OSError as error:
                raise AesError(f"no decoding process can be started: {error}") from None
            _widen(self._process.stdout)
            try:
                self.receive(time.monotonic() + _START_SECONDS)
            except (ChildEnded, ChildLate) as error:
                self.kill()
                raise AesError(
                    f"the decoding process does not start ({error}): {_last_line(words)}"
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
            stream.write(wire.frame(message))
            stream.flush()
        except OSError:
            raise self._how_it_ended() from None

    def receive(self, deadline: float) -> dict[str, Any]:
        """The next message, waiting until `deadline` (of `time.monotonic`).

        Raises:
            ChildEnded: the process ended or sent nonsense. ChildLate: nothing came in time.
        """
        (length,) = wire.HEADER.unpack(self._read(wire.HEADER.size, deadline))
        if length > wire.LARGEST:
            raise ChildEnded(f"it sent a message of {length} bytes")
        try:
            return wire.unpack(self._read(length, deadline))
        except wire.BrokenFrame as error:
            raise ChildEnded(f"it sent no message: {error}") from None

    def end(self) -> None:
        """Lets it end by itself, or kills it."""
        self._close_pipes()
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def interrupt(self) -> None:
        """Kills it from another thread; the owner notices and cleans up."""
        self._process.kill()

    def kill(self) -> None:
        """Ends it now, whatever it does."""
        self._process.kill()
        self._close_pipes()
        self._process.wait()

    def _read(self, size: int, deadline: float) -> bytearray:
        stream = self._process.stdout
        assert stream is not None
        message, got = bytearray(size), 0
        waiter = select.poll()  # select() cannot watch descriptors above 1023
        waiter.register(stream, select.POLLIN)
        while got < size:
            left = max(0.0, deadline - time.monotonic())
            if not waiter.poll(left * 1000):
                raise ChildLate
            part = os.readv(stream.fileno(), [memoryview(message)[got:]])
            if not part:
                raise self._how_it_ended()
            got += part
        return message

    def _how_it_ended(self) -> ChildEnded:
        try:
            code = self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            return ChildEnded("it closed its output")
        if code < 0:
            return ChildEnded(f"signal {-code}", was_killed=-code == signal.SIGKILL)
        return ChildEnded(f"exit code {code}")

    def _close_pipes(self) -> None:
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                try:
                    stream.close()
                except OSError:  # unsent bytes to a process that is gone
                    continue


def _environment() -> dict[str, str]:
    """Ours, so that the child finds the same package without looking into the current folder."""
    package_root = str(Path(__file__).parents[2])
    known = os.environ.get("PYTHONPATH")
    path = os.pathsep.join([package_root, known] if known else [package_root])
    return {**os.environ, **_ENVIRONMENT, "PYTHONPATH": path}


def _widen(pipe: IO[bytes] | None) -> None:
    """Makes room for a whole answer, where the system lets us."""
    resize = getattr(fcntl, "F_SETPIPE_SZ", None)  # Linux alone has it
    if pipe is not None and resize is not None:
        with contextlib.suppress(OSError):  # more than an ordinary user may have
            fcntl.fcntl(pipe, resize, _PIPE_BYTES)


def _last_line(words: IO[bytes]) -> str:
    words.seek(0)
    lines = words.read().decode("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing"
