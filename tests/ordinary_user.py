"""Commands as a user whom permissions bind, which root is not unless two capabilities are gone."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

_DROPPED = "--bounding-set=-dac_override,-dac_read_search"


@cache
def as_ordinary_user() -> tuple[str, ...]:
    """What to put before a command; the test skips where it cannot be had."""
    if os.geteuid() != 0:
        return ()
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        pytest.skip("root, and setpriv is not installed (Debian package util-linux)")
    if subprocess.run([setpriv, _DROPPED, "true"], check=False).returncode:
        pytest.skip("root, and capabilities cannot be dropped here")
    return (setpriv, _DROPPED)


def environment(home: Path) -> dict[str, str]:
    """An installation of its own in `home`, with the fake model."""
    return os.environ | {
        "AES_CONFIG": os.devnull,
        "AES_CATALOG": str(home / "catalog.sqlite3"),
        "AES_CACHE": str(home / "cache"),
        "AES_MODEL": "fake",
        "AES_DECODERS": "1",
        "COLUMNS": "200",
    }


def aesplugin(
    home: Path, *arguments: str | Path, settings: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Runs `aesplugin` so; no command may end in a traceback."""
    command = [*as_ordinary_user(), sys.executable, "-m", "aesplugin", *map(str, arguments)]
    done = subprocess.run(
        command,
        env=environment(home) | dict(settings or {}),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    assert "internal error" not in done.stderr, done.stderr
    return done
