import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from aesplugin.assessment import Flaw, Kind
from aesplugin.evaluation.real.labels import Label, Split
from aesplugin.models.judge.config import FLAWS, STRENGTH_NAMES, TARGETS
from aesplugin.training.judge.looks import Copy
from aesplugin.training.judge.targets import Example, non_photo_targets, targets_of


def _label(**changes: Any) -> Label:
    plain: dict[str, Any] = {
        "line": 1,
        "name": "some/photo.jpg",
        "path": Path("some/photo.jpg"),
        "split": Split.TRAIN,
        "kind": Kind.LANDSCAPE,
        "score": 6.5,
        "none_needed": False,
    }
    return Label(**(plain | changes))


def _targets(label: Label, copy: Copy | None = None) -> dict[str, float]:
    """What a row says; nothing that it does not speak of."""
    (row,) = targets_of([Example(label, copy)]).tolist()
    found = dict(zip(TARGETS, row, strict=True))
    return {name: value for name, value in found.items() if not math.isnan(value)}


def test_a_photo_teaches_its_score_kind_and_flaws() -> None:
    found = _targets(_label(flaws={Flaw.BLUR: 2, Flaw.NOISE: 1}))
    assert found["score"] == 6.5 and found["damage"] == 0 and found["untouched"] == 0
    assert (found["kind landscape"], found["kind portrait"]) == (1, 0)
    assert (found["flaw blur"], found["flaw noise"], found["flaw clutter"]) == (1, 0.75, 0)
    assert found.keys() == set(TARGETS)


def test_what_is_not_labelled_is_not_learnt() -> None:
    found = _targets(_label(score=None, none_needed=None))
    assert not {"score", "damage", "untouched"} & found.keys()
    assert found["flaw blur"] == 0


def test_words_are_those_of_subject_and_keywords_and_the_broader() -> None:
    found = _targets(_label(subjects=("two cats",), keywords=("clouds", "grass")))
    there = {name.removeprefix("word ") for name, value in found.items() if value == 1}
    assert {"cat", "animal", "cloud", "grass"} <= there
    assert not {"dog", "tree", "hat"} & there


@pytest.mark.parametrize(
    ("said", "strengths"),
    [
        ("Golden light on calm water.", {"light", "mood"}),
        ("Sharp eyes against a plain background", {"detail", "expression", "separation", "depth"}),
        ("Diagonal lines lead into the picture.", {"lines"}),
        (None, set()),
    ],
)
def test_strengths_are_read_from_the_sentence_in_favour(
    said: str | None, strengths: set[str]
) -> None:
    found = _targets(_label(good=said))
    assert {name for name in STRENGTH_NAMES if found[f"strength {name}"]} == strengths


def test_no_photo_teaches_its_kind_and_content_alone() -> None:
    found = _targets(_label(kind=Kind.DOCUMENT, keywords=("table",), flaws={Flaw.BLUR: 2}))
    assert found["kind document"] == 1 and found["word table"] == 1
    assert not any(name.startswith("flaw") for name in found)
    assert not {"score", "damage", "untouched"} & found.keys()


def test_a_copy_teaches_the_flaw_that_was_made_and_what_it_cost() -> None:
    label = _label(flaws={Flaw.NOISE: 1}, none_needed=True)
    strong = _targets(label, Copy(Flaw.BLUR, 0.9))
    assert (strong["flaw blur"], strong["flaw noise"], strong["flaw clutter"]) == (1, 0.75, 0)
    assert strong["untouched"] == 0
    mild = _targets(label, Copy(Flaw.BLUR, 0.2))
    assert mild["flaw blur"] == 0.75
    assert strong["damage"] > mild["damage"] > 0
    assert strong.keys() == {*(f"flaw {flaw.value}" for flaw in FLAWS), "untouched", "damage"}


def test_a_mild_copy_takes_no_flaw_away() -> None:
    clear = _targets(_label(flaws={Flaw.BLUR: 2}), Copy(Flaw.BLUR, 0.2))
    assert clear["flaw blur"] == 1


def test_a_copy_of_no_photo_teaches_nothing() -> None:
    assert _targets(_label(kind=Kind.GRAPHIC), Copy(Flaw.BLUR, 0.9)) == {}


def test_drawings_teach_their_kind_alone() -> None:
    found = non_photo_targets([Kind.DOCUMENT, Kind.GRAPHIC])
    kinds = [at for at, name in enumerate(TARGETS) if name.startswith("kind ")]
    assert found.shape == (2, len(TARGETS))
    np.testing.assert_array_equal(found[:, kinds].sum(1), 1)
    assert found[0, TARGETS.index("kind document")] == found[1, TARGETS.index("kind graphic")] == 1
    assert np.isnan(np.delete(found, kinds, axis=1)).all()
