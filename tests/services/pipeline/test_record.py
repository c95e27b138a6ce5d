"""What a model said, stored beside what was measured."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from aesplugin.assessment import Assessment, Attribute, Content, Flaw, Kind, Reason, Verdict
from aesplugin.catalog.catalog import Catalog
from aesplugin.models.base import Answer
from aesplugin.services.pipeline.assess import Assessed
from aesplugin.services.pipeline.record import record
from tests.catalog.samples import REVISION, SUGGESTION, content_hash, ingested

NOISY = {"noise": Attribute(12.0, "levels", Verdict.POOR)}


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with Catalog.open(tmp_path / "catalog.sqlite3") as opened:
        opened.record_photos([ingested(1, attributes=NOISY)])
        yield opened


def recorded(catalog: Catalog, answer: Answer) -> Assessment:
    """The answer as the catalog has it."""
    results = [Assessed(content_hash(1), answer)]
    assert record(catalog, results, model="m", revision=REVISION) == 1
    entry = catalog.entry(content_hash(1), REVISION)
    assert entry is not None and entry.assessment is not None
    return entry.assessment


def test_everything_a_model_says_is_kept(catalog: Catalog) -> None:
    content = Content(kind=Kind.PET, subject="a dog", keywords=("grass",))
    reasons = (Reason(text="soft light", points=0.4),)
    answer = Answer(score=6.0, uncertainty=0.7, content=content, reasons=reasons)
    found = recorded(catalog, answer)
    assert (found.uncertainty, found.content, found.reasons) == (0.7, content, reasons)
    assert [one.flaw for one in found.suggestions] == [Flaw.NOISE]  # measured: it gave none


@pytest.mark.parametrize("kind", [Kind.GRAPHIC, Kind.DOCUMENT, Kind.SCIENTIFIC])
@pytest.mark.parametrize("suggestions", [None, (SUGGESTION,)])
def test_what_is_no_photo_gets_no_advice(
    catalog: Catalog, kind: Kind, suggestions: tuple[()] | None
) -> None:
    answer = Answer(score=6.0, suggestions=suggestions, content=Content(kind=kind))
    assert recorded(catalog, answer).suggestions == ()
