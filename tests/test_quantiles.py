import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from aesplugin.quantiles import level_quantiles, quantiles

SHARES = st.lists(st.floats(0, 1), min_size=1, max_size=4)


@given(arrays(np.float32, st.integers(1, 60), elements=st.floats(-9, 9, width=32)), SHARES)
def test_they_are_numpys(values: np.ndarray, shares: list[float]) -> None:
    theirs = np.quantile(values.astype(np.float64), shares)
    np.testing.assert_allclose(quantiles(values, *shares), theirs, atol=1e-6)


@given(arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9))), SHARES)
def test_those_of_bytes_are_numpys(levels: np.ndarray, shares: list[float]) -> None:
    np.testing.assert_allclose(
        level_quantiles(levels, *shares), np.quantile(levels, shares), atol=1e-9
    )


def test_of_nothing_there_are_none() -> None:
    for function, kind in ((quantiles, np.float32), (level_quantiles, np.uint8)):
        with pytest.raises(ValueError, match="no values"):
            function(np.empty(0, kind), 0.5)
