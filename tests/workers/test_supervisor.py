"""Commands kept running: restarted with pauses, stopped in order."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil

from aesplugin.workers.supervisor import Supervisor


def _python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def _wait(condition, seconds: float = 20.0) -> None:  # type: ignore[no-untyped-def]
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_what_ends_is_started_again_after_growing_pauses(tmp_path: Path) -> None:
    now = 0.0
    starts = tmp_path / "starts"
    code = f"open({str(starts)!r}, 'a').write('x'); raise SystemExit(1)"
    supervisor = Supervisor({"one": _python(code)}, clock=lambda: now)

    def count() -> int:
        return len(starts.read_text()) if starts.exists() else 0

    def rounds_until(number: int) -> None:
        _wait(lambda: supervisor.step() == 0 and count() == number)
        child = supervisor._children["one"]
        _wait(lambda: supervisor.step() == 0 and child.process is None)

    rounds_until(1)
    supervisor.step()
    assert count() == 1  # not before a second has passed
    now = 1.0
    rounds_until(2)
    now = 2.9
    supervisor.step()
    assert supervisor._children["one"].process is None  # two seconds now
    now = 3.0
    rounds_until(3)
    supervisor.stop()


def test_a_wrongly_used_command_ends_everything(tmp_path: Path) -> None:
    other = "import time; time.sleep(60)"
    supervisor = Supervisor({"bad": _python("raise SystemExit(2)"), "good": _python(other)})
    begun = time.monotonic()
    assert supervisor.run(threading.Event()) == 2
    assert time.monotonic() - begun < 20


def test_who_does_not_stop_in_time_is_killed(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    code = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        f"open({str(ready)!r}, 'w').close(); time.sleep(60)"
    )
    supervisor = Supervisor({"deaf": _python(code)}, grace=0.3)
    stop = threading.Event()
    thread = threading.Thread(target=supervisor.run, args=(stop,))
    thread.start()
    _wait(ready.exists)
    stop.set()
    thread.join(timeout=20)
    assert not thread.is_alive()


def test_what_was_started_ends_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    child = f"import os, time; open({str(ready)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    code = (
        "import sys, threading; from aesplugin.workers.supervisor import Supervisor;"
        f"Supervisor({{'one': [sys.executable, '-c', {child!r}]}}).run(threading.Event())"
    )
    supervisor = subprocess.Popen(_python(code))
    _wait(lambda: ready.exists() and bool(ready.read_text()))
    started = psutil.Process(int(ready.read_text()))
    supervisor.kill()
    supervisor.wait(timeout=10)
    _wait(lambda: not started.is_running() or started.status() == psutil.STATUS_ZOMBIE)
