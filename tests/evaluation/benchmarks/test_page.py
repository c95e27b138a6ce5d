"""The benchmark of the page asks for every order and filter, and finds photos with each."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from aesplugin.catalog.filters import ByMeasure, Measure, Order
from aesplugin.compose import Workshop
from aesplugin.evaluation.benchmarks.page import USER, fill, measure_page
from aesplugin.settings import Settings
from aesplugin.web.testing import probed

PHOTOS = 1200
FIELDS = {
    "choice", "stars", "favorite", "camera", "folder", "taken_from", "taken_to",
    "score_min", "score_max", "shown",
}  # fmt: skip


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    home = tmp_path_factory.mktemp("page")
    settings = Settings(catalog=str(home / "c.sqlite3"), cache=home, model="fake")
    made = Workshop(settings)
    fill(made.catalog, made.card, photos=PHOTOS)
    return made


def test_the_made_up_catalog_has_something_for_every_filter(workshop: Workshop) -> None:
    catalog, revision = workshop.catalog, workshop.card.revision
    assert sum(catalog.counts(revision).values()) == PHOTOS
    decided = catalog.people.decisions(USER).values()
    assert len(decided) == PHOTOS // 10
    assert len({(d.choice, bool(d.stars), d.favorite) for d in decided}) >= 5
    assert catalog.people.preferences(USER)


def test_every_order_and_filter_is_asked_for(workshop: Workshop) -> None:
    asked: list[str] = []

    def ask(address: str) -> int:
        asked.append(address)
        return 200

    times = list(measure_page(ask, photos=PHOTOS, requests=12))
    assert all(0 <= one.median_ms <= one.p95_ms <= one.worst_ms for one in times)
    given = [parse_qs(urlsplit(address).query) for address in asked]
    orders = {*(order.value for order in Order), ByMeasure(Measure.SUBJECT_SHARPNESS).value}
    assert {query["order"][0] for query in given if "order" in query} == orders
    assert {name for query in given for name in query} >= FIELDS | {"offset"}


def test_the_real_page_answers_all_of_it(workshop: Workshop) -> None:
    with probed(workshop) as ask:
        times = list(measure_page(ask, photos=PHOTOS, requests=1))
    assert len(times) > 20 and all(one.requests == 1 for one in times)


def test_a_page_that_fails_is_not_timed() -> None:
    with pytest.raises(AssertionError, match="answered with 500"):
        list(measure_page(lambda _: 500, photos=10, requests=1))


def test_photos_lie_in_folders_as_named(workshop: Workshop) -> None:
    assert Path(workshop.catalog.gallery.folders()[0]).name == "0000"
