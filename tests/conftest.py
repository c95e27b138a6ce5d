"""Fixtures shared by all tests."""

import os
from pathlib import Path

import pytest

_REPOSITORY = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The labelled photos, camera files and broken files; tests that need them skip without."""
    named = os.environ.get("AES_TEST_DATA")
    folder = Path(named) if named else _REPOSITORY.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the evaluation data is absent (set AES_TEST_DATA to its folder)")
    return folder
