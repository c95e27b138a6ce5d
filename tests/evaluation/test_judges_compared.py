"""Agreement of judges with a person, on figures that can be worked out by hand."""

from collections.abc import Mapping, Sequence
from math import isnan, sqrt
from pathlib import Path

import numpy as np
import pytest

from aesplugin.catalog.catalog import Catalog
from aesplugin.decision import Choice
from aesplugin.errors import UsageError
from aesplugin.evaluation.judges.agreement import (
    BURSTS,
    PICKS,
    STARS,
    JudgesReport,
    Question,
    measure_judges,
)
from aesplugin.evaluation.judges.candidates import (
    Alike,
    Judge,
    Opinion,
    read_judge,
    require_different,
    unscored_line,
)
from aesplugin.evaluation.judges.sheet import disputes, one_of_each
from aesplugin.evaluation.metrics import auc, cluster_draws
from aesplugin.models.base import ModelCard
from aesplugin.models.fake import FakeModel
from tests.catalog import samples


def _judge(name: str, scores: Sequence[float]) -> Judge:
    """Of photos a, b, c and on."""
    keyed = {chr(97 + at): score for at, score in enumerate(scores)}
    return Judge(name=name, revision=f"{name}-1", scores=keyed)


def _said(stars: Sequence[int | None] = (), choices: Sequence[Choice] = ()) -> dict[str, Opinion]:
    count = max(len(stars), len(choices))
    return {
        chr(97 + at): Opinion(
            stars=stars[at] if stars else None,
            choice=choices[at] if choices else Choice.NONE,
        )
        for at in range(count)
    }


def _apart(count: int, groups: Mapping[str, int] | None = None) -> Alike:
    keys = [chr(97 + at) for at in range(count)]
    return Alike(
        group_of=groups or {key: at for at, key in enumerate(keys)},
        exposures=[(key,) for key in keys],
    )


def _asked(report: JudgesReport, name: str) -> Question:
    return next(question for question in report.questions if question.name == name)


P, R, N = Choice.PICK, Choice.REJECT, Choice.NONE


def test_stars_are_compared_by_rank() -> None:
    """Stars 1 1 2 2 .. 5 5 against scores 1..10: r = 80 / sqrt(80 * 82.5), by hand."""
    up, down = _judge("up", range(1, 11)), _judge("down", range(10, 0, -1))
    said = _said(stars=[1, 1, 2, 2, 3, 3, 4, 4, 5, 5])
    found = _asked(measure_judges([up, down], "anna", said, _apart(10)), STARS)
    by_hand = sqrt(80 / 82.5)
    assert found.count == 10
    assert found.judges["up"].value == pytest.approx(by_hand)
    assert found.judges["down"].value == pytest.approx(-by_hand)
    (difference,) = found.differences
    assert difference.by.value == pytest.approx(2 * by_hand)
    assert 0 < difference.by.low < difference.by.value


def test_picks_are_compared_by_pairs() -> None:
    """Picks 9 8 7 6 2 over rejects 5 4 3 1 1: 36 pairs won, but 2 is behind 5 4 3: 22 of 25."""
    assert auc([9, 8, 7, 6, 2, 5, 4, 3, 1, 1], [1] * 5 + [0] * 5) == 22 / 25
    good = _judge("good", [9, 8, 7, 6, 2, 5, 4, 3, 1, 1])
    even = _judge("even", [5] * 10)
    report = measure_judges([good, even], "anna", _said(choices=[P] * 5 + [R] * 5), _apart(10))
    found = _asked(report, PICKS)
    assert found.judges["good"].value == 22 / 25
    assert found.judges["even"].value == 0.5
    assert found.differences[0].by.value == pytest.approx(22 / 25 - 0.5)
    assert "good agrees better with anna" in report.table()
    assert _asked(report, STARS).lacks == "needs 10 unlike photos with stars, not all with as many"
    assert report.says_something


