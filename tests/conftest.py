"""Fixtures shared by all tests."""

from pathlib import Path

import pytest

from tests.outside import outside


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The labelled photos, camera files and broken files; tests that need them skip without."""
    return outside("AES_TEST_DATA", "data", "the evaluation data are absent")
