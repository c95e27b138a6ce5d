"""aesplugin evaluate real, by the real command line."""

import json
from pathlib import Path

import pytest
from PIL import Image

from tests.cli.conftest import Cli
from tests.evaluation.real.miniature import row, write_labels


@pytest.fixture
def root(tmp_path: Path) -> Path:
    lines = [row(1, score=4), row(2, score=5, flaws={"ugly": 1}), row(3, score=6, split="train")]
    return write_labels(tmp_path, [*lines, "no JSON"])


def test_the_table_names_the_split_and_what_was_left_out(cli: Cli, root: Path) -> None:
    done = cli("evaluate", "real", "--root", root)
    assert done.code == 0, done.err
    assert done.out.startswith("split report: 2 pictures, 2 of them photos;")
    assert done.err.splitlines() == [
        'labels.jsonl, line 2: photos/2.png: unknown flaw "ugly"; the flaw is left out',
        "labels.jsonl, line 4: it is not JSON; the line is left out",
    ]


def test_json_and_plot(cli: Cli, root: Path, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    plot = tmp_path / "real.png"
    done = cli("evaluate", "real", "--root", root, "--split", "all", "--json", "--plot", plot)
    found = json.loads(done.out, parse_constant=lambda name: pytest.fail(f"{name} in JSON"))
    assert (found["split"], found["pictures"], found["model"]) == ("all", 3, "fake@fake-1")
    assert found["figures"]["kind given"] == 0
    assert found["sections"]["score"]["MAE, points"]["count"] == 3
    assert Image.open(plot).width > 600


def test_a_split_that_is_none_is_a_wrong_use(cli: Cli, root: Path) -> None:
    done = cli("evaluate", "real", "--root", root, "--split", "test")
    assert done.code == 2
    assert "unknown split 'test'; known: train, choose, report, all" in done.err


def test_no_labels_are_one_line(cli: Cli, tmp_path: Path) -> None:
    done = cli("evaluate", "real", "--root", tmp_path)
    assert done.code == 7
    assert done.err.strip() == (
        f"error: {tmp_path / 'labels.jsonl'} cannot be read: No such file or directory"
    )
