"""Numbers chosen on made estimates: right targets, and guesses at them of a known quality."""

from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

from aesplugin.assessment import NOT_PHOTOS
from aesplugin.models.judge.config import (
    CONFIG,
    DAMAGE,
    FLAWS,
    SCORE,
    TARGETS,
    UNTOUCHED,
    JudgeConfig,
    config_json,
    flaw_target,
    kind_target,
    read_config,
    strength_target,
    word_target,
)
from aesplugin.training.judge.calibrate import (
    CONFIRMED,
    LEFT_ALONE,
    TAKEN_FOR_NONE,
    WORD_PRECISION,
    HeldOut,
    advice,
    blended,
    calibrate,
    front,
    probabilities,
)

_PHOTOS = 600


def _truth(rng: np.random.Generator) -> np.ndarray:
    """[N, T]: a third need nothing, the others have one clear flaw; one in ten is no photo."""
    true = np.zeros((_PHOTOS, len(TARGETS)))
    flawed = rng.random(_PHOTOS) < 2 / 3
    which = rng.integers(len(FLAWS), size=_PHOTOS)
    for row, flaw in enumerate(which):
        if flawed[row]:
            true[row, TARGETS.index(flaw_target(FLAWS[flaw]))] = 1
        true[row, TARGETS.index("kind graphic" if row % 10 == 0 else "kind landscape")] = 1
    true[:, TARGETS.index(UNTOUCHED)] = ~flawed
    true[:, TARGETS.index(SCORE)] = rng.normal(6, 1, _PHOTOS) - 1.5 * flawed
    for name in (word_target("cat"), strength_target("light")):
        true[:, TARGETS.index(name)] = rng.random(_PHOTOS) < 0.3
    return true


@lru_cache(maxsize=4)
def _seen(noise: float = 0.15, *, votes: bool = True) -> HeldOut:
    """Estimates that miss by `noise`; those by source by twice as much far from what is known."""
    rng = np.random.default_rng(0)
    true = _truth(rng)
    nearness = rng.uniform(0, 0.5, _PHOTOS)
    by_fold = true + rng.normal(0, noise, true.shape)
    by_source = true + rng.normal(0, noise, true.shape) * (2 - 2 * nearness)[:, None]
    scores = true[:, TARGETS.index(SCORE)]
    voted = np.where(np.arange(_PHOTOS) % 2 == 0, scores + rng.normal(0, 1, _PHOTOS), np.nan)
    return HeldOut(
        true=true.astype(np.float32),
        by_fold=by_fold.astype(np.float32),
        by_source=by_source.astype(np.float32),
        nearness=nearness.astype(np.float32),
        votes=voted,
        votes_by_fold=np.where(np.isnan(voted), scores, voted)
        if votes
        else rng.normal(5, 1, _PHOTOS),
    )


@pytest.fixture(scope="module")
def config() -> JudgeConfig:
    return calibrate(_seen(), folds=2)


def test_what_is_chosen_is_a_configuration(config: JudgeConfig, tmp_path: Path) -> None:
    (tmp_path / CONFIG).write_bytes(config_json(config))
    assert read_config(tmp_path) == config
    assert config.folds == 2


def test_advice_keeps_what_was_promised(config: JudgeConfig) -> None:
    seen = _seen()
    true, fold, source = seen.columns([flaw_target(flaw) for flaw in FLAWS])
    meant, *needed = seen.column(UNTOUCHED)
    limits = (config.least_flaw, config.most_untouched)
    found = [
        advice(true, probabilities(estimates, config.flaws), (meant, untouched), limits)
        for estimates, untouched in zip((fold, source), needed, strict=True)
    ]
    assert sum(one.confirmed for one in found) / 2 >= CONFIRMED
    assert min(one.left_alone for one in found) >= LEFT_ALONE
    assert min(one.found for one in found) > 0.7


def test_probabilities_are_near_the_truth(config: JudgeConfig) -> None:
    true, _, source = _seen().columns([flaw_target(flaw) for flaw in FLAWS])
    likely = probabilities(source, config.flaws)
    assert likely[true > 0].mean() > 0.8 and likely[true == 0].mean() < 0.05
    assert likely.mean() == pytest.approx((true > 0).mean(), abs=0.01)


