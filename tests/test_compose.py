"""Wiring: what fails while a part is made is told as one error."""

import os
from pathlib import Path

import pytest

from aesplugin.compose import Workshop
from aesplugin.errors import OutOfMemory
from aesplugin.settings import load_settings


def test_a_model_larger_than_the_memory_is_one_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "plugged_large.py").write_text(
        "class Model:\n    def __init__(self, device, threads):\n        bytearray(2**60)\n"
    )
    info = tmp_path / "plugged_large-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: plugged_large\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[aesplugin.models]\nlarge = plugged_large:Model\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("AES_CONFIG", os.devnull)
    with pytest.raises(OutOfMemory, match="the memory is too small for large"):
        Workshop(load_settings(model="large")).load_model()
