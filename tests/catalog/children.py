"""Work in other processes, which may be killed or hold fewer rights than ours."""

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

_fork = multiprocessing.get_context("fork")  # the tests open their catalogs in the child only
_NOBODY = 65534


@contextmanager
def child(work: Callable[..., None], *arguments: Any) -> Iterator[tuple[BaseProcess, Connection]]:
    """Runs ``work(pipe, *arguments)`` in a process of its own, which is killed at the end."""
    ours, theirs = _fork.Pipe()
    process = _fork.Process(target=work, args=(theirs, *arguments))
    process.start()
    theirs.close()
    try:
        yield process, ours
    finally:
        process.kill()
        process.join()


def all_at_once(work: Callable[..., Any], arguments: Sequence[tuple[Any, ...]]) -> list[Any]:
    """What ``work(*a)`` returned, or raised, for each `a`: all begin at the same moment."""
    barrier, results = _fork.Barrier(len(arguments)), _fork.Queue()

    def run(number: int) -> None:
        barrier.wait()
        try:
            results.put((number, work(*arguments[number])))
        except Exception as error:  # noqa: BLE001 - the test looks at it
            results.put((number, error))

    processes = [_fork.Process(target=run, args=(number,)) for number in range(len(arguments))]
    for process in processes:
        process.start()
    found = dict(results.get(timeout=120) for _ in processes)
    for process in processes:
        process.join()
    return [found[number] for number in range(len(arguments))]


def without_rights(work: Callable[[], Any]) -> Any:
    """What `work` returned, or raised, in a process that is not root."""

    def run() -> Any:
        if os.geteuid() == 0:
            os.setgroups([])
            os.setgid(_NOBODY)
            os.setuid(_NOBODY)
        return work()

    return all_at_once(run, [()])[0]
