"""What people do every day loads no torch: it takes a second, and 250 MB."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aesplugin.models.runtime import has_driver
from aesplugin.samples import sample_photos

_SCRIPT = """
import sys
from aesplugin.cli.main import main

def loaded():
    return sorted({"torch", "transformers", "peft"} & set(sys.modules))

for command in sys.argv[1].split(";"):
    sys.argv = ["aesplugin", *command.split()]
    try:
        main()
    except SystemExit as end:
        assert not end.code, (command, end.code)
    assert not loaded(), (command, loaded())
"""
_APP = """
import sys
from aesplugin.compose import Workshop
from aesplugin.settings import load_settings
from aesplugin.web.app import create_app
from aesplugin.web.state import Desk
from aesplugin.web.guard import Access
import aesplugin.workers.tasks, aesplugin.workers.watcher

workshop = Workshop(load_settings())
create_app(Desk(workshop, Access()))
assert list(workshop.catalog.entries(workshop.card.revision, readable=True))
assert not {"torch", "transformers", "peft"} & set(sys.modules), "the page or a worker"
"""


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    folder = tmp_path / "photos"
    folder.mkdir()
    for number, path in enumerate(sample_photos(tmp_path / "samples")[:6]):
        with Image.open(path) as photo:
            photo.convert("RGB").resize((400, 300)).save(folder / f"{number}.jpg")
    return {
        **os.environ,
        "AES_CATALOG": str(tmp_path / "catalog.sqlite3"),
        "AES_CACHE": str(tmp_path / "cache"),
        "AES_CONFIG": os.devnull,
        "AES_DEVICE": "auto",
    }


def _run(script: str, home: dict[str, str], *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], env=home, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.skipif(has_driver(), reason="torch is asked about the graphics card that is here")
def test_no_command_of_every_day_loads_torch(home: dict[str, str], tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    stars = np.tile([1, 5], 3)
    rated = (
        f"prefer {photos}/{number}.jpg --user me --rating {star}"
        for number, star in enumerate(stars.tolist())
    )
    commands = [
        f"score {photos}",
        "status",
        "rank",
        *rated,
        "rank --user me",
        f"show {photos}/0.jpg",
        f"cull {photos}",
        "export --format csv",
        f"publish {photos}",
    ]
    _run(_SCRIPT, home, ";".join(commands))
    _run(_APP, home)
