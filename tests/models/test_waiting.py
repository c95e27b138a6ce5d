"""Torch's threads sleep while they wait: what its OpenMP library says of itself when it loads."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

_MODEL = """
from aesplugin.models.base import ModelBackend

class Model(ModelBackend):
    card = None

    def load(self, *, device, threads, cache, comments):
        import torch
"""
_LOAD = """
import sys
from aesplugin.compose import Workshop
from aesplugin.settings import load_settings

assert "torch" not in sys.modules
Workshop(load_settings(model="plugged")).load_model()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="torch has another OpenMP library elsewhere")
@pytest.mark.parametrize(("given", "found"), [(None, "PASSIVE"), ("active", "ACTIVE")])
def test_threads_sleep_unless_the_user_says_otherwise(
    tmp_path: Path, given: str | None, found: str
) -> None:
    (tmp_path / "plugged.py").write_text(_MODEL)
    info = tmp_path / "plugged-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: plugged\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[aesplugin.models]\nplugged = plugged:Model\n")
    environment = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"}
    environment |= {"PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}
    environment |= {"OMP_DISPLAY_ENV": "true"} | ({"OMP_WAIT_POLICY": given} if given else {})
    ran = subprocess.run(
        [sys.executable, "-c", _LOAD], env=environment, capture_output=True, text=True, check=True
    )
    assert f"OMP_WAIT_POLICY = '{found}'" in ran.stderr
