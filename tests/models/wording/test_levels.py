import pytest
import torch

from aesplugin.models.wording.level_words import (
    LEVEL_WORDS,
    expected_score,
    level_of,
    level_shares,
)
from aesplugin.models.wording.levels import level_expectation


def test_certain_words_give_their_scores() -> None:
    found = level_expectation(torch.eye(5) * 100)
    assert found.tolist() == pytest.approx([10, 7.75, 5.5, 3.25, 1])


def test_words_cover_the_scale() -> None:
    assert [level_of(score) for score in (9.5, 7.5, 5.5, 3.5, 1.5)] == list(LEVEL_WORDS)
    assert level_of(6.5, (8, 6, 4, 2)) == "good"


@pytest.mark.parametrize("score", [1.0, 2.2, 5.5, 7.0, 9.9, 10.0])
def test_shares_average_back_to_the_score(score: float) -> None:
    shares = torch.tensor(level_shares(score))
    assert shares.sum() == pytest.approx(1)
    assert level_expectation((shares + 1e-9).log()) == pytest.approx(score, abs=1e-3)


@pytest.mark.parametrize("shares", [(0.1, 0.5, 0.3, 0.07, 0.03), (1, 0, 0, 0, 0), (0.2,) * 5])
def test_shares_give_the_score_that_their_logits_give(shares: tuple[float, ...]) -> None:
    score, spread = expected_score(shares)
    exact = float(level_expectation((torch.tensor(shares) + 1e-9).log()))
    assert score == pytest.approx(exact, abs=0.005 + 1e-6)
    assert 0 < spread <= 4.5


def test_the_spread_is_the_standard_deviation_of_the_levels() -> None:
    assert expected_score((0.5, 0, 0, 0, 0.5)) == pytest.approx((5.5, 4.5))
    assert expected_score((0, 0, 1, 0, 0)) == (5.5, 0.01), "no score is certain"
