"""What people wrote: AVA's comments and PCCD's critiques."""

import json
from pathlib import Path

import pytest

from aesplugin.errors import DataError
from aesplugin.training.datasets import NamedSet, load_captioned, load_rated
from aesplugin.training.datasets.pccd import ASPECTS
from tests.training.datasets.conftest import Mini
from tests.training.datasets.minis import critique, pictures, write


def test_ava_captions_are_cleaned_of_the_page_and_said_once(mini: Mini) -> None:
    rows = {row.path.name: row for row in load_captioned([mini("ava_captions")])}
    assert rows["11.jpg"].captions == ("Lovely light & calm.",)
    assert (rows["11.jpg"].split, rows["12.jpg"].split) == ("train", "validate")


def test_a_test_photo_of_ava_is_one_of_its_captions_too(mini: Mini) -> None:
    named = mini("ava_captions")
    assert {row.path.name: row.split for row in load_captioned([named])}["14.jpg"] == "test"
    (named.root / "aesthetics_image_lists" / "generic_test.jpgl").unlink()
    assert {row.path.name: row.split for row in load_captioned([named])}["14.jpg"] == "train"


def test_the_comments_before_the_filter_will_do(mini: Mini) -> None:
    named = mini("ava_captions")
    filtered = named.root / "CLEAN_AVA_FULL_AFTER_SUBJECTIVE_CLEANING.json"
    filtered.rename(named.root / "CLEAN_AVA_FULL_COMMENTS.json")
    assert len(load_captioned([named])) == 3


def test_a_comments_file_that_is_cut_off_is_refused_by_name(mini: Mini) -> None:
    named = mini("ava_captions")
    path = named.root / "CLEAN_AVA_FULL_AFTER_SUBJECTIVE_CLEANING.json"
    write(path, path.read_text()[:-30])
    with pytest.raises(DataError, match=f"{path.name} is truncated or not JSON"):
        load_captioned([named])


def test_odd_items_are_told(mini: Mini) -> None:
    named, told = mini("ava_captions"), list[str]()
    path = named.root / "CLEAN_AVA_FULL_AFTER_SUBJECTIVE_CLEANING.json"
    document = json.loads(path.read_text())
    document["images"] += [
        "text",
        {"filename": "11.jpg", "split": "train"},
        {"filename": "11.jpg", "split": "dev", "sentences": []},
        {"filename": "11.jpg", "split": "train", "sentences": [{"raw": " "}, 3]},
    ]
    write(path, json.dumps(document))
    assert len(load_captioned([named], say=told.append)) == 3
    where = f"ava_captions: {path.name}, item"
    assert told == [
        f"{where} 4: not an object with a filename",
        f"{where} 5: 11.jpg has no list of sentences",
        f"{where} 6: split 'dev' is not train, val or test",
        f"{where} 7: no text",
        "ava_captions: 4 of 7 rows skipped (3 malformed, 1 without a label)",
    ]


def test_pccd_gives_texts_aspect_by_aspect_and_scores(mini: Mini) -> None:
    named = mini("pccd")
    texts = {row.path.name: row.captions for row in load_captioned([named])}
    assert texts["14_a-lake.jpg"] == (
        "A calm picture.",
        "The horizon cuts it in half.",
        "Warm light.",
    )
    rated = {row.path.name: row for row in load_rated([named])}
    assert rated["14_a-lake.jpg"].score == 8.2
    assert rated["14_a-lake.jpg"].theme == "nature"
    assert rated["14_a-lake.jpg"].attributes == {
        "general_impression": 1,
        "composition": -1,
        "color_lighting": pytest.approx(5 / 9),
    }
    assert (rated["4_a-tower.jpg"].score, rated["4_a-tower.jpg"].theme) == (1, None)


def test_pccd_takes_published_split_files_where_they_lie(mini: Mini) -> None:
    named = mini("pccd")
    write(named.root / "guru_test.json", json.dumps([critique("14_a-lake")]))
    write(named.root / "guru_validation.json", json.dumps([critique("4_a-tower.jpg")]))
    found = {row.path.name: row.split for row in load_captioned([named])}
    assert found == {"14_a-lake.jpg": "test", "4_a-tower.jpg": "validate"}


def test_pccd_records_without_a_picture_are_told(mini: Mini) -> None:
    named, told = mini("pccd"), list[str]()
    records = [critique(None), critique("1_gone"), critique("14_a-lake"), 3]
    write(named.root / "raw.json", json.dumps(records))
    assert len(load_captioned([named], say=told.append)) == 1
    assert told == [
        "pccd: raw.json, item 1: it does not name an image (title)",
        f"pccd: raw.json, item 2: no picture '1_gone' in {named.root / 'images'}",
        "pccd: raw.json, item 4: not an object",
        "pccd: 3 of 4 rows skipped (2 malformed, 1 without a picture)",
    ]


def test_pccd_scores_out_of_range_are_told(mini: Mini) -> None:
    named, told = mini("pccd"), list[str]()
    records = [critique("14_a-lake", overall="11"), critique("4_a-tower.jpg")]
    write(named.root / "raw.json", json.dumps(records))
    assert len(load_rated([named], say=told.append)) == 1
    assert told[0] == "pccd: raw.json, item 1: score '11' is not a number within 1..10"


@pytest.mark.parametrize(("file", "split"), [("test", "test"), ("validation", "validate")])
def test_the_real_critiques_are_of_this_layout(
    file: str, split: str, data_dir: Path, tmp_path: Path
) -> None:
    """The real texts lack the pictures' names; with made-up ones every record is read."""
    source = data_dir / "critiques" / f"pccd_{file}.json"
    if not source.is_file():
        pytest.skip("the critiques are absent")
    records = json.loads(source.read_text(encoding="utf-8"))
    for number, record in enumerate(records):
        record["title"] = f"{number}_photo"
    write(tmp_path / source.name, json.dumps(records))
    pictures(tmp_path / "images" / "full", *(record["title"] for record in records))
    named, told = NamedSet(name="pccd", root=tmp_path), list[str]()
    captioned, rated = load_captioned([named], say=told.append), load_rated([named])
    assert told == []
    assert len(captioned) == len(rated) == len(records)
    assert {row.split for row in captioned} == {split}
    assert {name for row in rated for name in row.attributes} == set(ASPECTS)
    assert max(len(row.captions) for row in captioned) == len(ASPECTS)
