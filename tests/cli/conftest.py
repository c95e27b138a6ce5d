"""The command line with a home of its own."""

import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from platformdirs import user_cache_path

from aesplugin.catalog.catalog import Catalog
from aesplugin.cli.main import main
from aesplugin.models.fake import FakeModel
from aesplugin.models.language_weights import FOLDER
from tests.catalog import samples


@dataclass(frozen=True)
class Finished:
    """How a command ended."""

    code: int
    out: str
    err: str

    def objects(self) -> list[dict[str, Any]]:
        """Standard output as JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]


Cli = Callable[..., Finished]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def language(home: Path) -> None:
    """The pulled language model, where this machine has it."""
    pulled = user_cache_path("aesplugin") / FOLDER
    if not pulled.is_dir():
        pytest.skip("mini: the language model is not here (aesplugin models pull mini)")
    (home / "cache").mkdir()
    (home / "cache" / FOLDER).symlink_to(pulled)


@pytest.fixture
def cli(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    """Runs a command in this process; tests/end_to_end starts real ones."""
    settings = {
        "AES_CONFIG": os.devnull,
        "AES_CATALOG": home / "catalog.sqlite3",
        "XDG_DATA_HOME": home / "data",
        "AES_CACHE": home / "cache",
        "AES_MODEL": "fake",
        "AES_DECODERS": "1",
        "COLUMNS": "200",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, str(value))

    def run(*arguments: str | Path) -> Finished:
        monkeypatch.setattr(sys, "argv", ["aesplugin", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err
        return Finished(int(ended.value.code or 0), printed.out, printed.err)

    return run


def make_photo(path: Path, *, seed: int = 0, size: tuple[int, int] = (160, 120)) -> Path:
    """A small picture unlike any of another seed."""
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(0, 255, (6, 8, 3), dtype=np.uint8))
    path.parent.mkdir(parents=True, exist_ok=True)
    coarse.resize(size, Image.Resampling.BICUBIC).save(path)
    return path


def scored_shoot(cli: Cli, folder: Path, *, photos: int) -> Path:
    """A folder of so many photos, 0.jpg and on, that have been scored."""
    for number in range(photos):
        make_photo(folder / f"{number}.jpg", seed=number)
    assert cli("score", folder).code == 0
    return folder


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder of three photos, one of them in a sub-folder."""
    folder = tmp_path / "photos"
    make_photo(folder / "a.jpg", seed=1)
    make_photo(folder / "b.png", seed=2)
    make_photo(folder / "sub" / "c.jpg", seed=3)
    return folder


def answered(home: Path, photo: Path, **changes: Any) -> None:
    """As if the model had said this, too, of a photo that has been scored."""
    with Catalog.open(home / "catalog.sqlite3") as catalog:
        samples.answered(catalog, str(photo), FakeModel.card.revision, **changes)
