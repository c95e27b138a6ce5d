"""Wiring: what fails while a part is made is told as one error."""

import os
from pathlib import Path

import pytest

from aesplugin.compose import Workshop
from aesplugin.errors import OutOfMemory
from aesplugin.settings import load_settings
from tests.plugged_in import installed

_LARGE = """
from aesplugin.models.base import ModelBackend

class Large(ModelBackend):
    card = None

    def load(self, *, device, threads, cache, comments):
        bytearray(2**60)
"""


def test_a_model_larger_than_the_memory_is_one_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(tmp_path, "plugged_large", _LARGE, models="large = plugged_large:Large")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("AES_CONFIG", os.devnull)
    with pytest.raises(OutOfMemory, match="not enough memory for large"):
        Workshop(load_settings(model="large")).load_model()
