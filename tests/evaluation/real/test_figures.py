"""Each figure on answers whose worth is known."""

from dataclasses import replace

import numpy as np
import pytest

from aesplugin.assessment import Content, Flaw, Kind
from aesplugin.evaluation.real.advice import advice_figures, flaw_rows, tilt_figures
from aesplugin.evaluation.real.comments import comment_figures
from aesplugin.evaluation.real.content import kind_figures, subject_figures
from aesplugin.evaluation.real.labels import Viewed
from tests.evaluation.real.miniature import view

_BRIGHTEN, _DENOISE = (Flaw.UNDEREXPOSED, "brighten"), (Flaw.NOISE, "reduce noise")
_LEFT, _RIGHT = (Flaw.TILTED_HORIZON, "rotate left"), (Flaw.TILTED_HORIZON, "rotate right")


def test_first_suggestions_are_confirmed_by_either_grade() -> None:
    found = advice_figures(
        [
            view(flaws={Flaw.UNDEREXPOSED: 2}, advice=[_BRIGHTEN]),
            view(flaws={Flaw.NOISE: 1}, advice=[_DENOISE]),
            view(flaws={Flaw.NOISE: 2}, advice=[_BRIGHTEN, _DENOISE]),
            view(advice=[_BRIGHTEN]),
            view(flaws={Flaw.NOISE: 2}),
        ]
    )
    first, clear = found["first suggestion confirmed"], found["first suggestion confirmed, clear"]
    assert (first.value, first.count) == (0.5, 4)
    assert (clear.value, clear.count) == (0.25, 4)
    given, flaws = found["given on clear"], found["clear flaws found"]
    assert (given.value, given.count) == (pytest.approx(2 / 3), 3)
    assert (flaws.value, flaws.count) == (pytest.approx(2 / 3), 3)


def test_photos_that_need_nothing_are_to_be_left_alone() -> None:
    needless = [view(none_needed=True), view(none_needed=True, advice=[_DENOISE])]
    others = [view(none_needed=False), view(none_needed=None)]
    found = advice_figures([*needless, *others])["left alone"]
    assert (found.value, found.count) == (0.5, 2)


def test_each_flaw_has_precision_and_recall() -> None:
    dark, noisy = flaw_rows(
        [
            view(flaws={Flaw.UNDEREXPOSED: 2}, advice=[_BRIGHTEN]),
            view(flaws={Flaw.UNDEREXPOSED: 1}, advice=[_BRIGHTEN, _DENOISE]),
            view(flaws={Flaw.UNDEREXPOSED: 2}),
        ]
    )
    assert (dark.flaw, dark.labelled, dark.clear, dark.shown) == (Flaw.UNDEREXPOSED, 3, 2, 2)
    assert (dark.precision.value, dark.recall.value) == (1.0, 0.5)
    assert (noisy.labelled, noisy.shown, noisy.precision.value) == (0, 1, 0.0)
    assert np.isnan(noisy.recall.value)


def test_a_positive_label_is_turned_clockwise_which_is_to_the_right() -> None:
    found = tilt_figures(
        [
            _turned(3.0, _RIGHT, 2.0),
            _turned(-4.0, _LEFT, 4.0),
            _turned(-2.0, _RIGHT, 1.0),
            _turned(2.0, _RIGHT, None),
            view(tilt=-5.0),
            view(tilt=1.0, advice=[_RIGHT]),  # not sure enough to count
            view(tilt=None, advice=[_RIGHT]),
        ]
    )
    assert (found["tilt noticed"].value, found["tilt noticed"].count) == (0.8, 5)
    assert (found["tilt direction right"].value, found["tilt direction right"].count) == (0.75, 4)
    error = found["tilt error, degrees"]
    assert (error.value, error.count) == (pytest.approx((1 + 0 + 3) / 3), 3)


def _turned(label: float, advice: tuple[Flaw, str], amount: float | None) -> Viewed:
    viewed = view(tilt=label, advice=[advice])
    (told,) = viewed.suggestions
    return Viewed(viewed.label, replace(viewed.answer, suggestions=(replace(told, amount=amount),)))


def test_level_photos_are_not_to_be_turned() -> None:
    found = tilt_figures([view(tilt=0), view(tilt=0, advice=[_LEFT]), view(tilt=None)])
    level = found["level photos with tilt advice"]
    assert (level.value, level.count) == (0.5, 2)


def test_kinds_and_what_is_no_photo() -> None:
    found = kind_figures(
        [
            view(kind=Kind.PET, content=Content(kind=Kind.PET)),
            view(kind=Kind.PET, content=Content(kind=Kind.GRAPHIC)),
            view(kind=Kind.DOCUMENT, content=Content(kind=Kind.GRAPHIC), advice=[_DENOISE]),
            view(kind=Kind.GRAPHIC, content=Content()),
        ]
    )
    values = {name: (one.value, one.count) for name, one in found.items()}
    assert values == {
        "kind given": (0.75, 4),
        "kind right": (pytest.approx(1 / 3), 3),
        "non-photos recognised": (0.5, 2),
        "photos taken for none": (0.5, 2),
        "non-photos given advice": (0.5, 2),
    }


def test_a_model_without_kinds_is_not_measured_by_them() -> None:
    found = kind_figures([view(), view(kind=Kind.GRAPHIC, advice=[_DENOISE])])
    assert found["kind given"].value == 0.0
    assert found["non-photos given advice"].value == 1.0
    others = ("kind right", "non-photos recognised", "photos taken for none")
    assert np.isnan([found[name].value for name in others]).all()


def test_subjects_and_keywords() -> None:
    label = {"subjects": ("a pelican on a post",), "keywords": ("sea", "posts", "blue sky")}
    found = subject_figures(
        [
            view(content=Content(subject="a bird", keywords=("sea", "sky", "boat")), **label),
            view(content=Content(subject="a dog"), **label),
            view(content=None, **label),
        ]
    )
    values = {name: (one.value, one.count) for name, one in found.items()}
    assert values == {
        "subject given": (pytest.approx(2 / 3), 3),
        "subject right": (0.5, 2),
        "keywords precision": (pytest.approx(2 / 3), 3),
        "keywords recall": (pytest.approx(2 / 3), 3),
    }


def test_claims_are_held_against_the_label() -> None:
    found = comment_figures(
        [
            view(comment="It is too dark and noisy.", flaws={Flaw.UNDEREXPOSED: 1}),
            view(comment="The sky is blown out.", flaws={Flaw.CLIPPED_HIGHLIGHTS: 2}),
            view(comment="It is blurry.", kind=Kind.GRAPHIC),
            view(comment="A fine lake."),
            view(comment="A  fine LAKE."),
            view(),
        ]
    )
    values = {name: (one.value, one.count) for name, one in found.items()}
    assert values == {
        "comment given": (pytest.approx(5 / 6), 6),
        "claims contradicted": (pytest.approx(1 / 3), 3),
        "comments alike": (pytest.approx(0.4), 5),
        "words per comment": (pytest.approx((6 + 5 + 3 + 3 + 3) / 5), 5),
    }
