from datetime import timedelta

import numpy as np
import pytest

from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.rows import now
from aesplugin.catalog.tables import assessments
from tests.catalog.samples import REVISION, assessment, content_hash, ingested


def test_photos_come_as_arrays(catalog: Catalog) -> None:
    catalog.record_photos([ingested(n, f"/photos/{n % 2}/{n}.jpg") for n in range(5)])
    vectors = {n: np.full(3, n + 0.5, dtype="<f2") for n in range(3)}
    catalog.record_assessments(
        [assessment(n, 2.0 + n, embedding=vector.tobytes()) for n, vector in vectors.items()]
        + [assessment(3, 9.0), assessment(4, 9.5, embedding=b"\0\0")]
    )
    views = catalog.views(REVISION)
    assert views.hashes == tuple(sorted(content_hash(n) for n in range(5)))
    at = {n: views.hashes.index(content_hash(n)) for n in range(5)}
    assert [views.scores[at[n]] for n in range(5)] == [2.0, 3.0, 4.0, 9.0, 9.5]
    for n, vector in vectors.items():
        assert views.embeddings[at[n]].tolist() == vector.tolist()
    for without in (3, 4):
        assert np.isnan(views.embeddings[at[without]]).all()
    assert set(catalog.views(REVISION, under="/photos/1").hashes) == {
        content_hash(1),
        content_hash(3),
    }


def test_some_can_be_left_out_of_the_arrays(catalog: Catalog) -> None:
    catalog.record_photos([ingested(n) for n in range(3)])
    catalog.record_assessments(
        [assessment(n, 2.0 + n, embedding=np.full(2, n, "<f2").tobytes()) for n in range(3)]
    )
    views = catalog.views(REVISION)
    left = views.without([content_hash(1), "unknown"])
    assert set(left.hashes) == {content_hash(0), content_hash(2)}
    assert sorted(left.scores.tolist()) == [2.0, 4.0]
    assert sorted(left.embeddings.tolist()) == [[0.0, 0.0], [2.0, 2.0]]
    assert views.without([]) is views


def test_a_catalog_without_answers_has_empty_arrays(catalog: Catalog) -> None:
    views = catalog.views(REVISION)
    assert (views.hashes, views.scores.shape, views.embeddings.shape) == ((), (0,), (0, 0))


def test_the_rate_counts_the_last_minute(catalog: Catalog) -> None:
    assert catalog.rate(REVISION) == 0
    catalog.record_photos([ingested(n) for n in range(30)])
    catalog.record_assessments([assessment(n) for n in range(30)])
    assert catalog.rate(REVISION) == pytest.approx(30, rel=0.5)
    assert catalog.rate("another") == 0


def test_the_rate_leaves_out_what_a_clock_that_ran_ahead_has_dated(catalog: Catalog) -> None:
    catalog.record_photos([ingested(n) for n in range(30)])
    catalog.record_assessments([assessment(n) for n in range(30)])
    with catalog._database.writing() as connection:
        connection.execute(assessments.update().values(created_at=now() + timedelta(days=1)))
    assert catalog.rate(REVISION) == 0
