"""Other programs the tests run for real: found, skipped by name, or missed loudly under CI."""

import os
import shutil

import pytest

PACKAGES = {
    "exiftool": "libimage-exiftool-perl",
    "exiv2": "exiv2",
    "darktable-cli": "darktable",
    "chromium": "chromium",
}


def need(name: str) -> str:
    """The path of a program; where it is absent, the test skips, and fails if CI is set."""
    found = shutil.which(name)
    if found:
        return found
    message = f"{name} is not installed (Debian package {PACKAGES[name]}; see .ci/servers)"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)
