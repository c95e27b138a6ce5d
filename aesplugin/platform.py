"""What systems do differently: the one place that imports what not every system has.

Each function has a form for systems without; what is lost there, its docstring says.
"""

import contextlib
import os
import signal
import stat
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import IO, Any, Final

from filelock import FileLock, Timeout

from aesplugin.paths import long_form

try:
    import fcntl as _fcntl_module
except ImportError:
    _fcntl: ModuleType | None = None
else:
    _fcntl = _fcntl_module
try:
    import resource as _resource_module
except ImportError:
    _resource: ModuleType | None = None
else:
    _resource = _resource_module

LIMITS_MEMORY: Final = _resource is not None
"""Whether a process can limit its own memory; else whoever started it has to watch."""

HIDES_BY_ATTRIBUTE: Final = sys.platform in ("win32", "darwin")
"""Whether files can be hidden otherwise than by a dot before their name."""

KEEPS_CHANGE_TIME: Final = os.name != "nt"
"""Whether `st_ctime` is when a file was changed last; on Windows it is when it was made."""

_KILLED: Final = getattr(signal, "SIGKILL", 9)
_PIPE_BYTES: Final = 1 << 20
_WAITS: Final = (0.02, 0.05, 0.1, 0.2, 0.4)  # s: a virus scanner, an index, Lightroom reading it
_TOO_LATE: Final = 70  # exit code


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Only one process, and one thread of it, is inside; one that is killed lets others in.

    Raises:
        OSError: no lock can be made there.
    """
    with FileLock(path):
        yield


def hold(path: Path) -> FileLock | None:
    """A lock until its `release` is called or the process ends; None where another has it.

    Raises:
        OSError: no lock can be made there.
    """
    lock = FileLock(path, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        return None
    return lock


def limit_memory(megabytes: int) -> None:
    """Bounds this process' address space and keeps it from leaving core files, where it can."""
    if _resource is None:
        return
    _resource.setrlimit(_resource.RLIMIT_CORE, (0, 0))
    _, hard = _resource.getrlimit(_resource.RLIMIT_AS)
    value = megabytes << 20
    ceiling = value if hard == _resource.RLIM_INFINITY else min(value, hard)
    with contextlib.suppress(ValueError, OSError):  # macOS knows the limit but refuses to set it
        _resource.setrlimit(_resource.RLIMIT_AS, (ceiling, hard))


@contextlib.contextmanager
def ends_after(seconds: int) -> Iterator[None]:
    """Ends this process if the context lasts longer, without a word.

    By an alarm even inside a C library; where there is none, by a thread, which a library that
    holds the interpreter's lock keeps from it.
    """
    if hasattr(signal, "alarm"):
        signal.alarm(seconds)
        try:
            yield
        finally:
            signal.alarm(0)
        return
    timer = threading.Timer(seconds, os._exit, (_TOO_LATE,))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def ended_late(code: int) -> bool:
    """Whether a process that ended with this code was ended by `ends_after`."""
    alarm = getattr(signal, "SIGALRM", None)
    return code == (_TOO_LATE if alarm is None else -alarm)


def was_killed(code: int) -> bool:
    """Whether the system or a person killed a process that ended so; unknown on Windows: False."""
    return code == -_KILLED


def own_group() -> dict[str, Any]:
    """Arguments of `Popen`: Ctrl-C in the terminal does not reach the child."""
    if os.name == "nt":
        import subprocess

        return {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}
    return {"process_group": 0}


def step_back(steps: int) -> None:
    """Lets other programs go first, where a process can ask for that."""
    if hasattr(os, "nice"):
        os.nice(steps)


def widen(pipe: IO[bytes] | None) -> None:
    """Makes room in a pipe for a whole answer, where the system lets us: Linux."""
    resize = getattr(_fcntl, "F_SETPIPE_SZ", None)
    if pipe is not None and _fcntl is not None and resize is not None:
        with contextlib.suppress(OSError):  # more than an ordinary user may have
            _fcntl.fcntl(pipe, resize, _PIPE_BYTES)


def is_hidden(facts: os.stat_result) -> bool:
    """Whether an attribute hides the file: AppData on Windows, ~/Library on macOS."""
    attributes = getattr(facts, "st_file_attributes", 0)  # Windows
    flags = getattr(facts, "st_flags", 0)  # macOS
    return bool(attributes & stat.FILE_ATTRIBUTE_HIDDEN or flags & stat.UF_HIDDEN)


def as_opened(path: str) -> str:
    """The path as system calls take it, however long it is."""
    return long_form(path) if os.name == "nt" else path


def replace(
    source: str,
    target: str,
    *,
    move: Callable[[str, str], object] = os.replace,
    waits: Sequence[float] = _WAITS if os.name == "nt" else (),
) -> None:
    """As `os.replace`; where an open file cannot be replaced, waits a little for who has it open.

    Raises:
        OSError: it cannot be replaced, or is still open.
    """
    for seconds in waits:
        try:
            move(source, target)
        except PermissionError:
            time.sleep(seconds)
        else:
            return
    move(source, target)


def open_without_waiting(path: str, flags: int) -> int:
    """As `os.open`; a named pipe does not hold us, and bytes stay as they are."""
    path = as_opened(path)
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))


def sync_folder(folder: str) -> None:
    """Has the disk keep the names in a folder, where folders can be opened."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):  # some network file systems refuse
            os.fsync(handle)
    finally:
        os.close(handle)
