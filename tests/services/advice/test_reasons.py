"""Why a score is what it is, in words: the model's reasons, else the measured ones."""

from typing import Any

import pytest

from aesplugin.assessment import Assessment, Attribute, Content, Kind, Reason, Verdict
from aesplugin.catalog.records import Entry
from aesplugin.photo import PhotoState
from aesplugin.services.advice.reasons import margin, not_a_photo, own_reasons, reasons_of
from aesplugin.services.advice.suggest import reasons as measured_reasons
from tests.catalog.samples import assessment

MEASURED = {"noise": Attribute(12.0, "levels", Verdict.POOR)}
OWN = (Reason(text="soft light", points=0.4), Reason(text="tilted horizon", points=-0.2))
SIGNED = ["+ soft light", "\N{MINUS SIGN} tilted horizon"]


def entry(**changes: Any) -> Entry:
    """A photo measured as noisy, about which the model said what is given."""
    return Entry(
        path="/p/1.jpg",
        paths=("/p/1.jpg",),
        state=PhotoState.ASSESSED,
        attributes=MEASURED,
        assessment=assessment(1, **changes),
    )


def test_the_models_own_reasons_stand_instead_of_the_measured_ones() -> None:
    assert reasons_of(entry(reasons=OWN)) == SIGNED
    assert reasons_of(entry(reasons=())) == ["nothing stands out"]


def test_where_it_gives_none_the_measured_ones_speak() -> None:
    assert reasons_of(entry()) == measured_reasons(MEASURED) != []
    assert reasons_of(Entry(path="", paths=(), state=PhotoState.PENDING)) == []
    assert own_reasons(None) is None


def test_a_reason_that_weighs_nothing_has_no_sign() -> None:
    assert own_reasons(assessment(1, reasons=(Reason(text="odd", points=0.0),))) == ["odd"]


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (Kind.GRAPHIC, "graphic, not a photograph"),
        (Kind.DOCUMENT, "document, not a photograph"),
        (Kind.SCIENTIFIC, "scientific image, not a photograph"),
        (Kind.PET, None),
        (None, None),
    ],
)
def test_what_is_no_photo_is_called_so(kind: Kind | None, name: str | None) -> None:
    assert not_a_photo(assessment(1, content=Content(kind=kind))) == name
    assert not_a_photo(assessment(1)) is None


def test_what_was_measured_is_not_said_of_a_graphic() -> None:
    graphic = Content(kind=Kind.GRAPHIC)
    assert reasons_of(entry(content=graphic)) == ["graphic, not a photograph"]
    told = reasons_of(entry(content=graphic, reasons=OWN))
    assert told == ["graphic, not a photograph", *SIGNED]


@pytest.mark.parametrize(
    ("uncertainty", "told"), [(None, ""), (0.7, " ± 0.7"), (0.66, " ± 0.7"), (0.01, " ± 0.1")]
)
def test_how_sure_a_score_is(uncertainty: float | None, told: str) -> None:
    known: Assessment = assessment(1, uncertainty=uncertainty)
    assert margin(known) == told
