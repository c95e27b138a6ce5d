import logging
import math
from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest

from aesplugin.assessment import Assessment, Content, Kind, Reason
from aesplugin.catalog.catalog import Catalog
from aesplugin.errors import ModelError
from aesplugin.photo import PhotoState
from tests.catalog.samples import (
    REVISION,
    SUGGESTION,
    assessment,
    content_hash,
    failed,
    ingested,
)


@pytest.fixture(autouse=True)
def three_photos(catalog: Catalog) -> None:
    catalog.record_photos([ingested(number) for number in range(3)])


def test_an_answer_comes_back_as_it_was_stored(catalog: Catalog) -> None:
    answer = assessment(
        1,
        7.25,
        comment="Calm, 静か \N{CAMERA}",
        suggestions=(SUGGESTION,),
        embedding=b"\0\xff" * 64,
    )
    assert catalog.record_assessments([answer]) == 1
    entry = catalog.entry(content_hash(1), REVISION)
    assert entry is not None
    assert entry.assessment is not None
    assert entry.assessment.comment == answer.comment
    assert entry.assessment.suggestions == (SUGGESTION,)
    assert entry.assessment.embedding is None  # left out of entries
    hashes = [content_hash(number) for number in range(3)]
    assert catalog.embeddings(REVISION, hashes) == {content_hash(1): answer.embedding}


def stored(catalog: Catalog, answer: Assessment) -> Assessment:
    """The same as it is read back."""
    assert catalog.record_assessments([answer]) == 1
    entry = catalog.entry(answer.content_hash, REVISION)
    assert entry is not None and entry.assessment is not None
    return entry.assessment


@pytest.mark.parametrize(
    "changes",
    [
        {"uncertainty": 0.7},
        {"content": Content(kind=Kind.PET, subject="a dog", keywords=("grass", "静か"))},
        {"content": Content()},
        {"reasons": (Reason(text="soft light", points=0.4), Reason(text="tilted", points=-0.2))},
        {"reasons": ()},
        {"suggestions": (replace(SUGGESTION, amount=2.5),)},
    ],
)
def test_what_a_model_says_beside_the_score_comes_back(
    catalog: Catalog, changes: dict[str, Any]
) -> None:
    answer = assessment(1, 7.25, **changes)
    assert stored(catalog, answer) == answer


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_not_stored(catalog: Catalog, value: float) -> None:
    plain = Reason(text="soft light", points=0.4)
    found = stored(
        catalog,
        assessment(
            1,
            uncertainty=value,
            reasons=(plain, Reason(text="odd", points=value)),
            suggestions=(replace(SUGGESTION, amount=value),),
        ),
    )
    assert (found.uncertainty, found.reasons) == (None, (plain,))
    assert found.suggestions == (SUGGESTION,)


def test_numbers_of_numpy_are_stored_as_numbers(catalog: Catalog) -> None:
    number = cast(float, np.float32(0.5))
    reason = Reason(text="soft light", points=number)
    found = stored(catalog, assessment(1, uncertainty=number, reasons=(reason,)))
    assert (found.uncertainty, found.reasons) == (0.5, (Reason(text="soft light", points=0.5),))


def test_a_second_delivery_changes_nothing(catalog: Catalog) -> None:
    answers = [assessment(number, 4.0) for number in range(3)]
    assert catalog.record_assessments(answers) == 3
    assert catalog.record_assessments(answers) == 0
    assert catalog.record_assessments([assessment(0, 9.0), assessment(0, 8.0)]) == 0
    assert [e.assessment for e in catalog.entries(REVISION)] == answers


def test_revisions_stand_side_by_side(catalog: Catalog) -> None:
    both = [assessment(0, 3.0), assessment(0, 6.0, model_revision="model-2")]
    assert catalog.record_assessments(both) == 2
    assert [e.assessment for e in catalog.rank("model-2")] == [both[1]]
    assert [e.assessment for e in catalog.rank(REVISION)] == [both[0]]


