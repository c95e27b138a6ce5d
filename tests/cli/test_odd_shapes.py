"""A photo of any shape is scored, by every model that ships; none ends in a traceback."""

from pathlib import Path

import pytest

from tests.cli.conftest import Cli, make_photo

SHAPES = [(1, 5000), (5000, 1), (1, 1), (32, 32), (2, 3), (5000, 40)]


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    for width, height in SHAPES:
        make_photo(tmp_path / "odd" / f"{width}x{height}.png", seed=width, size=(width, height))
    return tmp_path / "odd"


def scored(cli: Cli, odd: Path, model: str) -> None:
    done = cli("score", odd, "--model", model, "--json")
    assert done.code == 0, done.err
    found = {Path(one["path"]).stem: one for one in done.objects()}
    assert set(found) == {f"{width}x{height}" for width, height in SHAPES}
    for one in found.values():
        assert one["state"] == "assessed"
        assert 1 <= one["score"] <= 10


def test_embedded_scores_any_shape(cli: Cli, odd: Path) -> None:
    scored(cli, odd, "embedded")


@pytest.mark.usefixtures("language")
def test_mini_scores_any_shape(cli: Cli, odd: Path) -> None:
    scored(cli, odd, "mini")
