"""aesplugin find: photos by words."""

from pathlib import Path

import pytest
from sqlalchemy import text

from aesplugin.catalog.catalog import Catalog
from tests.cli.conftest import Cli, make_photo


@pytest.fixture
def scored(cli: Cli, photos: Path) -> Path:
    make_photo(photos / "Iceland-2019" / "IMG_2043.jpg", seed=9)
    cli("score", photos)
    return photos


def test_words_find_a_photo_and_say_where(cli: Cli, scored: Path) -> None:
    done = cli("find", "iceland", "204")
    assert (done.code, done.err) == (0, "1 of 4 photos found\n")
    assert "IMG_2043.jpg" in done.out and "iceland: folder; 204: name" in done.out


def test_json_has_the_entries_of_rank(cli: Cli, scored: Path) -> None:
    (one,) = cli("find", "iceland", "--json").objects()
    assert one.pop("matched") == {"iceland": ["folder"]}
    assert one in cli("rank", "--json").objects()


def test_a_limit_says_how_many_there_are(cli: Cli, scored: Path) -> None:
    done = cli("find", "photos", "--limit", "2", "--json")
    assert len(done.objects()) == 2
    assert done.err == "4 of 4 photos found, 2 shown\n"


def test_a_misspelt_word_is_named_with_what_is_shown(cli: Cli, scored: Path) -> None:
    done = cli("find", "icelnad")
    assert done.err == "no “icelnad”: showing “iceland”\n1 of 4 photos found\n"


def test_nothing_found_says_what_was_searched(cli: Cli, scored: Path) -> None:
    done = cli("find", "xylophone")
    assert (done.code, done.out) == (0, "")
    assert "no photo has “xylophone”" in done.err
    assert "nothing found in 4 photos: searched what they show, names of files" in done.err


@pytest.mark.parametrize("words", [[""], ["  "], ["***"], ['"'], ["x" * 10_000], ["x "] * 40])
def test_what_cannot_be_searched_is_refused_in_one_line(cli: Cli, words: list[str]) -> None:
    done = cli("find", *words)
    assert done.code == 2
    assert done.err.startswith("error: ") and done.err.count("\n") == 1


def test_odd_words_find_nothing(cli: Cli, scored: Path) -> None:
    for odd in ("NEAR(", "' OR 1=1 --", "shown:iceland", "🐶", "a\0b", "\udcff海"):
        done = cli("find", odd, "--json")
        assert (done.code, done.out) == (0, ""), odd
    assert cli("find", "--json", "--", "-iceland").err == "3 of 4 photos found\n"


def test_photos_without_a_score_are_found_by_name(cli: Cli, scored: Path, home: Path) -> None:
    with Catalog.open(home / "catalog.sqlite3") as catalog, catalog._database.writing() as writing:
        writing.execute(text("DELETE FROM assessments"))
    (one,) = cli("find", "iceland", "--json").objects()
    assert (one["state"], one["score"]) == ("pending", None)


def test_a_person_s_taste_is_the_order(cli: Cli, scored: Path) -> None:
    done = cli("find", "photos", "--user", "ann", "--json")
    assert "4 of 4 photos found" in done.err  # and that too few ratings are known
    assert [one["path"] for one in done.objects()] == [
        one["path"] for one in cli("rank", "--user", "ann", "--json").objects()
    ]


def test_doctor_says_where_there_is_no_word_index(cli: Cli, scored: Path, home: Path) -> None:
    assert "FTS5" not in cli("doctor", "--json").out
    with Catalog.open(home / "catalog.sqlite3") as catalog, catalog._database.writing() as writing:
        for what in ("TRIGGER searchable_insert", "TRIGGER searchable_delete"):
            writing.execute(text(f"DROP {what}"))
        writing.execute(text("DROP TRIGGER searchable_update"))
        writing.execute(text("DROP TABLE search_index"))
    assert "FTS5" in cli("doctor", "--json").out
    assert cli("find", "iceland").err == "1 of 4 photos found\n"
