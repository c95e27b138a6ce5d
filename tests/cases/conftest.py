"""Inputs that once failed: `pytest tests/cases` runs them all where their folder is there."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.outside import outside

_LIMIT_S = 300


@pytest.fixture(scope="session")
def cases_dir() -> Path:
    """The scripts that make the inputs; checks that need them skip without."""
    return outside("AES_TEST_CASES", "cases", "the failing cases are absent")


@pytest.fixture
def made(cases_dir: Path, tmp_path: Path) -> Callable[[str], Path]:
    """Runs every script of the case whose folder's name begins so; returns the folder it filled."""

    def make(beginning: str) -> Path:
        (case,) = cases_dir.glob(f"{beginning}-*")
        for script in sorted(case.glob("*.py")):
            command = [sys.executable, str(script)]
            environment = os.environ | {"PYTHONPATH": str(cases_dir)}
            told = subprocess.run(
                command,
                cwd=tmp_path,
                env=environment,
                capture_output=True,
                text=True,
                timeout=_LIMIT_S,
            )
            assert told.returncode == 0, told.stderr
        return tmp_path / "w"

    return make
