"""The token that tells the language model the score."""

import torch

from aesplugin.models.calm.heads import Verdict, from_score
from aesplugin.models.calm.model import CalmForConditionalGeneration
from tests.models.calm.features import features_for


def test_an_untaught_verdict_says_nothing() -> None:
    assert Verdict(8)(from_score(torch.tensor([1.0, 5.0, 10.0]))).abs().sum() == 0


def test_scores_apart_are_told_apart_and_neighbours_less_so() -> None:
    torch.manual_seed(0)
    verdict = Verdict(32)
    torch.nn.init.normal_(verdict.say.weight)
    low, near, far = verdict(from_score(torch.tensor([3.0, 3.2, 7.0])))[:, 0]
    assert (low - near).norm() < (low - far).norm() / 3
    ends = verdict(from_score(torch.tensor([-5.0, 1.0, 10.0, 99.0])))
    assert torch.allclose(ends[0], ends[1]) and torch.allclose(ends[2], ends[3])


def test_it_closes_what_the_language_model_is_shown(
    small_calm: CalmForConditionalGeneration,
) -> None:
    insight, reading = small_calm.read(features_for(small_calm))
    seen = small_calm.shown(insight, reading.score)
    assert seen.shape == (3, small_calm.config.visual_tokens, 32)
    assert torch.equal(seen[:, :-1], insight.tokens)
