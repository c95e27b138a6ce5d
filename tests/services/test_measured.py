"""Galleries in the order of a measured value."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from aesplugin.assessment import Attribute, Verdict
from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.filters import SORTINGS, ByMeasure, Filters, Measure, sorting_of
from aesplugin.imaging.attributes import measure
from aesplugin.services.review import Review
from tests.catalog.samples import REVISION, assessment, content_hash, ingested

VALUES = {0: 20.0, 1: 35.0, 2: None, 3: 20.0, 4: -40.0}  # nothing was measured of 5


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with Catalog.open(tmp_path / "catalog.sqlite3") as opened:
        for number, value in VALUES.items():
            _add(opened, number, value)
        opened.record_photos([ingested(5, attributes={})])
        opened.record_assessments([assessment(5)])
        yield opened


def _add(catalog: Catalog, number: int, value: float | None) -> None:
    found = {name: Attribute(value, "%", Verdict.GOOD) for name in ("contrast", "tilt")}
    catalog.record_photos([ingested(number, attributes=found)])
    catalog.record_assessments([assessment(number, 5.0 + number % 2)])


def _shown(review: Review, order: ByMeasure, filters: Filters | None = None) -> list[int]:
    """The numbers of the photos, read in windows of two."""
    numbers = {content_hash(number): number for number in range(10)}
    asked = filters or Filters()
    windows = (review.window(asked, order, limit=2, offset=offset) for offset in (0, 2, 4, 6))
    return [numbers[tile.content_hash] for window in windows for tile in window.tiles]


def test_every_measure_is_one_that_is_measured() -> None:
    pixels = np.zeros((60, 80, 3), dtype=np.uint8)
    assert list(measure(pixels, jpeg_quality=None, native_size=(80, 60))) == list(Measure)


def test_by_a_measure_largest_and_smallest_first(catalog: Catalog) -> None:
    review = Review(catalog, REVISION)
    ties, none = _by_content(0, 3), _by_content(2, 5)
    assert _shown(review, ByMeasure(Measure.CONTRAST)) == [1, *ties, 4, *none]
    assert _shown(review, ByMeasure(Measure.CONTRAST, largest=False)) == [4, *ties, 1, *none]
    assert _shown(review, ByMeasure(Measure.TILT)) == [4, 1, *ties, *none]  # how far, either way


def _by_content(*numbers: int) -> list[int]:
    return sorted(numbers, key=content_hash)


def test_filters_and_new_photos_count(catalog: Catalog) -> None:
    review, order = Review(catalog, REVISION), ByMeasure(Measure.CONTRAST)
    assert _shown(review, order, Filters(score_min=6)) == [1, 3]
    _add(catalog, 7, 99.0)
    assert _shown(review, order)[0] == 7
    assert review.places(Filters(), order, [content_hash(1)]) == {content_hash(1): 1}


def test_where_nothing_was_measured_all_photos_are_shown(catalog: Catalog) -> None:
    assert len(_shown(Review(catalog, REVISION), ByMeasure(Measure.NOISE))) == 6


def test_an_order_is_known_by_its_name() -> None:
    assert [sorting_of(one.value) for one in SORTINGS] == list(SORTINGS)
    assert ByMeasure(Measure.NOISE).value == "largest-noise"
    with pytest.raises(ValueError, match="use score, lowest"):
        sorting_of("largest-dust")
