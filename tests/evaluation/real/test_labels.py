"""Labels: what is read, and one line for each thing that cannot be used."""

import json
from pathlib import Path
from typing import Any

import pytest

from aesplugin.assessment import Flaw, Kind
from aesplugin.errors import DataError
from aesplugin.evaluation.real.labels import Label, Split, read_labels
from tests.evaluation.real.miniature import row, write_labels, write_photo


def _read(root: Path, split: Split | None = Split.REPORT) -> tuple[list[Label], list[str]]:
    told: list[str] = []
    return read_labels(root, split, told.append), told


def test_every_field_is_read(tmp_path: Path) -> None:
    flaws = {"tilted_horizon": 2, "clutter": 1}
    line = row(flaws=flaws, tilt=-3.5, none_needed=False, score=4, kind="pet", subject="a cat")
    (label,), told = _read(write_labels(tmp_path, [line]))
    assert told == []
    assert (label.line, label.name, label.split) == (1, "photos/1.png", Split.REPORT)
    assert label.path == (tmp_path / "data" / "photos" / "1.png").resolve()
    assert label.flaws == {Flaw.TILTED_HORIZON: 2, Flaw.CLUTTER: 1}
    assert (label.tilt, label.none_needed, label.score) == (-3.5, False, 4.0)
    assert (label.kind, label.subjects) == (Kind.PET, ("a cat",))
    assert label.keywords == ("lake", "trees")


def test_what_was_labelled_thrice_has_lists(tmp_path: Path) -> None:
    line = row(subject=["a cat", "a grey cat"], keywords=[["cat"], ["cat", "fur"]])
    (label,), told = _read(write_labels(tmp_path, [line]))
    assert label.subjects == ("a cat", "a grey cat")
    assert label.keywords == ("cat", "cat", "fur")
    assert told == []


def test_what_is_not_labelled_is_none(tmp_path: Path) -> None:
    (label,), told = _read(write_labels(tmp_path, ['{"file": "photos/1.png", "kind": "pet"}']))
    assert (label.tilt, label.score, label.none_needed) == (None, None, None)
    assert (label.flaws, label.subjects, label.split) == ({}, (), Split.REPORT)
    assert told == []


def test_a_photo_may_stand_in_the_set_itself(tmp_path: Path) -> None:
    root = write_labels(tmp_path, [row(file="own/9.png")])
    write_photo(root / "own" / "9.png", 9)
    (label,), _ = _read(root)
    assert label.path == (root / "own" / "9.png").resolve()


def test_only_the_split_asked_for_is_read(tmp_path: Path) -> None:
    lines = [row(1, split="train"), row(2, split="choose"), row(3)]
    root = write_labels(tmp_path, lines)
    assert [one.name for one in _read(root)[0]] == ["photos/3.png"]
    assert [one.name for one in _read(root, Split.TRAIN)[0]] == ["photos/1.png"]
    assert len(_read(root, None)[0]) == 3


def test_what_is_wrong_in_another_split_is_not_told(tmp_path: Path) -> None:
    labels, told = _read(write_labels(tmp_path, [row(1), row(7, split="train", score=99)]))
    assert len(labels) == 1 and told == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{not json", "it is not JSON"),
        ("[" * 100_000, "it is not JSON"),
        ("[1, 2]", "it is not a JSON object"),
        ('{"kind": "pet"}', 'it does not name a photo ("file")'),
        (row(9), "photos/9.png does not exist"),
        (row(file="a\0b"), "a\0b does not exist"),
        (row(file="x" * 5000), f"{'x' * 5000} does not exist"),
        (row(2, kind="painting"), 'photos/2.png has an unknown kind, "painting"'),
        (row(2, kind=None), "photos/2.png has an unknown kind, null"),
        (row(2, kind=["pet"]), 'photos/2.png has an unknown kind, ["pet"]'),
        (row(2, split="test"), 'photos/2.png has an unknown split, "test"'),
        (row(1), "photos/1.png is already labelled in line 1"),
        (row(file="photos/../photos/1.png"),
         "photos/../photos/1.png is already labelled in line 1"),
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_used_is_left_out(
    tmp_path: Path, line: dict[str, Any] | str, said: str
) -> None:
    labels, told = _read(write_labels(tmp_path, [row(1), line, row(3)]))
    assert [one.name for one in labels] == ["photos/1.png", "photos/3.png"]
    assert told == [f"labels.jsonl, line 2: {said}; the line is left out"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"flaws": {"ugly": 2, "noise": 1}}, 'unknown flaw "ugly"; the flaw is left out'),
        ({"flaws": {"blur": 3, "noise": 1}}, "blur must be 1 or 2, not 3; the flaw is left out"),
        ({"flaws": {"blur": True, "noise": 1}},
         "blur must be 1 or 2, not true; the flaw is left out"),
        ({"flaws": {"blur": [1], "noise": 1}},
         "blur must be 1 or 2, not [1]; the flaw is left out"),
        ({"score": 0.5}, "score must be 1 to 10, not 0.5; the score is left out"),
        ({"score": 11}, "score must be 1 to 10, not 11; the score is left out"),
        ({"score": "good"}, 'score must be 1 to 10, not "good"; the score is left out'),
        ({"score": float("nan")}, "score must be 1 to 10, not NaN; the score is left out"),
        ({"tilt": 720}, "tilt must be -180 to 180, not 720; the tilt is left out"),
        ({"none_needed": "no"}, 'none_needed must be true or false, not "no"; it is left out'),
    ],
)  # fmt: skip
def test_a_field_that_cannot_be_used_is_left_out_alone(
    tmp_path: Path, fields: dict[str, Any], said: str
) -> None:
    (label,), told = _read(write_labels(tmp_path, [row(1, **fields)]))
    assert told == [f"labels.jsonl, line 1: photos/1.png: {said}"]
    assert label.flaws == ({Flaw.NOISE: 1} if "flaws" in fields else {})
    assert (label.score is None) == ("score" in fields)


def test_flaws_that_are_no_object_are_left_out(tmp_path: Path) -> None:
    (label,), told = _read(write_labels(tmp_path, [row(1, flaws=["noise"])]))
    assert label.flaws == {}
    assert told == [
        'labels.jsonl, line 1: photos/1.png: flaws must be an object, not ["noise"]; '
        "they are left out"
    ]


def test_the_second_label_counts_where_the_first_cannot_be_used(tmp_path: Path) -> None:
    (label,), told = _read(write_labels(tmp_path, [row(1, kind="x"), row(1)]))
    assert label.line == 2 and len(told) == 1


def test_bytes_that_are_no_text_are_a_line_left_out(tmp_path: Path) -> None:
    root = write_labels(tmp_path, [])
    (root / "labels.jsonl").write_bytes(b"\xff\xfe\n\n" + json.dumps(row(1)).encode())
    labels, told = _read(root)
    assert len(labels) == 1
    assert told == ["labels.jsonl, line 1: it is not JSON; the line is left out"]


def test_nothing_usable_is_one_error(tmp_path: Path) -> None:
    root = write_labels(tmp_path, ["no", row(1, split="train")])
    with pytest.raises(DataError, match=r"labels.jsonl has no usable label of the split 'report'"):
        _read(root)
    with pytest.raises(DataError, match=r"labels.jsonl cannot be read: No such file"):
        _read(tmp_path)
    (root / "labels.jsonl").write_text("no")
    with pytest.raises(DataError, match=r"labels.jsonl has no usable label at all"):
        _read(root, None)
