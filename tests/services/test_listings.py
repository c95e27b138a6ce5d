"""What is kept of a catalog for a moment says what the catalog says."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.filters import Filters, Order
from aesplugin.services.listings import Listings
from tests.catalog.samples import REVISION, assessment, content_hash, ingested

PLACE = range(60)


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with Catalog.open(tmp_path / "catalog.sqlite3") as opened:
        opened.record_photos([ingested(n, f"/photos/{n}.jpg") for n in range(4)])
        opened.record_assessments([assessment(n, 5.0 + n) for n in range(4)])
        yield opened


@pytest.mark.parametrize("personal", [{}, {content_hash(1): 9.0}], ids=["score", "taste"])
def test_an_edited_photo_leaves_its_old_self_out_of_count_and_page(
    catalog: Catalog, personal: dict[str, float]
) -> None:
    listings = Listings(catalog, REVISION)
    assert listings.window(Filters(), Order.SCORE, personal, place=PLACE)[0] == 4
    catalog.record_photos([ingested(7, "/photos/1.jpg")])  # the same file, other content
    catalog.record_assessments([assessment(7, 3.0)])
    total, shown = listings.window(Filters(), Order.SCORE, personal, place=PLACE)
    assert total == len(shown) == 4
    assert content_hash(7) in shown and content_hash(1) not in shown