def test_within_groups_a_pick_counts_before_stars() -> None:
    """Ten groups of three: pick over both rejects, one reject with more stars: 3 pairs each."""
    groups = {chr(97 + at): at // 3 for at in range(30)}
    said = _said(stars=[1, 5, 3] * 10, choices=[P, R, R] * 10)
    as_said = _judge("as_said", [9, 7, 5] * 10)
    by_stars = _judge("by_stars", [1, 5, 3] * 10)
    tied = _judge("tied", [4, 4, 4] * 10)
    judges = [as_said, by_stars, tied]
    found = _asked(measure_judges(judges, "anna", said, _apart(30, groups)), BURSTS)
    assert found.count == 30
    assert found.judges["as_said"].value == 1
    assert found.judges["by_stars"].value == pytest.approx(1 / 3)
    assert found.judges["tied"].value == 0.5
    assert [(one.one, one.other) for one in found.differences] == [
        ("as_said", "by_stars"), ("as_said", "tied"), ("by_stars", "tied"),
    ]  # fmt: skip


def test_undecided_photos_are_no_rejects() -> None:
    said = _said(choices=[P] * 5 + [R] * 4 + [N] * 5)
    report = measure_judges(
        [_judge("a", range(1, 15)), _judge("b", range(14, 0, -1))], "anna", said, _apart(14)
    )
    assert _asked(report, PICKS).lacks == "needs 10 unlike photos, 5 picks and as many rejects"
    assert not report.says_something


def test_photos_that_one_judge_lacks_count_for_none() -> None:
    said = _said(stars=[1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 5, 5])
    whole, part = _judge("whole", range(1, 13)), _judge("part", range(1, 11))
    report = measure_judges([whole, part], "anna", said, _apart(12))
    assert report.photos == 10
    assert _asked(report, STARS).judges["whole"] == _asked(report, STARS).judges["part"]
    line = unscored_line(part, {"a": "/my photos/x/a.jpg", "k": "/my photos/k.jpg"})
    assert line == ("1 of 2 photos has no score by part: aesplugin score '/my photos' --model part")
    assert unscored_line(whole, {"a": "/a.jpg"}) is None


def test_of_a_raw_and_its_jpeg_one_counts() -> None:
    said = _said(stars=[1, 2, 3, 4, 5] * 2 + [5] * 10)
    judges = [_judge("a", range(20)), _judge("b", range(20))]
    pairs = [(chr(97 + at), chr(97 + at + 10)) for at in range(10)]
    groups = {key: at for at, files in enumerate(pairs) for key in files}
    report = measure_judges(judges, "anna", said, Alike(group_of=groups, exposures=pairs))
    assert report.photos == 10


def test_frames_that_are_alike_are_less_evidence() -> None:
    rng = np.random.default_rng(1)
    truth = np.repeat(rng.normal(size=12), 3)
    said = _said(stars=[int(np.clip(round(3 + one), 1, 5)) for one in truth])
    noisy = np.repeat(truth[::3] + rng.normal(size=12), 3)
    judges = [_judge("noisy", list(noisy)), _judge("none", [5.0] * 36)]
    groups = {chr(97 + at): at // 3 for at in range(36)}
    alone, together = (
        _asked(measure_judges(judges, "anna", said, one), STARS).judges["noisy"]
        for one in (_apart(36), _apart(36, groups))
    )
    assert alone.value == together.value
    assert together.high - together.low > 1.3 * (alone.high - alone.low)
    table = measure_judges(judges, "anna", said, _apart(36)).table()
    assert "none           n/a: all its scores are equal" in table


def test_frames_of_one_burst_alone_say_nothing() -> None:
    """They would be drawn together each time: an interval of no width, and a verdict."""
    said = _said(stars=[1, 2, 3, 4, 5] * 4, choices=[P, R] * 10)
    judges = [_judge("a", range(20)), _judge("b", range(20, 0, -1))]
    one_group = dict.fromkeys((chr(97 + at) for at in range(20)), 0)
    report = measure_judges(judges, "anna", said, _apart(20, one_group))
    assert report.photos == 20 and not report.says_something


def test_a_draw_takes_whole_clusters() -> None:
    clusters = [7, 3, 7, 3, 9]
    draws = list(cluster_draws(clusters))
    assert len(draws) == 1000
    for drawn in draws[:50]:
        counts = np.bincount(drawn, minlength=5)
        assert counts[0] == counts[2] and counts[1] == counts[3]
        assert counts[0] + counts[1] + counts[4] == 3


def test_equal_judges_differ_by_chance_at_most() -> None:
    said = _said(stars=[1, 2, 3, 4, 5] * 4)
    rng = np.random.default_rng(5)
    judges = [_judge("a", rng.normal(size=20)), _judge("b", rng.normal(size=20))]
    report = measure_judges(judges, "anna", said, _apart(20))
    assert "may be chance: more ratings would tell" in report.table()


def test_where_judges_differ_most() -> None:
    one, other = _judge("one", [9, 5, 1, 6]), _judge("other", [2, 5, 9, 6])
    sides = disputes([one, other], "abcd", most=4)
    assert [[photo.content_hash for photo in side.photos] for side in sides] == [["a"], ["c"]]
    best = sides[0].photos[0]
    assert (best.places, best.lift) == ({"one": 1, "other": 4}, 1.0)
    assert best.scores == {"one": 9, "other": 2}


def test_ties_share_a_place_and_alike_photos_are_shown_once() -> None:
    one, other = _judge("one", [9, 8, 1, 1]), _judge("other", [1, 1, 9, 8])
    sides = disputes([one, other], "abcd", most=4)
    assert [photo.places["other"] for photo in sides[0].photos] == [3.5, 3.5]
    kept = one_of_each(sides, {"a": 0, "b": 0, "c": 1, "d": 2}, most=1)
    assert [[photo.content_hash for photo in side.photos] for side in kept] == [["a"], ["c"]]


def test_scores_with_and_without_comments_are_one_models(tmp_path: Path) -> None:
    card = ModelCard(name="model", revision=samples.REVISION, summary="", license="", comments=True)
    with Catalog.open(tmp_path / "catalog.sqlite3") as catalog:
        catalog.record_photos([samples.ingested(number) for number in range(3)])
        silent = card.silent().revision
        catalog.record_assessments(
            [samples.assessment(0, 3.0), samples.assessment(1, 4.0, model_revision=silent)]
        )
        for known in (card, card.silent()):
            scores = read_judge(catalog, "model", known).scores
            assert scores == {samples.content_hash(0): 3.0, samples.content_hash(1): 4.0}


def test_two_models_are_needed() -> None:
    card = FakeModel.card
    with pytest.raises(UsageError, match="fake alone cannot be compared"):
        require_different({"fake": card}, ["fake"])
    with pytest.raises(UsageError, match="fake is named twice"):
        require_different({"fake": card}, ["fake", "fake"])
    with pytest.raises(UsageError, match="fake and other are the same model"):
        require_different({"fake": card, "other": card.silent()}, ["fake", "other"])


@pytest.mark.filterwarnings("error")
def test_nothing_said_is_no_figure() -> None:
    report = measure_judges([_judge("a", [1, 2]), _judge("b", [2, 1])], "anna", {}, _apart(2))
    assert (report.photos, report.says_something) == (0, False)
    assert report.table().count("needs") == 3
    assert isnan(auc([1, 2], [1, 1]))