@pytest.mark.parametrize("score", [0.99, 10.01, math.nan, math.inf, -math.inf])
def test_a_score_out_of_range_is_never_stored(catalog: Catalog, score: float) -> None:
    with pytest.raises(ModelError, match=r"not within 1\.\.10"):
        catalog.record_assessments([assessment(0, 5.0), assessment(1, score)])
    assert catalog.counts(REVISION)[PhotoState.ASSESSED] == 0


def test_an_answer_about_an_unknown_photo_is_left_out(
    catalog: Catalog, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert catalog.record_assessments([assessment(0), assessment(99)]) == 1
    assert "1 results for unknown photos" in caplog.text
    assert catalog.record_assessments([]) == 0


def test_the_third_failure_quarantines(catalog: Catalog) -> None:
    hashes = [content_hash(0), content_hash(1), content_hash(99)]
    for expected in (1, 2, 3, 4):
        entry = catalog.entry(hashes[0], REVISION)
        assert entry is not None
        assert (entry.state is PhotoState.QUARANTINED) == (expected > 3)
        assert catalog.record_model_failure(hashes[0], REVISION, f"failure {expected}") == expected
    entry = catalog.entry(hashes[0], REVISION)
    assert entry is not None
    assert entry.reason == "failure 4"
    assert catalog.record_model_failure(hashes[2], REVISION, "unknown photo") == 0
    assert catalog.unassessed(hashes, REVISION) == set(hashes)


def test_a_numbered_failure_counts_once_however_often_it_is_told(catalog: Catalog) -> None:
    for number, counted in ((1, 1), (1, 1), (2, 2), (1, 2), (3, 3), (3, 3)):
        told = catalog.record_model_failure(content_hash(0), REVISION, "no", attempt=number)
        assert told == counted
    hashes = [content_hash(0), content_hash(1)]
    assert catalog.attempts_of(hashes, REVISION) == {content_hash(0): 3}
    assert catalog.attempts_of(hashes, "another") == {}


def test_an_answer_ends_the_failures_and_a_late_failure_changes_nothing(catalog: Catalog) -> None:
    for _ in range(3):
        catalog.record_model_failure(content_hash(0), REVISION, "no memory")
    catalog.record_assessments([assessment(0)])
    assert catalog.record_model_failure(content_hash(0), REVISION, "late") == 0
    entry = catalog.entry(content_hash(0), REVISION)
    assert entry is not None
    assert (entry.state, entry.reason) == (PhotoState.ASSESSED, None)
    assert catalog.last_failures(REVISION) == []


def test_pending_names_every_waiting_content_once(catalog: Catalog) -> None:
    catalog.record_photos([ingested(0, "/copies/0.jpg"), ingested(3)])
    catalog.record_assessments([assessment(1)])
    for _ in range(3):
        catalog.record_model_failure(content_hash(2), REVISION, "broken")
    catalog.record_model_failure(content_hash(3), REVISION, "once")
    waiting = catalog.pending(REVISION)
    assert {(p.content_hash, p.stamp.path) for p in waiting} == {
        (content_hash(0), "/copies/0.jpg"),
        (content_hash(3), "/photos/000003.jpg"),
    }
    assert len(catalog.pending(REVISION, limit=1)) == 1
    assert catalog.pending(REVISION, limit=0) == []


def test_pending_names_files_that_are_to_be_decoded_again(catalog: Catalog) -> None:
    catalog.record_assessments([assessment(number) for number in range(3)])
    catalog.record_failures([failed("/photos/x.jpg"), failed("/photos/y.jpg")])
    assert catalog.pending(REVISION) == []
    catalog.retry([PhotoState.DAMAGED])
    assert [(p.content_hash, p.stamp.path) for p in catalog.pending(REVISION)] == [
        (None, "/photos/x.jpg"),
        (None, "/photos/y.jpg"),
    ]
