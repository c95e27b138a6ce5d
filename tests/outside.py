"""Folders beside the checkout that tests use where they are."""

import os
from pathlib import Path

import pytest

_BESIDE = Path(__file__).parent.parent.parent / "shared"


def outside(variable: str, name: str, what: str) -> Path:
    """The folder that `variable` names, else the one beside the checkout; skips without either."""
    named = os.environ.get(variable)
    folder = Path(named) if named else _BESIDE / name
    if not folder.is_dir():
        pytest.skip(f"{what} (set {variable} to their folder)")
    return folder
