"""Ratings files as people and programs write them: what is wrong costs its own line alone."""

from pathlib import Path

import pytest

from aesplugin.errors import DataError
from aesplugin.services.personal.ratings_file import BadLine, RatedPath, read_ratings


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "ratings.csv"


def read(file: Path, text: str) -> tuple[dict[str, int | None], dict[int, str]]:
    """Ratings by path, and reasons by line."""
    file.write_text(text)
    rows = list(read_ratings(file))
    good = {row.path: row.rating for row in rows if isinstance(row, RatedPath)}
    return good, {row.line: row.reason for row in rows if isinstance(row, BadLine)}


def test_a_quote_that_never_closes_costs_its_line_alone(file: Path) -> None:
    good, bad = read(
        file, 'path,rating\na.jpg,5\n"b.jpg,4\nc.jpg,3\n"d, e.jpg",2\n"f ""g"".jpg",1\n'
    )
    assert good == {"a.jpg": 5, "c.jpg": 3, "d, e.jpg": 2, 'f "g".jpg': 1}
    assert list(bad) == [3] and "quote" in bad[3]
    good, bad = read(file, '"a.jpg,5\nb.jpg,4\nc.jpg,3\n')  # in the first line, too
    assert (good, list(bad)) == ({"b.jpg": 4, "c.jpg": 3}, [1])


def test_a_field_longer_than_any_path_costs_its_line_alone(file: Path) -> None:
    good, bad = read(file, f"a.jpg,5\n{'x' * 200_000},4\nc.jpg,3\n")
    assert (good, list(bad)) == ({"a.jpg": 5, "c.jpg": 3}, [2])
    good, bad = read(file, f"{'x' * 200_000},4\nc.jpg,3\n")
    assert (good, list(bad)) == ({"c.jpg": 3}, [1])


def test_a_first_line_of_one_column_costs_itself_alone(file: Path) -> None:
    good, bad = read(file, "a.jpg\nb.jpg;4\nc.jpg;3\n")
    assert (good, list(bad)) == ({"b.jpg": 4, "c.jpg": 3}, [1])
    good, bad = read(file, "My ratings\n\nrating,path\n4,b.jpg\n")  # a title above the header
    assert (good, list(bad)) == ({"b.jpg": 4}, [1])


@pytest.mark.parametrize("text", ["", "\n \n", "path,rating\n", "\ufeff"])
def test_a_file_without_ratings_is_an_error(file: Path, text: str) -> None:
    with pytest.raises(DataError, match=r"ratings\.csv contains no ratings"):
        read(file, text)


def test_a_header_that_names_half_is_refused_whole(file: Path) -> None:
    with pytest.raises(DataError, match="path,rating"):
        read(file, "path,note\na.jpg,fine\n")


def test_favourites_are_read_with_a_rating_or_alone(file: Path) -> None:
    file.write_text(
        "path,rating,favorite\na.jpg,4,1\nb.jpg,,yes\nc.jpg,3,0\nd.jpg,2,\ne.jpg,5\n"
        "f.jpg,,0\ng.jpg,1,maybe\n"
    )
    *good, unsaid, odd = read_ratings(file)
    words = [(r.path, r.rating, r.favorite) for r in good if isinstance(r, RatedPath)]
    assert words == [
        ("a.jpg", 4, True),
        ("b.jpg", None, True),
        ("c.jpg", 3, False),
        ("d.jpg", 2, None),
        ("e.jpg", 5, None),
    ]
    assert unsaid == BadLine(7, "'' is not a number")
    assert odd == BadLine(8, "'maybe' is not a favorite; write 1 or 0")
