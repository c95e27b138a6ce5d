"""Photos found by words, on both databases and on an SQLite without a word index."""

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from aesplugin.assessment import Content, Flaw, Kind, Suggestion
from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.filters import Filters, Order, Shown
from aesplugin.catalog.search.conditions import INDEX
from aesplugin.catalog.search.words import words_of
from aesplugin.errors import UsageError
from aesplugin.photo import Exif, PhotoState
from tests.catalog.samples import REVISION, assessment, content_hash, failed, ingested


@pytest.fixture(params=["sqlite", "postgresql", "no index"])
def library(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Catalog]:
    """Seven photos that differ in all that is searched."""
    if request.param == "postgresql":
        target = _ready_postgresql(request)
    else:
        file: Path = request.getfixturevalue("ready_file")
        target = str(shutil.copy(file, tmp_path / "catalog.sqlite3"))
    with Catalog.open(target) as catalog:
        if request.param == "no index":
            _without_index(catalog)
        _fill(catalog)
        yield catalog


def _ready_postgresql(request: pytest.FixtureRequest) -> str:
    from tests.catalog.conftest import _NO_ROWS, _READY

    server = request.getfixturevalue("postgres")
    server.run(_NO_ROWS, database=_READY)
    return str(server.url(_READY))


def _without_index(catalog: Catalog) -> None:
    """As it is made where SQLite has no FTS5."""
    with catalog._database.writing() as connection:
        for what in ("insert", "delete", "update"):
            connection.execute(text(f"DROP TRIGGER searchable_{what}"))
        connection.execute(text(f"DROP TABLE {INDEX}"))


def _fill(catalog: Catalog) -> None:
    catalog.record_photos(
        [
            ingested(
                1,
                "/photos/Iceland-2019/IMG_2043.JPG",
                exif=Exif(
                    taken_at=datetime(2019, 5, 14, 12), make="NIKON", model="D850", lens="24-70mm"
                ),
            ),
            ingested(2, "/photos/IcelandTrip/DSC00042.jpg"),
            ingested(3, "/photos/Café Zürich/beachball.png"),
            ingested(4, "/photos/富士山の朝.jpg"),
            ingested(5, "/photos/Отпуск/море.jpg", exif=Exif(taken_at=datetime(2020, 12, 25))),
            ingested(6, "/photos/شاطئ/🐶.jpg"),
            ingested(7, '/photos/it\'s "odd" -- * NEAR(.jpg'),
        ]
    )
    catalog.record_assessments(
        [
            assessment(
                1,
                5.0,
                content=Content(kind=Kind.PET, subject="a dog", keywords=("beach", "sea")),
                suggestions=(_suggestion(Flaw.LOW_CONTRAST),),
            ),
            assessment(2, 8.0, comment="Soft light on the beaches."),
            assessment(3, 9.0, content=Content(keywords=("berry", "person"))),
            *(assessment(number, 4.0) for number in range(4, 8)),
        ]
    )


def _suggestion(flaw: Flaw) -> Suggestion:
    return Suggestion(flaw=flaw, direction="more contrast", strength=0.5, advice="Add contrast.")


def found(catalog: Catalog, words: str, order: Order = Order.MATCH, **filters: object) -> list[int]:
    """The numbers of the photos, in order."""
    asked = Filters(q=words, **filters)  # type: ignore[arg-type]
    hashes = catalog.gallery.hashes(REVISION, asked, order)
    numbers = {content_hash(number): number for number in range(1, 30)}
    assert catalog.gallery.count(REVISION, asked) == len(hashes)
    windows = [
        catalog.gallery.window(REVISION, asked, order, limit=1, offset=at)
        for at in range(len(hashes) + 1)
    ]
    assert [key for window in windows for key in window] == hashes
    return [numbers[key] for key in hashes]


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("dog beach 2019", [1]),
        ("bea", [3, 2, 1]),  # the beginning of beachball, beaches, beach
        ("beach", [1, 3, 2]),  # the whole word in what is shown first, then by score
        ("beaches", [1, 2]),
        ("berries", [3]),
        ("people", [3]),
        ("pet", [1]),
        ("low contrast", [1]),
        ("img_2043", [1]),
        ("IMG2043", [1]),
        ("2043", [1]),
        ("42", [2]),
        ("iceland", [2, 1]),
        ("icelandtrip", [2]),
        ("IcelandTrip", [2]),
        ("iceland trip", [2]),
        ("cafe zurich", [3]),
        ("ZÜRICH", [3]),
        ("nikon d850", [1]),
        ("24-70", [1]),
        ("may", [1]),
        ("may 2019", [1]),
        ("2019-05-14", [1]),
        ("14 may", [1]),
        ("tuesday", [1]),
        ("spring", [1]),
        ("christmas", [5]),
        ("富士", [4]),
        ("朝", [4]),
        ("мор", [5]),
        ("ОТПУСК", [5]),
        ("شاطئ", [6]),
        ("🐶", [6]),
        ("odd near", [7]),
        ('"soft light"', [2]),
        ('"light soft"', []),
        ('"soft lig"', []),
        ("iceland -beach", []),
        ("iceland -2019", [2]),
        ('iceland -"soft light"', [1]),
        ("may 2020", []),
        ("cat", []),
        ("taken", []),
    ],
)
def test_words_find_photos(library: Catalog, words: str, numbers: list[int]) -> None:
    assert found(library, words) == numbers


