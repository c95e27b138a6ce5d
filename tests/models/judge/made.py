"""A judge's numbers, made by hand: nothing stands out unless a test says so."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from aesplugin.assessment import Flaw
from aesplugin.models.calm.measures import HUE_SHARES, LIGHT_ESTIMATES, MEASURES
from aesplugin.models.judge.config import (
    DAMAGE,
    FLAWS,
    SCORE,
    TARGETS,
    UNTOUCHED,
    JudgeConfig,
    Logistic,
    flaw_target,
)
from aesplugin.models.judge.network import Findings

LEAST = 0.7  # of a flaw's value: its probability is `LEAST_FLAW` there
LEAST_FLAW = 0.5
LEAST_CLAIM = 0.9


def config(**changes: Any) -> JudgeConfig:
    """Every flaw is likely from the value `LEAST` on; kinds from 0.5, no photo from 0.4."""
    plain: dict[str, Any] = {
        "folds": 2,
        "votes_share": 0.0,
        "damage_share": 1.0,
        "damage_floor": 0.5,
        "centre": 5.0,
        "gain": 1.0,
        "uncertainty": (1.0, -0.5),
        "flaws": {flaw.value: Logistic(slope=10.0, offset=-10 * LEAST) for flaw in FLAWS},
        "least_flaw": LEAST_FLAW,
        "most_untouched": 0.5,
        "least_claim": LEAST_CLAIM,
        "kind_least": 0.5,
        "photo_margin": 0.4,
    }
    return JudgeConfig(**(plain | changes))


def values(**changes: float) -> dict[str, float]:
    """Every target of one photo; `changes` by name, with _ for the space: `flaw_blur=1.0`."""
    found = dict.fromkeys(TARGETS, 0.0) | {SCORE: 5.0, DAMAGE: 0.0, UNTOUCHED: 0.0}
    for name, value in changes.items():
        target = name.replace("_", " ", 1)
        assert target in found, target
        found[target] = value
    return found


def flawed(*flaws: Flaw, first: float = 1.0, step: float = 0.05) -> dict[str, float]:
    """Values of a photo with flaws, each a little less likely than the one before."""
    found = {flaw_target(flaw): first - step * index for index, flaw in enumerate(flaws)}
    return values() | found


def findings(rows: Sequence[Mapping[str, float]], scores: list[float]) -> Findings:
    """As `Judge.judge` gives them."""
    return Findings(
        score=torch.tensor(scores),
        uncertainty=torch.full((len(rows),), 0.987),
        folds=torch.zeros(len(rows), 2),
        targets=torch.tensor([[row[name] for name in TARGETS] for row in rows]),
    )


def measures(red: float = 0.0, blue: float = 0.0) -> Tensor:
    """[MEASURES] of a photo of all hues whose greys have so much log red/green and blue/green."""
    found = torch.zeros(MEASURES)
    found[HUE_SHARES] = 0.3
    found[LIGHT_ESTIMATES] = torch.tensor([red, blue] * 4)
    return found
