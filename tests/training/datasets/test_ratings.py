"""Scores, spreads, votes, themes and splits of each rated set, against figures worked by hand."""

from pathlib import Path

import pytest

from aesplugin.errors import DataError
from aesplugin.training.datasets import RatedPhoto, load_personal, load_rated
from tests.training.datasets.conftest import Mini
from tests.training.datasets.minis import pictures, write


def _by_name(rows: list[RatedPhoto]) -> dict[str, RatedPhoto]:
    return {row.path.name: row for row in rows}


def test_ava_counts_votes(mini: Mini) -> None:
    rows = _by_name(load_rated([mini("ava")]))
    assert rows["11.jpg"].votes == (0, 0, 0, 0, 1, 0, 0, 0, 0, 1)
    assert rows["11.jpg"].score == pytest.approx(7.5)
    assert rows["11.jpg"].spread == pytest.approx(2.5)
    assert rows["12.jpg"].score == pytest.approx(6)
    assert rows["12.jpg"].spread == pytest.approx(0)
    assert [rows[name].theme for name in ("11.jpg", "12.jpg", "14.jpg")] == [
        "Macro",
        None,
        "Analog",
    ]
    assert rows["14.jpg"].split == "test"
    assert {rows["11.jpg"].split, rows["12.jpg"].split} <= {"train", "validate"}


def test_ava_without_its_lists_still_reads_and_says_so(mini: Mini) -> None:
    named, told = mini("ava"), list[str]()
    (named.root / "aesthetics_image_lists" / "generic_test.jpgl").unlink()
    (named.root / "tags.txt").unlink()
    (named.root / "images").rename(named.root / "image")
    rows = load_rated([named], say=told.append)
    assert [row.theme for row in rows] == [None] * 3
    assert told == [
        "ava: no tags.txt: photos have no theme",
        "ava: no aesthetics_image_lists/generic_test.jpgl: split by a hash",
    ]


def test_aadb_reads_three_lists_and_attributes(mini: Mini) -> None:
    told: list[str] = []
    rows = _by_name(load_rated([mini("aadb")], say=told.append))
    assert {name: (row.score, row.split) for name, row in rows.items()} == {
        "farm1_1_a_b.jpg": (3.25, "train"),
        "farm1_2_b_b.jpg": (10, "validate"),
        "0.500_farm1_3_c_b.jpg": (5.5, "test"),
    }
    expected = {"light": 0.6, "balancing_elements": -0.2}
    assert all(row.attributes == expected for row in rows.values())
    assert "aadb: no imgListTrainRegression_VividColor.txt: vivid_color is unknown" in told


def test_aadb_prefers_the_original_over_the_squashed_size(mini: Mini) -> None:
    named = mini("aadb")
    pictures(named.root / "datasetImages_warp256", "farm1_1_a_b.jpg", "farm1_3_c_b.jpg")
    folders = {row.path.parent.name for row in load_rated([named], say=lambda _: None)}
    assert folders == {"datasetImages_originalSize", "AADB_newtest_originalSize"}


def test_a_photo_of_the_test_list_is_never_for_training(mini: Mini) -> None:
    named = mini("aadb")
    with (named.root / "imgListFiles_label" / "imgListTrainRegression_score.txt").open("a") as file:
        file.write("farm1_3_c_b.jpg 0.500\n")
    rows = _by_name(load_rated([named], say=lambda _: None))
    assert rows["0.500_farm1_3_c_b.jpg"].split == "test"


def test_para_stretches_means_and_levels(mini: Mini) -> None:
    rows = _by_name(load_rated([mini("para")]))
    one, two = rows["iaa_pub1_.jpg"], rows["iaa_pub71_.jpg"]
    assert (one.score, one.spread, one.votes) == (5.5, 1.125, (0, 0, 0, 0, 2, 0, 0, 0, 0))
    assert (two.score, two.spread, two.split) == (5.5, 4.5, "test")
    assert (one.theme, two.theme) == ("plant", "night")
    assert (one.attributes, two.attributes) == ({"quality": 0.5}, {"quality": 1.0})


def test_para_ratings_carry_the_photos_split_and_theme(mini: Mini) -> None:
    rows = load_personal([mini("para")])
    assert [(row.user, row.rating, row.theme) for row in rows] == [
        ("para:A1", 5.5, "plant"),
        ("para:A1", 1, "night"),
        ("para:B2", 10, "night"),
    ]
    assert rows[1].split == rows[2].split == "test"
    assert rows[0].user_split == rows[1].user_split


