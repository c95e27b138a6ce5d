from pathlib import Path

import pytest

from aesplugin.errors import SettingsError
from aesplugin.models.calm.config import CalmConfig
from aesplugin.training.config import CONFIGS, load_config


@pytest.mark.parametrize("size", ["mini", "full"])
def test_shipped_configurations_load(size: str) -> None:
    config = load_config(CONFIGS / f"{size}.toml")
    assert config.size == size
    assert set(config.stages) == {"self_supervised", "generic", "comments", "scores"}
    assert CalmConfig(**config.model).visual_tokens > 0


def test_a_dry_run_takes_two_steps() -> None:
    config = load_config(CONFIGS / "mini.toml", dry_run=True)
    assert config.stage("scores").steps == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("data = 3 =", "not TOML"),
        ('data = "a"\nfeatures = "b"\nout = "c"\nspeed = 3', "unknown setting 'speed'"),
        ('features = "b"\nout = "c"', "'data' is missing"),
        ('data="a"\nfeatures="b"\nout="c"\n[stages.scores]\nstep = 1', "unknown setting 'step'"),
    ],
)
def test_bad_files_are_named(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "x.toml"
    path.write_text(text)
    with pytest.raises(SettingsError, match=message):
        load_config(path)


def test_an_absent_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        load_config(tmp_path / "none.toml")
