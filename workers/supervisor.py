"""Children that end when their parent is gone, even where it was killed."""

import ctypes
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def ending_with_parent() -> Callable[[], None] | None:
    """What a child is to run before its command (`Popen`'s `preexec_fn`); None where not Linux.

    The kernel then sends the child SIGTERM when the thread that started it ends.
    """
    if not sys.platform.startswith("linux"):
        return None
    prctl, parent = ctypes.CDLL(None).prctl, os.getpid()  # looked up before the fork

    def ask() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:  # it was gone already
            os._exit(0)

    return ask


_log = logging.getLogger(__name__)
_POLL_SECONDS = 0.2
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0
_STEADY_SECONDS = 60.0  # who ran so long starts again without a pause
_GRACE_SECONDS = 30.0  # to finish the job at hand
WRONG_USAGE = 2  # exit code of a command that will not do better next time


@dataclass(slots=True)
class _Child:
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = _FIRST_PAUSE
    start_at: float = 0.0


class Supervisor:
    """Runs named commands until asked to stop."""

    def __init__(
        self,
        commands: Mapping[str, Sequence[str]],
        *,
        clock: Callable[[], float] = time.monotonic,
        grace: float = _GRACE_SECONDS,
    ) -> None:
        self._children = {name: _Child(command) for name, command in commands.items()}
        self._clock = clock
        self._grace = grace

    def run(self, stop: threading.Event) -> int:
        """Returns 0 when stopped, or the exit code of a command that is used wrongly."""
        code = 0
        try:
            while not stop.is_set() and not code:
                code = self.step()
                stop.wait(_POLL_SECONDS)
        finally:
            self.stop()
        return code

    def step(self) -> int:
        """Starts what has to be started; returns 2 where a command is used wrongly, else 0."""
        now = self._clock()
        for name, child in self._children.items():
            if child.process is None:
                if now >= child.start_at:
                    self._start(name, child, now)
            elif (code := child.process.poll()) is not None:
                if code == WRONG_USAGE:
                    return code
                self._plan_restart(name, child, code, now)
        return 0

    def stop(self) -> None:
        """SIGTERM to all, and SIGKILL to those that take longer than the grace."""
        running = [child.process for child in self._children.values() if child.process]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + self._grace
        for process in running:
            try:
                process.wait(timeout=max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for child in self._children.values():
            child.process = None

    def _start(self, name: str, child: _Child, now: float) -> None:
        # A session of its own: Ctrl-C reaches us only, and we tell the others in order.
        child.process = subprocess.Popen(
            child.command, start_new_session=True, preexec_fn=ending_with_parent()
        )
        child.started = now
        _log.info("started %s", name, extra={"pid": child.process.pid})

    def _plan_restart(self, name: str, child: _Child, code: int, now: float) -> None:
        if now - child.started >= _STEADY_SECONDS:
            child.pause = _FIRST_PAUSE
        child.process, child.start_at = None, now + child.pause
        _log.error("%s exited", name, extra={"code": code, "again_in": child.pause})
        child.pause = min(2 * child.pause, _LONGEST_PAUSE)
