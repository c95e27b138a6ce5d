import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from aesplugin.evaluation import metrics

_values = st.integers(-5, 5).map(float)  # few distinct values: many ties
_pairs = st.lists(st.tuples(_values, _values), min_size=2, max_size=40)


@given(_pairs)
def test_correlations_equal_scipys_with_ties(pairs: list[tuple[float, float]]) -> None:
    x, y = (np.array(side) for side in zip(*pairs, strict=True))
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        assert math.isnan(metrics.srcc(x, y))
        assert math.isnan(metrics.krcc(x, y))
        return
    assert metrics.srcc(x, y) == pytest.approx(stats.spearmanr(x, y).statistic, abs=1e-9)
    assert metrics.plcc(x, y) == pytest.approx(stats.pearsonr(x, y).statistic, abs=1e-9)
    assert metrics.krcc(x, y) == pytest.approx(stats.kendalltau(x, y).statistic, abs=1e-9)


@given(st.lists(_values, min_size=1, max_size=40))
def test_ranks_equal_scipys(values: list[float]) -> None:
    np.testing.assert_allclose(metrics.ranks(values), stats.rankdata(values))


def test_known_values() -> None:
    assert metrics.srcc([1, 2, 3], [10, 100, 1000]) == pytest.approx(1)
    assert metrics.plcc([1, 2, 3], [3, 2, 1]) == pytest.approx(-1)
    assert metrics.rmse([1, 2], [4, 6]) == pytest.approx(math.sqrt(12.5))


def test_agreement_of_one_photo_is_not_a_number() -> None:
    one = metrics.agreement([1.0], [1.0])
    assert one.count == 1
    assert math.isnan(one.srcc)


def test_agreement_gathers_the_four() -> None:
    all_four = metrics.agreement([1.0, 2.0, 4.0], [1.0, 3.0, 2.0])
    assert all_four.count == 3
    assert all_four.srcc == pytest.approx(0.5)
    assert all_four.krcc == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    "bad", [([1.0], [1.0]), ([1.0, 2.0], [1.0]), ([1.0, math.nan], [1.0, 2.0])]
)
def test_unusable_vectors_are_refused(bad: tuple[list[float], list[float]]) -> None:
    with pytest.raises(ValueError):
        metrics.srcc(*bad)
