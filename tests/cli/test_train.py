"""aesplugin train: one command a stage, resumable, with one clear line for whatever is amiss."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from PIL import Image

from aesplugin.cli.training import stage
from aesplugin.training.engine import checkpoints
from aesplugin.training.engine.config import STAGES
from tests.cli.conftest import Cli
from tests.training.world import make_data, write_config

_TRAINED = "self-supervised"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("world")
    make_data(root / "data")
    return root


@pytest.fixture(scope="module")
def config(world: Path) -> Path:
    return write_config(world, more="rounds = 1")


@pytest.fixture
def prepared(cli: Cli, config: Path) -> Path:
    """The configuration, its photos encoded; only the first test waits for that."""
    done = cli("train", "prepare", "--config", config, "--workers", 1)
    assert done.code == 0 and "no human crops" in done.err
    assert "encoding photos: 0 of 9" in done.err or "0 photos encoded" in done.out
    return config


def test_help_lists_the_stages_without_torch() -> None:
    assert tuple(stage.STAGES) == STAGES
    code = (
        "import sys\nfrom aesplugin.cli.main import app\n"
        "try:\n    app(['train', '--help'])\nexcept SystemExit:\n    pass\n"
        "sys.exit(1 if {'torch', 'transformers', 'accelerate', 'numpy'} & set(sys.modules) else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    for command in ("prepare", *map(stage.dashed, STAGES), "calibrate", "judge", "personal"):
        assert f" {command} " in done.stdout


def test_prepare_encodes_each_photo_once(cli: Cli, prepared: Path, world: Path) -> None:
    done = cli(
        "train", "prepare", "-c", prepared, "--source", "oasis", "--source", "unlabelled", "--json"
    )
    assert done.code == 0
    (told,) = done.objects()
    assert told["encoded"] == 0 and told["cached"] >= 9
    assert told["features"] == str(world / "features-tiny")


def test_a_picture_that_cannot_be_read_is_told_and_left_out(cli: Cli, tmp_path: Path) -> None:
    config = write_config(tmp_path, more="rounds = 1")
    broken = tmp_path / "data" / "unlabelled" / "mine" / "broken.jpg"
    broken.parent.mkdir(parents=True)
    broken.write_bytes(b"no picture")
    Image.new("RGB", (300, 199)).save(broken.with_name("small.jpg"))
    done = cli("train", "prepare", "-c", config, "--workers", 1, "--json")
    assert done.code == 0 and done.objects()[0]["encoded"] == 0
    assert f"{broken} is left out, it cannot be read" in done.err
    assert "left out: 1 images with a side of less than 200 px" in done.err


def test_a_dry_run_keeps_nothing(cli: Cli, prepared: Path, world: Path) -> None:
    done = cli("train", _TRAINED, "--config", prepared, "--dry-run", "--json")
    assert done.code == 0, done.err
    (told,) = done.objects()
    assert "nothing was kept" in done.err
    assert told["steps"] == 2 and told["checkpoint"] is None and told["model"] is None
    assert not (world / "out-tiny").exists() or not list((world / "out-tiny").iterdir())


def test_a_stage_says_where_everything_is_and_goes_on(cli: Cli, prepared: Path) -> None:
    done = cli("train", _TRAINED, "--config", prepared, "--json")
    assert done.code == 0, done.err
    assert "starts from an untrained model" in done.err
    assert "self_supervised: step 1 of 2, loss " in done.err
    (told,) = done.objects()
    assert told["stage"] == "self_supervised" and told["steps"] == 2
    assert told["losses"] and told["figures"]
    for place in ("model", "checkpoint", "curves", "log"):
        assert Path(told[place]).exists()

    again = cli("train", _TRAINED, "--config", prepared)
    assert again.code == 0
    assert "already trained: --fresh starts again" in again.err
    assert told["checkpoint"] in again.out and "losses.png" in again.out

    assert cli("train", _TRAINED, "-c", prepared, "--steps", 3, "--json").objects()[0]["steps"] == 1
    fresh = cli("train", "self_supervised", "-c", prepared, "--fresh", "--json")
    assert fresh.objects()[0]["steps"] == 2

    later = cli("train", "comments", "-c", prepared, "--dry-run")
    assert later.code == 0, later.err
    assert f"comments builds on {told['model']}" in later.err

    other = cli("train", _TRAINED, "-c", prepared, "--seed", 5)
    assert other.code == 2
    assert "was made with seed 0, not 5: start again with --fresh" in other.err

    written = cli("train", "calibrate", "-c", prepared, "--model", told["model"], "--json")
    assert written.code == 0, written.err
    assert Path(written.objects()[0]["file"]).is_file()


def test_ctrl_c_leaves_a_checkpoint_and_says_how_to_go_on(cli: Cli, prepared: Path) -> None:
    folder = prepared.parent / "out-tiny" / "generic"

    def interrupt() -> None:
        while not (folder / "losses.jsonl").is_file():
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt, daemon=True).start()
    done = cli("train", "generic", "--config", prepared, "--steps", 100_000)
    assert done.code == 130
    assert "generic stopped after step" in done.err
    assert "run the same command to continue" in done.err
    found = checkpoints.load(folder)
    assert found is not None and 0 < found.step < 100_000
    again = cli("train", "generic", "-c", prepared, "--steps", found.step + 1, "--json")
    assert f"generic continues from {folder / 'checkpoint.pt'}" in again.err
    assert again.code == 0 and again.objects()[0]["steps"] == 1


def test_what_changed_since_the_stage_before_is_refused(cli: Cli, prepared: Path) -> None:
    text = prepared.read_text().replace("out-tiny", "out-changed")
    config, other = (prepared.with_name(f"{name}.toml") for name in ("same", "other"))
    config.write_text(text)
    other.write_text(text.replace("queries = 2, lora_rank = 2", "queries = 2, lora_rank = 16"))
    for name in (_TRAINED, "comments", "scores"):
        assert cli("train", name, "-c", config).code == 0

    odd = cli("train", "comments", "-c", other, "--fresh")
    assert odd.code == 2 and odd.err.count("error: ") == 1
    folder = prepared.parent / "out-changed" / "self_supervised"
    assert f"{folder / 'model'} has lora_rank = 2 and [model] asks for 16: " in odd.err
    first = cli("train", _TRAINED, "-c", other)
    assert first.code == 2 and "checkpoint.pt started from another model" in first.err

    assert cli("train", _TRAINED, "-c", config, "--fresh").code == 0  # the same model again
    assert cli("train", "comments", "-c", config, "--steps", 3).code == 0
    assert cli("train", _TRAINED, "-c", config, "--fresh", "--steps", 3).code == 0
    mixed = cli("train", "comments", "-c", config, "--steps", 4)
    assert mixed.code == 2 and mixed.err.count("error: ") == 1
    assert "checkpoint.pt started from another model than the present one" in mixed.err
    assert cli("train", "comments", "-c", config, "--fresh").code == 0
    assert cli("train", "scores", "-c", config).code == 2
    assert cli("train", "scores", "-c", config, "--fresh").code == 0


def test_what_is_amiss_is_one_line(cli: Cli, config: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text(config.read_text() + "\nstep = 3\n")
    bare = tmp_path / "bare.toml"
    bare.write_text(config.read_text().replace("features-tiny", "none"))
    empty = write_config(tmp_path)
    cases = (
        ((_TRAINED, "-c", tmp_path / "none.toml"), 2, "none.toml cannot be read"),
        ((_TRAINED, "-c", broken), 2, "unknown setting 'step'"),
        ((_TRAINED, "-c", config, "--dry-run", "--steps", 3), 2, "leave out --steps"),
        ((_TRAINED, "-c", bare), 7, "no features in"),
        (("prepare", "-c", empty), 7, "contains no photos"),
        (("prepare", "-c", empty, "--source", "crops"), 7, "crops.json is missing"),
        (("calibrate", "-c", empty), 5, "contains no CALM model"),
    )
    for arguments, code, message in cases:
        done = cli("train", *map(str, arguments))
        assert (done.code, message in done.err) == (code, True), (arguments, done)
        assert done.err.count("error: ") == 1
