import torch

from aesplugin.assessment import Flaw
from aesplugin.models.calm.heads import CLEAN, FLAWS
from aesplugin.models.calm.remarks import doubts, praised, usual
from aesplugin.models.wording.aspects import ASPECT_NAMES

_USUAL = dict(zip(ASPECT_NAMES, (0.1, 0.04, 0.06, 0.05, 0.001), strict=True))


def test_doubt_of_an_aspect_is_that_of_all_its_flaws() -> None:
    logits = torch.full((1, CLEAN + 1), -20.0)
    for flaw in (Flaw.BLUR, Flaw.NOISE):
        logits[0, FLAWS.index(flaw)] = 0.0
    found = dict(zip(ASPECT_NAMES, doubts(logits)[0].tolist(), strict=True))
    assert found["sharpness"] > 0.99
    assert max(value for name, value in found.items() if name != "sharpness") < 0.01


def test_what_is_better_than_usual_is_praised_first() -> None:
    doubt = torch.tensor([0.1, 0.001, 0.06, 0.01, 0.001])  # the level frame as always
    assert praised(doubt, set(), _USUAL) == ["colour", "composition"]
    assert praised(doubt, set(), {}) != ["colour", "composition"]


def test_no_aspect_of_a_named_flaw_is_praised_nor_a_doubtful_one() -> None:
    doubt = torch.tensor([0.6, 0.001, 0.06, 0.01, 0.9])
    assert praised(doubt, {Flaw.COLOR_CAST}, _USUAL) == ["composition", "sharpness"]


def test_the_usual_doubt_is_positive_even_where_nobody_doubts() -> None:
    found = usual(torch.zeros(3, len(ASPECT_NAMES)))
    assert set(found) == set(ASPECT_NAMES)
    assert min(found.values()) > 0
