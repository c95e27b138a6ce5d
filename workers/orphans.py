"""Children that end when their parent is gone, even where it was killed."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

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
