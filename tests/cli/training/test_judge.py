"""The judge by the command line; tests/training/judge looks at what it learns."""

import json
from pathlib import Path

import pytest

from aesplugin.models.judge.network import load_judge
from tests.cli.conftest import Cli
from tests.training.judge.world import OTHERS, RATED, Labelled, label, make_labelled, write_labels

_THEMES = 5  # as many folds as there are by default


@pytest.fixture
def world(tmp_path: Path) -> Labelled:
    made = make_labelled(tmp_path / "data")
    table = made.oasis / "images.csv"
    lines = table.read_text().splitlines()
    for number in range(6):
        lines[1 + number] = lines[1 + number].replace("theme", f"kind {number % _THEMES}")
    table.write_text("\n".join(lines))
    return made


def test_without_labels_and_votes_nothing_is_trained(cli: Cli, tmp_path: Path) -> None:
    done = cli("train", "judge")
    assert done.code == 2 and "--labels" in done.err


@pytest.mark.slow  # draws and looks at 240 pictures that are no photos
def test_a_judge_is_trained_and_reported(cli: Cli, world: Labelled, tmp_path: Path) -> None:
    output, features = tmp_path / "judge", tmp_path / "seen"
    named = ("--labels", world.labels, "--oasis", world.oasis, "--features", features)
    done = cli("train", "judge", *named, "--output", output, "--seed", 3)
    assert done.code == 0, done.err
    (report,) = done.objects()
    assert report["photos"] == 12 and report["rows"] == 12 * 3 + 240 + 140
    assert set(report) >= {"labels_by_fold", "labels_by_source", "votes_by_fold", "front"}
    assert "0.0" in report["front"]
    assert "encoding photos: 1 of 12" in done.err and f"judge written to {output}" in done.err
    assert load_judge(output).config.folds == _THEMES
    assert len(list(features.iterdir())) == 12


def test_a_label_that_cannot_be_used_is_told_and_left_out(
    cli: Cli, world: Labelled, tmp_path: Path
) -> None:
    rows = [label("oasis/images/0.jpg", 0), label("oasis/images/absent.jpg", 1)]
    write_labels(world.labels, rows)
    done = cli("train", "judge", "--labels", world.labels, "--oasis", world.oasis)
    assert "labels.jsonl, line 2: oasis/images/absent.jpg does not exist" in done.err
    assert done.code == 7 and done.err.count("error: ") == 1
    assert "votes on 1 of the labelled photos" in done.err


def test_what_is_amiss_is_one_line(cli: Cli, world: Labelled, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    (empty / "labels.jsonl").write_text("")
    broken = make_labelled(tmp_path / "broken")
    (broken.oasis / "images.csv").write_text("item,file\n1,a.jpg\n")
    few = make_labelled(tmp_path / "few")
    cases = (
        (tmp_path / "none", world.oasis, "labels.jsonl cannot be read"),
        (empty, world.oasis, "has no usable label"),
        (world.labels, tmp_path / "none", "images.csv cannot be read"),
        (broken.labels, broken.oasis, "lacks the column 'theme'"),
        (few.labels, few.oasis, "5 folds need as many themes; there are 3"),
    )
    for labels, oasis, message in cases:
        done = cli("train", "judge", "--labels", labels, "--oasis", oasis, "--output", tmp_path)
        assert (done.code, message in done.err) == (7, True), done.err
        assert done.err.count("error: ") == 1 and len(done.err.strip().splitlines()) == 1
    assert cli("train", "judge", "--labels", empty, "--oasis", empty, "--seed", "-1").code == 2


def test_a_picture_that_cannot_be_read_is_named_and_left_out(
    cli: Cli, world: Labelled, tmp_path: Path
) -> None:
    (world.oasis / "images" / "0.jpg").write_bytes(b"no picture")
    places = ("--output", tmp_path / "judge", "--features", tmp_path / "seen")
    done = cli("train", "judge", "--labels", world.labels, "--oasis", world.oasis, *places)
    assert done.code == 0 and json.loads(done.out)["photos"] == RATED + OTHERS - 1
    (line,) = [line for line in done.err.splitlines() if "the photo is left out" in line]
    assert "0.jpg" in line
