"""Ranking by taste from stored embeddings: it learns, says why, and remembers."""

from collections.abc import Iterator

import numpy as np
import pytest

from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.records import Preference
from aesplugin.evaluation.benchmarks.taste import REVISION, fill
from aesplugin.services.personal.explanations import ranked_photos
from aesplugin.services.personal.taste import UserTaste, rank_for


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    with Catalog.open(tmp_path_factory.mktemp("taste") / "catalog.sqlite3") as opened:
        fill(opened, 200)
        views = opened.views(REVISION)
        liked = np.argsort(views.embeddings[:, 0].astype(np.float32))
        words = [Preference(content_hash=views.hashes[i], rating=1) for i in liked[:25]]
        words += [Preference(content_hash=views.hashes[i], rating=5) for i in liked[-25:]]
        opened.people.prefer("anna", words)
        opened.people.prefer("same", [Preference(content_hash=h, rating=4) for h in views.hashes])
        yield opened


def test_what_a_person_likes_rises_and_it_is_said_why(catalog: Catalog) -> None:
    ranking = rank_for(catalog, REVISION, "anna")
    assert ranking.known.fallback is None
    axis = ranking.embeddings[:, 0]
    assert np.corrcoef(ranking.personal - ranking.general, axis)[0, 1] > 0.3
    assert ranking.places().sum() == 0
    photos = ranked_photos(catalog, REVISION, ranking, limit=5)
    assert [photo.place for photo in photos] == [1, 2, 3, 4, 5]
    assert all(photo.why.photos and photo.resembles[0].endswith(".jpg") for photo in photos)


def test_equal_ratings_fall_back_and_say_so(catalog: Catalog) -> None:
    ranking = rank_for(catalog, REVISION, "same")
    assert "the same rating" in (ranking.note or "")
    assert np.array_equal(ranking.order, ranking.general_order)
    assert UserTaste(catalog, REVISION).scores("same") == {}


def test_a_new_word_counts_at_once(catalog: Catalog) -> None:
    taste = UserTaste(catalog, REVISION)
    before = taste.scores("anna")
    assert taste.scores("anna") is before
    key = rank_for(catalog, REVISION, "anna").hashes[0]
    catalog.people.prefer("anna", [Preference(content_hash=key, favorite=True)])
    assert taste.scores("anna") != before
    assert taste.scores("nobody") == {}