def test_hardly_any_photo_is_taken_for_none(config: JudgeConfig) -> None:
    seen = _seen()
    names = [kind_target(kind) for kind in sorted(NOT_PHOTOS)]
    true, *views = seen.columns(names)
    photos = true.sum(1) == 0
    for estimates in views:
        none = estimates.sum(1) >= config.photo_margin
        assert none[photos].mean() <= TAKEN_FOR_NONE + 0.005
        assert none[~photos].mean() > 0.4  # of 60; .45 to .68 over eight draws of the misses


def test_words_are_right_and_the_unknown_are_left_out(config: JudgeConfig) -> None:
    """Nine times in ten over both views together; by source alone the estimates are worse."""
    true, fold, source = _seen().column(word_target("cat"))
    by_fold, by_source = (true[view >= config.words["cat"]] for view in (fold, source))
    assert np.concatenate([by_fold, by_source]).mean() == pytest.approx(WORD_PRECISION, abs=0.01)
    assert by_source.mean() > 0.8
    assert config.subjects["cat"] == config.words["cat"]
    assert "dog" not in config.words


def test_uncertainty_is_as_large_as_the_misses(config: JudgeConfig) -> None:
    seen = _seen()
    most, slope = config.uncertainty
    assert slope < 0
    misses = config.centre + config.gain * (blended(seen, config.votes_share)[1] - config.centre)
    misses -= seen.column(SCORE)[0]
    told = most + slope * seen.nearness
    assert np.sqrt((misses**2).mean()) == pytest.approx(told.mean(), rel=0.15)


def test_estimates_get_the_spread_of_the_labels(config: JudgeConfig) -> None:
    seen = _seen()
    estimates = blended(seen, config.votes_share)[0]
    stretched = config.centre + config.gain * (estimates - config.centre)
    assert stretched.std() == pytest.approx(seen.column(SCORE)[0].std(), rel=1e-6)


def test_reasons_have_their_signs(config: JudgeConfig) -> None:
    flaws = {flaw.value for flaw in FLAWS}
    assert all(config.effects[name] <= 0 for name in flaws)
    assert all(points >= 0 for name, points in config.effects.items() if name not in flaws)
    assert np.mean([config.effects[name] for name in flaws]) == pytest.approx(-1.5, abs=0.5)
    assert config.telling.keys() == config.effects.keys() == config.usual.keys()


def test_votes_count_as_far_as_they_cost_no_agreement() -> None:
    assert calibrate(_seen(), folds=2).votes_share > 0.2
    assert calibrate(_seen(votes=False), folds=2).votes_share < 0.2
    shares = front(_seen())
    assert next(iter(shares)) == 0 and max(shares) == 0.6
    assert shares[0.6][2] > shares[0.0][2]


def test_damage_that_made_copies_taught_lowers_the_score() -> None:
    seen = _seen()
    hurt = seen.by_fold.copy()
    hurt[:, TARGETS.index(DAMAGE)] += 1
    other = HeldOut(
        true=seen.true, by_fold=hurt, by_source=seen.by_source, nearness=seen.nearness,
        votes=seen.votes, votes_by_fold=seen.votes_by_fold,
    )  # fmt: skip
    lower, same = blended(other, 0.1)
    fold, source = blended(seen, 0.1)
    assert (lower < fold).mean() > 0.95
    np.testing.assert_array_equal(same, source)


def test_where_nothing_can_be_told_little_is() -> None:
    config = calibrate(_seen(noise=3.0), folds=2)
    seen = _seen(noise=3.0)
    true, fold, _ = seen.columns([flaw_target(flaw) for flaw in FLAWS])
    meant, needed, _ = seen.column(UNTOUCHED)
    limits = (config.least_flaw, config.most_untouched)
    shown = advice(true, probabilities(fold, config.flaws), (meant, needed), limits)
    assert shown.left_alone >= LEFT_ALONE
    assert shown.found < 0.1
