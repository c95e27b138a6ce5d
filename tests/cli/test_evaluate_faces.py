"""aesplugin evaluate faces: its table and its JSON."""

import json
from pathlib import Path

from tests.cli.conftest import Cli
from tests.evaluation.face_photos import labelled, open_and_closed

__all__ = ["labelled", "open_and_closed"]  # fixtures


def test_the_command_prints_a_table_and_json(labelled: Path, cli: Cli) -> None:
    told = cli("evaluate", "faces", "--root", labelled)
    assert told.code == 0
    assert "labelled faces found: 1.000 (1.000 to 1.000, n = 1)" in told.out
    found = json.loads(cli("evaluate", "faces", "--root", labelled, "--json").out)
    assert found["false_photos"]["value"] == 0
    assert cli("evaluate", "faces", "--root", labelled, "--split", "best").code == 2


def test_made_bursts(open_and_closed: Path, cli: Cli) -> None:
    asked = ("evaluate", "faces", "--bursts", "--root", open_and_closed, "--split", "all")
    told = cli(*asked, "--model", "fake")
    assert told.code == 0, told.err
    assert "bursts: 1, photos left out: 0" in told.out
    found = json.loads(cli(*asked, "--model", "fake", "--json").out)
    assert found["right"]["value"] == 1.0


def test_made_bursts_need_closed_eyes(labelled: Path, cli: Cli) -> None:
    told = cli("evaluate", "faces", "--bursts", "--root", labelled, "--model", "fake")
    assert told.code != 0
    assert f"{labelled / 'closed'} is not a folder of photos" in told.err
