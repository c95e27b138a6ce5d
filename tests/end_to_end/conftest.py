"""Real processes with the embedded model, as a user starts them."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from aesplugin.evaluation.speed import MemoryWatch


@dataclass(frozen=True)
class Ended:
    """How a process ended; `peak_mb` is the memory of it and its children."""

    code: int
    out: str
    err: str
    peak_mb: float

    def objects(self) -> list[dict[str, Any]]:
        """Standard output as JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]


Start = Callable[..., "subprocess.Popen[str]"]
RunCommand = Callable[..., Ended]


@pytest.fixture
def start(tmp_path: Path) -> Start:
    """Starts `aesplugin` with a home of its own; the model is the default one."""
    environment = os.environ | {
        "AES_CONFIG": os.devnull,
        "AES_CATALOG": str(tmp_path / "catalog.sqlite3"),
        "COLUMNS": "200",
    }

    def run(*arguments: str | Path, **extra: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", "aesplugin", *map(str, arguments)],
            env=environment | extra,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return run


@pytest.fixture
def run_command(start: Start) -> RunCommand:
    """Runs `aesplugin` to its end."""

    def run(*arguments: str | Path, **extra: str) -> Ended:
        process = start(*arguments, **extra)
        with MemoryWatch(process.pid) as memory:  # the tests' own process is not the photographer's
            out, err = process.communicate(timeout=540)
        assert "Traceback" not in err, err
        return Ended(process.returncode, out, err, memory.peak_mb)

    return run