def test_para_names_the_column_that_lacks(mini: Mini) -> None:
    named = mini("para")
    path = named.root / "annotation" / "PARA-GiaaTest.csv"
    write(path, path.read_text().replace("sessionId", "session"))
    with pytest.raises(DataError, match=r"PARA-GiaaTest.csv lacks the column 'sessionId'; needed:"):
        load_rated([named])


def test_flickr_aes_reads_stars_by_five(mini: Mini) -> None:
    rows = _by_name(load_rated([mini("flickr_aes")]))
    one, two = rows["farm1_1.jpg"], rows["farm1_2.jpg"]
    assert [one.score, one.spread] == pytest.approx([5.5, 2.25])
    assert [two.score, two.spread] == pytest.approx([10, 0])
    assert (one.votes, two.votes) == ((0, 1, 0, 1, 0), (0, 0, 0, 0, 2))


def test_flickr_aes_recognises_the_other_scale_by_the_ratings(mini: Mini) -> None:
    named = mini("flickr_aes")
    write(named.root / " FLICKR-AES_image_score.txt", "farm1_1.jpg 0.5\nfarm1_2.jpg 1.0\n")
    rows = _by_name(load_rated([named]))
    assert rows["farm1_1.jpg"].score == pytest.approx(5.5)


def test_flickr_aes_averages_that_contradict_the_ratings_are_refused(mini: Mini) -> None:
    named = mini("flickr_aes")
    write(named.root / " FLICKR-AES_image_score.txt", "farm1_1.jpg 0.25\nfarm1_2.jpg 0.2\n")
    with pytest.raises(DataError, match=r"image_score\.txt does not agree with"):
        load_rated([named])


def test_flickr_aes_knows_who_rated(mini: Mini) -> None:
    named = mini("flickr_aes")
    (named.root / "FLICKR-AES-001").mkdir()
    (named.root / "40K").rename(named.root / "FLICKR-AES-001" / "40K")
    rows = load_personal([named])
    assert [(row.user, row.path.name, row.rating) for row in rows] == [
        ("flickr_aes:A1", "farm1_1.jpg", 3.25),
        ("flickr_aes:B2", "farm1_1.jpg", 7.75),
        ("flickr_aes:A1", "farm1_2.jpg", 10),
        ("flickr_aes:B2", "farm1_2.jpg", 10),
    ]


def test_tad66k_takes_themes_from_the_single_tables(mini: Mini) -> None:
    rows = _by_name(load_rated([mini("tad66k")]))
    assert (rows["1_a.jpg"].score, rows["1_a.jpg"].theme) == (6.6, "beach")
    assert (rows["2_b.jpg"].score, rows["2_b.jpg"].theme, rows["2_b.jpg"].split) == (
        1.13,
        "car",
        "test",
    )


def test_tad66k_pictures_may_lie_beside_the_labels(mini: Mini) -> None:
    named = mini("tad66k")
    for path in (named.root / "TAD66K").iterdir():
        path.rename(named.root / path.name)
    (named.root / "TAD66K").rmdir()
    assert len(load_rated([named])) == 2


def test_oasis_leaves_out_photos_nobody_voted_on(mini: Mini) -> None:
    told: list[str] = []
    rows = load_rated([mini("oasis")], say=told.append)
    assert [(row.path.name, row.score, row.spread, row.theme) for row in rows] == [
        ("Acorns 1.jpg", 5.5, 2.25, "Acorns"),
        ("Lake 1.jpg", 10, 0, "Lake"),
    ]
    assert told == [
        "oasis: images.csv, line 4: nobody voted on 'Lake 2.jpg'",
        "oasis: 1 of 3 rows skipped (1 without a label)",
    ]


def test_oasis_votes_by_person(mini: Mini) -> None:
    rows = load_personal([mini("oasis")])
    assert [(row.user, row.path.name, row.rating) for row in rows] == [
        ("oasis:1", "Acorns 1.jpg", 5.5),
        ("oasis:2", "Acorns 1.jpg", 1),
        ("oasis:2", "Lake 1.jpg", 10),
    ]


def test_the_real_oasis_is_split_by_theme(data_dir: Path) -> None:
    from aesplugin.training.datasets import NamedSet

    rows = load_rated([NamedSet(name="oasis", root=data_dir / "oasis")])
    parts: dict[str | None, set[str]] = {}
    for row in rows:
        parts.setdefault(row.theme, set()).add(row.split)
    assert len(rows) > 500
    assert all(len(splits) == 1 for splits in parts.values())
    assert {split for splits in parts.values() for split in splits} == {"train", "validate", "test"}
