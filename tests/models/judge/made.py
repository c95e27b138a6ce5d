"""A judge's numbers, made by hand: nothing stands out unless a test says so."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from aesplugin.assessment import Flaw
from aesplugin.models.calm.measures import HUE_SHARES, LIGHT_ESTIMATES, MEASURES
from aesplugin.models.embedded.features import Numbers
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
from aesplugin.models.judge.regression import KernelHeads, Projection, VoteHead, vote_width

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
        score=np.array(scores, np.float32),
        uncertainty=np.full(len(rows), 0.987, np.float32),
        folds=np.zeros((len(rows), 2), np.float32),
        targets=np.array([[row[name] for name in TARGETS] for row in rows], np.float32),
    )


def measures(red: float = 0.0, blue: float = 0.0) -> Numbers:
    """[MEASURES] of a photo of all hues whose greys have so much log red/green and blue/green."""
    found = np.zeros(MEASURES, np.float32)
    found[HUE_SHARES] = 0.3
    found[LIGHT_ESTIMATES] = [red, blue] * 4
    return found


def heads(sizes: Mapping[str, tuple[int, int]], *, support: int, targets: int) -> KernelHeads:
    """Kernel heads that say nothing: `sizes` are (width, components) by block."""
    projections = {
        name: Projection(zeros(width), zeros(width) + 1, zeros(width, components))
        for name, (width, components) in sizes.items()
    }
    places = sum(components for _, components in sizes.values())
    return KernelHeads(projections, zeros(support, places), zeros(support, targets), zeros(targets))


def vote_head(folds: int) -> VoteHead:
    """A vote head that says nothing."""
    return VoteHead(zeros(1 + folds, vote_width()), zeros(1 + folds))


def zeros(*shape: int) -> Numbers:
    """Of single precision, as all numbers of a judge."""
    return np.zeros(shape, np.float32)
