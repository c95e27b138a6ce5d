"""aesplugin evaluate ablation: a real training of two steps, on made-up photos."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aesplugin.cli.evaluations.ablation import AblationReport
from aesplugin.training.calm.ablation import AblationRow
from aesplugin.training.engine.config import load_config
from aesplugin.training.features.prepare import prepare
from aesplugin.training.photos import split_of
from tests.cli.conftest import Cli

_CONFIG = """
size = "mini"
data = "{root}/data"
features = "{root}/features"
out = "{root}/out"
rounds = 1
threads = 1

[model]
width = 16
depth = 1
heads = 2
queries = 2

[stages.self_supervised]
steps = 2
batch = 2
"""


def _photo(path: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(0, 255, (6, 8, 3), np.uint8))
    path.parent.mkdir(parents=True, exist_ok=True)
    coarse.resize((288, 224), Image.Resampling.BICUBIC).save(path, quality=92)


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A configuration whose features are cached: four unlabelled and ten rated photos."""
    root = tmp_path_factory.mktemp("ablation")
    names = [f"{number}.jpg" for number in range(500)]
    for split, count in (("train", 3), ("validate", 1)):
        chosen = [name for name in names if split_of(f"stock708/{name}") == split][:count]
        for seed, name in enumerate(chosen):
            _photo(root / "data" / "unlabelled" / "stock708" / name, seed)
    for number in range(10):
        _photo(root / "data" / "oasis" / "images" / f"{number}.jpg", 100 + number)
    with (root / "data" / "oasis" / "images.csv").open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["item", "file", "theme", "category", "beauty_mos"])
        writer.writerows([n, f"{n}.jpg", f"theme {n}", "Object", 1.5 + n / 2] for n in range(10))
    path = root / "tiny.toml"
    path.write_text(_CONFIG.format(root=root))
    prepare(load_config(path), ["oasis", "unlabelled"])
    return path


def test_variants_are_trained_and_compared_with_the_ridges(
    cli: Cli, config: Path, tmp_path: Path
) -> None:
    pytest.importorskip("matplotlib")
    plot = tmp_path / "ablation.png"
    done = cli(
        *("evaluate", "ablation", "--config", config, "--variant", "labels"),
        *("--folds", "2", "--json", "--plot", plot),
    )
    assert done.code == 0, done.err
    found = json.loads(done.out)
    runs = {(row["variant"], row["seed"], row["fold"]) for row in found["rows"]}
    assert {("labels", 0, 0), ("labels", 0, 1)} <= runs
    assert {("ridge, all scales", 0, 0), ("ridge, all scales", 0, 1)} <= runs
    assert found["summary"]["labels"]["runs"] == 2
    assert plot.is_file()
    again = cli("evaluate", "ablation", "--config", config, "--variant", "labels")
    assert "ridge, last stage" in again.out and "labels" in again.out


def test_means_and_spreads() -> None:
    rows = [
        AblationRow("text", seed, 0, srcc, strong=0.5, mild=0.2)
        for seed, srcc in enumerate((0.6, 0.8))
    ]
    report = AblationReport([*rows, AblationRow("ridge", 0, 0, 0.7)])
    summary = report.data()["summary"]
    assert summary["text"]["runs"] == 2
    assert summary["text"]["srcc"]["mean"] == pytest.approx(0.7)
    assert summary["text"]["srcc"]["sd"] == pytest.approx(0.1414, abs=1e-3)
    assert np.isnan(summary["ridge"]["srcc"]["sd"])
    first = report.panels()[0]
    assert list(first.labels) == ["text", "ridge"]
    assert first.series["srcc"] == pytest.approx([0.7, 0.7])


def test_the_spread_is_that_of_seeds_however_many_folds() -> None:
    rows = [
        AblationRow("text", seed, fold, 0.6 + 0.2 * seed + 0.1 * fold)
        for seed in range(2)
        for fold in range(3)
    ]
    ridge = [AblationRow("ridge", 0, fold, 0.7 + 0.1 * fold) for fold in range(2)]
    report = AblationReport([*rows, *ridge])
    found = report.data()["summary"]["text"]
    assert found["runs"] == 6
    assert found["srcc"]["mean"] == pytest.approx(0.8)
    assert found["srcc"]["sd"] == pytest.approx(0.1414, abs=1e-3)  # of 0.7 and 0.9
    assert np.isnan(report.data()["summary"]["ridge"]["srcc"]["sd"])  # a ridge has no seed
    assert "0.800  0.141" in report.table()


def test_what_cannot_be_used_is_one_line(cli: Cli, tmp_path: Path) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text("size = ")
    empty = tmp_path / "empty.toml"
    empty.write_text(_CONFIG.format(root=tmp_path))
    for arguments, code, complaint in [
        ((tmp_path / "absent.toml",), 2, "cannot be read"),
        ((broken,), 2, "broken.toml"),
        ((empty,), 7, "no photo has votes"),
        ((empty, "--variant", "magic"), 2, "unknown variant 'magic'"),
    ]:
        done = cli("evaluate", "ablation", "--config", *arguments)
        assert (done.code, done.err.count("\n")) == (code, 1), done.err
        assert complaint in done.err