@pytest.mark.parametrize(
    "words",
    [
        "*", '"', "NEAR(dog", "shown : dog", "' OR 1=1 --", "%", "_", "¤", "¦", "\ue000",
        "dog OR cat", "dog\0cat", "-",
        '""', "^dog^cat", "{shown}", "a AND", "\udcff", "dog* NOT", "\\",
    ],
)  # fmt: skip
def test_nothing_typed_is_a_database_s_own_language(library: Catalog, words: str) -> None:
    assert found(library, words) == []


def test_only_exclusion_leaves_the_others(library: Catalog) -> None:
    assert sorted(found(library, "-iceland")) == [3, 4, 5, 6, 7]


def test_words_are_combined_with_other_filters_and_orders(library: Catalog) -> None:
    assert found(library, "iceland", Order.SCORE) == [2, 1]
    assert found(library, "iceland", Order.LOWEST) == [1, 2]
    assert found(library, "iceland", folder="/photos/Iceland-2019") == [1]
    assert found(library, "iceland", camera="D850", score_min=4.0) == [1]
    assert found(library, "iceland", score_min=6.0) == [2]


def test_a_search_that_is_too_long_is_refused(library: Catalog) -> None:
    with pytest.raises(UsageError, match="10,000 characters long: at most 500"):
        found(library, "x" * 10_000)
    with pytest.raises(UsageError, match="40 words: at most 32"):
        found(library, "x " * 40)


def test_what_is_searched_follows_the_files(library: Catalog) -> None:
    library.record_photos([ingested(1, "/photos/Norway/again.jpg")])
    assert found(library, "norway") == [1]
    assert found(library, "2043") == [1]
    gone = ["/photos/Iceland-2019/IMG_2043.JPG"]
    assert library.mark_missing(gone, root="/photos") is None
    assert found(library, "2043") == []
    library.respell({"/photos/Norway/again.jpg": "/photos/Sweden/again.jpg"})
    assert (found(library, "norway"), found(library, "sweden")) == ([], [1])
    library.record_photos([ingested(8, "/photos/IcelandTrip/DSC00042.jpg")])
    library.record_assessments([assessment(8)])
    assert found(library, "dsc00042") == [8]
    library.record_failures([failed("/photos/IcelandTrip/DSC00042.jpg", PhotoState.DAMAGED)])
    assert found(library, "dsc00042") == []


def test_each_model_is_searched_for_its_own_words(library: Catalog) -> None:
    other = "model-2"
    told = assessment(2, 3.0, model_revision=other, content=Content(subject="a whale"))
    library.record_assessments([told])
    assert library.gallery.hashes(other, Filters(q="whale")) == [content_hash(2)]
    assert library.gallery.hashes(other, Filters(q="beaches")) == []
    assert library.gallery.hashes(REVISION, Filters(q="whale")) == []


def test_photos_without_a_score_are_found_by_name(library: Catalog) -> None:
    library.record_photos([ingested(9, "/photos/waiting/IMG_9999.jpg")])
    assert found(library, "waiting") == []
    assert found(library, "waiting", shown=Shown.PENDING) == [9]


def test_a_catalog_from_before_can_be_searched(library: Catalog) -> None:
    from aesplugin.catalog.search.index import refill

    with library._database.writing() as connection:
        connection.execute(text("DELETE FROM searchable"))
    assert found(library, "dog") == []
    with library._database.writing() as connection:
        refill(connection)
    assert found(library, "dog beach 2019") == [1]


@given(st.text(alphabet="aBcDE12_- .É富", max_size=12), st.booleans())
def test_plain_text_is_parted_as_any_other(name: str, camel: bool) -> None:
    ascii_only = name.encode("ascii", "ignore").decode()
    assert words_of(f"{ascii_only}|富", camel=camel)[:-1] == words_of(ascii_only, camel=camel)
