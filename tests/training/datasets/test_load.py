"""Several sets together, what is said on the way, and the `[[sets]]` of a configuration."""

from pathlib import Path
from typing import Any

import pytest

from aesplugin.errors import DataError, SettingsError, UsageError
from aesplugin.training.datasets import (
    NamedSet,
    load_captioned,
    load_personal,
    load_rated,
    read_sets,
)
from aesplugin.training.datasets.__main__ import main
from aesplugin.training.datasets.base import stable_split, within_train
from aesplugin.training.datasets.named import dataset_class
from tests.training.datasets.conftest import Mini
from tests.training.datasets.minis import write


def test_sets_come_in_their_order_and_those_without_ratings_are_passed_over(mini: Mini) -> None:
    sets = [mini("tad66k"), mini("ava_captions"), mini("ava")]
    roots = [row.path.parts[-3] for row in load_rated(sets)]
    assert roots == ["tad66k"] * 2 + ["ava"] * 3
    assert {row.path.parts[-3] for row in load_captioned(sets)} == {"ava_captions"}


def test_only_the_wanted_splits(mini: Mini) -> None:
    named = mini("ava")
    assert [row.path.name for row in load_rated([named], splits=["test"])] == ["14.jpg"]
    assert len(load_rated([named], splits=["train", "validate"])) == 2


def test_no_set_of_a_kind_is_told_with_those_that_would_do(mini: Mini) -> None:
    with pytest.raises(
        DataError, match=r"with ratings is configured \(ava_captions\); add aadb or ava "
    ):
        load_rated([mini("ava_captions")])
    with pytest.raises(
        DataError, match=r"personal ratings is configured \(none\).*flickr_aes or oasis"
    ):
        load_personal([])


def test_bad_rows_are_told_each_and_counted(mini: Mini) -> None:
    named, told = mini("ava"), list[str]()
    with (named.root / "AVA.txt").open("a", encoding="utf-8") as stream:
        stream.write("4 15 1 1 1 1 1 1 1 1 1 1 0 0 1\n5 11 1 2\n6 12 0 0 0 0 0 0 0 0 0 0 0 0 1\n")
        stream.write("7 11 1 1 1 1 1 1 1 1 x 1 0 0 1\n8 11 1 1 1 1 1 1 1 1 1 1 0 0 1\n")
    assert len(load_rated([named], say=told.append)) == 3
    assert told == [
        f"ava: AVA.txt, line 4: no picture '15.jpg' in {named.root / 'images'}",
        "ava: AVA.txt, line 5: 4 columns, not 15",
        "ava: AVA.txt, line 6: nobody rated it",
        "ava: AVA.txt, line 7: count 'x' is not a number within 0..inf",
        f"ava: {named.root / 'images' / '11.jpg'}: named twice, the first counts",
        "ava: 5 of 8 rows skipped (2 malformed, 1 without a picture, 1 without a label, "
        "1 named twice)",
    ]


def test_many_bad_rows_are_counted_rather_than_told_each(mini: Mini) -> None:
    named, told = mini("ava"), list[str]()
    with (named.root / "AVA.txt").open("a", encoding="utf-8") as stream:
        stream.writelines(f"{n} {n}\n" for n in range(1000))
    load_rated([named], say=told.append)
    assert len(told) == 11
    assert told[-1] == "ava: 1000 of 1003 rows skipped (1000 malformed)"


def test_the_splits_of_names_never_change() -> None:
    """Changing them would move test photos into the training of models already made."""
    names = [f"ava/{number}" for number in range(2000)]
    found = [stable_split(name) for name in names]
    assert [stable_split(f"oasis/{theme}") for theme in ("Acorns", "Lake")] == ["train", "train"]
    assert 0.75 < found.count("train") / 2000 < 0.81
    assert 0.10 < found.count("test") / 2000 < 0.14
    kept = [within_train(name) for name in names]
    assert {"test"} == {a for a, b in zip(found, kept, strict=True) if a != b}
    assert kept.count("validate") == found.count("validate")


def test_sets_of_a_configuration() -> None:
    tables = [{"name": "ava", "root": "datasets/AVA"}, {"name": "para", "root": "~/PARA"}]
    assert read_sets(tables, "full.toml") == (
        NamedSet(name="ava", root=Path("datasets/AVA")),
        NamedSet(name="para", root=Path.home() / "PARA"),
    )


@pytest.mark.parametrize(
    ("tables", "complaint"),
    [
        ([{"name": "ava"}], "full.toml, set 1: 'root' is missing"),
        ([{"name": "ava", "root": 3}], "set 1: 'root' is missing or not text"),
        ([{"name": "ava", "root": "x", "path": "y"}], "unknown setting 'path'; known: name, root"),
        ([{"name": "eva", "root": "x"}], "unknown data set 'eva'; known: aadb, ava, "),
        (["ava"], "'ava' is not a table with name and root"),
        ("ava", r"write \[\[sets\]\]"),
        ({"name": "ava"}, r"write \[\[sets\]\]"),
    ],
)
def test_bad_sets_of_a_configuration(tables: Any, complaint: str) -> None:
    with pytest.raises(SettingsError, match=complaint):
        read_sets(tables, "full.toml")


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(UsageError, match="unknown data set 'eva'; known: aadb"):
        dataset_class("eva")


def test_the_command_says_what_a_folder_gives(mini: Mini) -> None:
    said: list[str] = []
    assert main(["para", str(mini("para").root)], said.append) == 0
    assert said == [
        "2 rated photos (train 1, validate 0, test 1)\n",
        "3 ratings by 2 people (train 1, validate 0, test 2)\n",
    ]


@pytest.mark.parametrize(("words", "code"), [([], 2), (["eva", "x"], 2), (["ava", "nowhere"], 7)])
def test_the_command_refuses_in_one_line(words: list[str], code: int) -> None:
    said: list[str] = []
    assert main(words, said.append) == code
    assert len(said) == 1
    assert said[0].count("\n") == 1


def test_a_name_that_leads_out_of_the_folder_is_not_followed(mini: Mini) -> None:
    named = mini("tad66k")
    write(named.root / "secret.jpg", "")
    table = named.root / "labels" / "merge" / "train.csv"
    write(table, "image,score\n../secret.jpg,5\n/etc/hostname,5\n1_a.jpg,6.6\n")
    told: list[str] = []
    rows = load_rated([named], say=told.append)
    assert [row.path.name for row in rows] == ["2_b.jpg", "1_a.jpg"]
    assert told[-1].endswith("2 of 4 rows skipped (2 without a picture)")
