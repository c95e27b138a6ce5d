import numpy as np
import pytest

from aesplugin.evaluation.metrics import (
    Measured,
    measure_agreement,
    measure_ratio,
    measure_share,
    srcc,
)


def test_a_share_has_the_interval_of_the_field() -> None:
    """30 of 100: the normal approximation says .30 +- 1.96 * sqrt(.3 * .7 / 100) = .21 to .39."""
    found = measure_share([True] * 30 + [False] * 70)
    assert (found.value, found.count) == (0.3, 100)
    assert found.low == pytest.approx(0.21, abs=0.015)
    assert found.high == pytest.approx(0.39, abs=0.015)
    assert found == measure_share([True] * 30 + [False] * 70)


def test_cases_of_one_photo_are_drawn_together() -> None:
    alone = measure_ratio([(1, 1)] * 50 + [(0, 1)] * 50)
    together = measure_ratio([(5, 5)] * 10 + [(0, 5)] * 10)
    assert alone.value == together.value == 0.5 and alone.count == together.count == 100
    assert together.high - together.low > 1.8 * (alone.high - alone.low)


def test_photos_without_a_case_do_not_count() -> None:
    assert measure_ratio([(1, 1), (0, 0), (1, 1)]) == measure_ratio([(1, 1), (1, 1)])


def test_nothing_to_measure_is_no_number() -> None:
    for nothing in (measure_share([]), measure_ratio([(0, 0)]), measure_agreement(srcc, [1], [2])):
        assert np.isnan([nothing.value, nothing.low, nothing.high]).all()
    assert Measured().count == 0


def test_an_agreement_lies_within_its_interval() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=200)
    found = measure_agreement(srcc, list(x), list(x + rng.normal(size=200)))
    assert found.low < found.value < found.high and found.count == 200
    assert 0.1 < found.high - found.low < 0.25


@pytest.mark.filterwarnings("error")
def test_equal_scores_agree_with_nothing() -> None:
    found = measure_agreement(srcc, [5.0, 5.0, 5.0], [1.0, 2.0, 3.0])
    assert np.isnan([found.value, found.low, found.high]).all() and found.count == 3
