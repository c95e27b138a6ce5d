"""Examine many photos in processes that can be killed: one bad file never costs another."""

import itertools
import logging
import os
import queue
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Self

from aesplugin.errors import PhotoError
from aesplugin.imaging.examine import Examination
from aesplugin.imaging.sandbox.thread import Lane, Limits, Request, Run


def program(module: str) -> tuple[str, ...]:
    """The command that starts a child of a module of this package."""
    return (sys.executable, "-P", "-m", f"aesplugin.{module}")


CHILD: Final = program("imaging.sandbox.child")
_IN_FLIGHT: Final = 8  # photos per process: being examined, or waiting to be fetched
_log = logging.getLogger(__name__)


class ImagingPool:
    """Child processes that examine photos; use as a context manager.

    `seconds` bounds one photo, `memory_mb` one child's address space, `max_megapixels` one
    picture by its header. `processes` 0 means one per core. Children start when first needed,
    and one thread each waits for them, so they go on while the caller is busy.
    """

    def __init__(
        self,
        *,
        processes: int,
        seconds: float,
        memory_mb: int,
        max_megapixels: float,
        command: Sequence[str] = CHILD,
    ) -> None:
        self._size = processes or os.cpu_count() or 1
        self._limits = Limits(
            seconds=seconds,
            memory_mb=memory_mb,
            command=(
                *command,
                f"--seconds={seconds}",
                f"--memory-mb={memory_mb}",
                f"--max-megapixels={max_megapixels}",
            ),
        )
        self._requests: queue.SimpleQueue[Request | None] = queue.SimpleQueue()
        self._lanes: list[Lane] = []
        self._is_closed = False
        self._told: set[str] = set()  # why faces were not read

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def examine_all(self, paths: Iterable[str]) -> Iterator[tuple[str, Examination | PhotoError]]:
        """Yields each path with its result, as they complete.

        `paths` may be endless: it is drawn from only as results are fetched.

        Raises:
            AesError: no child can be started at all. Never because of one photo.
        """
        self._open()
        run = Run()
        waiting = iter(paths)
        asked = self._ask(waiting, self._size * _IN_FLIGHT, run)
        try:
            while asked:
                path, outcome = run.done.get()
                asked += self._ask(waiting, 1, run) - 1
                if not isinstance(outcome, Examination | PhotoError):
                    raise outcome
                if isinstance(outcome, Examination) and outcome.faces_problem:
                    self._tell(outcome.faces_problem)
                yield path, outcome
        finally:
            run.is_cancelled = True

    def examine(self, path: str) -> Examination:
        """One photo.

        Raises:
            PhotoError: what is wrong with it.
        """
        ((_, outcome),) = self.examine_all([path])
        if isinstance(outcome, PhotoError):
            raise outcome
        return outcome

    def close(self) -> None:
        """Ends the children, at once where they are busy."""
        self._is_closed = True
        for lane in self._lanes:
            lane.stop()
        for _ in self._lanes:
            self._requests.put(None)
        for lane in self._lanes:
            lane.join()

    def _open(self) -> None:
        if self._is_closed:
            raise ValueError("the pool is closed")
        while len(self._lanes) < self._size:
            self._lanes.append(Lane(self._requests, self._limits))

    def _tell(self, problem: str) -> None:
        """Once for all photos that it concerns."""
        if problem not in self._told:
            self._told.add(problem)
            _log.warning("faces were not read (%s); scores do not depend on them", problem)

    def _ask(self, paths: Iterator[str], count: int, run: Run) -> int:
        asked = 0
        for path in itertools.islice(paths, count):
            self._requests.put(Request(path, run))
            asked += 1
        return asked
