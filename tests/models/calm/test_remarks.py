from dataclasses import replace

import pytest

from aesplugin.assessment import Content, Flaw, Kind
from aesplugin.models.calm.remarks import _PRAISE, _SILENCED, bodies, criticism
from aesplugin.models.judge.answer import JudgeAnswer
from aesplugin.models.wording.remedies import DIRECTIONS, suggest


def found(*, strengths: tuple[str, ...] = (), keywords: tuple[str, ...] = ()) -> JudgeAnswer:
    return JudgeAnswer(
        score=6.0,
        uncertainty=0.9,
        content=Content(subject="a bus", keywords=keywords),
        suggestions=(),
        reasons=(),
        strengths=strengths,
    )


def test_nothing_is_praised_where_no_strength_was_found() -> None:
    assert all(body.count(".") == 1 for body in bodies(found(), "bus"))


def test_only_strengths_that_were_found_are_praised() -> None:
    said = " ".join(bodies(found(strengths=("light",)), "bus"))
    assert "light" in said
    assert "colours" not in said and "mood" not in said


def test_what_surrounds_the_subject_is_never_the_subject_itself() -> None:
    (first, *_) = bodies(found(keywords=("bus", "vehicle", "snow", "road")), "bus")
    assert "snow and road" in first.lower()
    assert "vehicle" not in " ".join(bodies(found(keywords=("vehicle", "snow")), "bus"))


def test_an_unsure_subject_is_not_named() -> None:
    assert not any("bus" in body for body in bodies(found(), None))


def test_a_comment_names_the_surest_flaw_and_its_way_out() -> None:
    flaws = (
        suggest(Flaw.CLUTTER, "simplify", 0.8),
        suggest(Flaw.BLOCKED_SHADOWS, "open shadows", 0.5),
    )
    said = criticism(replace(found(), suggestions=flaws, claim=flaws[0]))
    assert said.startswith("it is cluttered. Move closer")
    assert "shadows" not in said


@pytest.mark.parametrize("score", [1.2, 5.0, 9.0])
def test_the_first_sentence_follows_the_score(score: float) -> None:
    one = found()
    told = JudgeAnswer(
        score=score,
        uncertainty=one.uncertainty,
        content=one.content,
        suggestions=(),
        reasons=(),
        strengths=(),
    )
    weak = (
        "does not convince",
        "deserves",
        "weak",
        "falls short",
        "less than",
        "needs work",
        "more",
    )
    said = bodies(told, "bus")
    assert any(word in said[0] for word in weak) == (score < 4.5)


@pytest.mark.parametrize(("flaw", "strength"), [(f, n) for f, ns in _SILENCED.items() for n in ns])
def test_nothing_is_praised_that_is_found_fault_with(flaw: Flaw, strength: str) -> None:
    blamed = replace(
        found(strengths=(strength,)), suggestions=(suggest(flaw, DIRECTIONS[flaw][0], 0.8),)
    )
    assert not any(line in body for body in bodies(blamed, "bus") for line in _PRAISE[strength])


@pytest.mark.parametrize("kind", [Kind.DOCUMENT, Kind.GRAPHIC, Kind.SCIENTIFIC])
def test_what_is_no_photo_is_called_so_and_not_praised(kind: Kind) -> None:
    page = replace(found(strengths=("detail",)), content=Content(kind=kind))
    (only,) = bodies(page, None)
    assert only.endswith("not a photograph.")


def test_a_flaw_that_is_only_likely_is_not_stated() -> None:
    flaws = (suggest(Flaw.CLUTTER, "simplify", 0.8),)
    assert criticism(replace(found(), suggestions=flaws)) == ""


def test_the_colours_of_the_frame_are_named() -> None:
    said = bodies(replace(found(), colours=("blues", "greens")), "bus")
    assert any("Blues and greens prevail." in body for body in said)
    assert not any("prevail" in body for body in bodies(found(), "bus"))


def test_an_empty_frame_is_called_so_and_nothing_more() -> None:
    (only,) = bodies(replace(found(strengths=("light",)), empty=True), "bus")
    assert only == "There is nothing to see in this frame."
