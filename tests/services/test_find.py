"""Searches by what was meant, as typed by many threads and at the limits of their length."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.filters import Filters
from aesplugin.services.find import Finder, Meant, with_words
from tests.catalog.samples import REVISION, assessment, ingested


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with Catalog.open(str(tmp_path / "catalog.sqlite3")) as opened:
        opened.record_photos([ingested(1, "/photos/dog.jpg"), ingested(2, "/photos/cat.jpg")])
        opened.record_assessments([assessment(1, 5.0), assessment(2, 6.0)])
        yield opened


class _Emptied(dict[tuple[str, int, date], Meant]):
    """As it is where another thread clears it right after every assignment."""

    def __setitem__(self, key: tuple[str, int, date], value: Meant) -> None:
        super().__setitem__(key, value)
        self.clear()


def test_another_thread_may_forget_what_was_just_understood(catalog: Catalog) -> None:
    finder = Finder(catalog, REVISION)
    finder._meant = _Emptied()
    assert finder.meant("dog").text == "dog"


@pytest.mark.parametrize(
    "typed",
    [
        '"' + "x" * 499,
        '"dog ' + "x" * 495,
        "dog -“" + "x" * 494,
        "x" * 248 + ' "' + "y" * 250,
        '"a"' * 31 + "x" * 407,
    ],
)
def test_what_may_be_typed_may_be_searched(catalog: Catalog, typed: str) -> None:
    assert len(typed) == 500
    finder = Finder(catalog, REVISION)
    meant = finder.meant(typed)
    assert finder.find(meant.query, limit=5) == (0, []) or "-" in typed
    shown = with_words(Filters(q=typed), meant)
    assert catalog.gallery.count(REVISION, shown) == (1 if "-" in typed else 0)
