import numpy as np

from aesplugin.training.personal.raters import (
    learn_agreed,
    learn_tastes,
    natural_scale,
    strengthened,
)


def _panel(users: int = 120, photos: int = 80) -> tuple[np.ndarray, np.ndarray]:
    """Raters who differ in how they like what lies along the second axis, half the votes."""
    rng = np.random.default_rng(0)
    views = rng.standard_normal((photos, 4)) / 2
    deviations = np.outer(rng.normal(0, 2, users), views[:, 1])
    deviations += rng.normal(0, 0.5, deviations.shape)
    deviations[rng.random(deviations.shape) < 0.5] = np.nan
    return views, deviations


def test_the_first_axis_is_the_one_along_which_tastes_differ() -> None:
    views, deviations = _panel()
    weights = learn_tastes(views, np.zeros(len(views)), deviations, axes=2, penalty=1.0)
    assert weights.shape == (4, 2)
    first, second = np.linalg.norm(weights, axis=0)
    assert abs(weights[1, 0]) > 0.95 * first
    assert first > 3 * second


def test_raters_with_few_votes_are_not_learnt_from() -> None:
    views, deviations = _panel()
    alone = learn_tastes(views, np.zeros(len(views)), deviations, axes=4, penalty=1.0)
    stray = np.full((1, len(views)), np.nan)
    stray[0, :19] = 100.0
    both = np.concatenate([deviations, stray])
    np.testing.assert_allclose(
        learn_tastes(views, np.zeros(len(views)), both, axes=4, penalty=1.0), alone
    )


def test_strength_is_what_tastes_move_photos_by() -> None:
    views, deviations = _panel()
    weights = learn_tastes(views, np.zeros(len(views)), deviations, axes=3, penalty=1.0)
    tastes = strengthened(views, weights, 0.3)
    moved = views @ tastes.axes  # of a taste of unit variance along each axis
    assert np.isclose((moved**2).sum(axis=1).mean(), 0.3)
    assert tastes.covariance.shape == (4, 4)
    assert np.linalg.eigvalsh(tastes.covariance).min() > 0


def test_what_raters_agree_on_is_read_from_the_photos_of_other_themes() -> None:
    rng = np.random.default_rng(1)
    views = rng.standard_normal((100, 6)) / np.sqrt(6)
    themes = np.array([f"t{i % 10}" for i in range(100)])
    crowd = 3 + views[:, 0] + rng.normal(0, 0.05, 100)
    agreed = learn_agreed(views, crowd, themes, penalty=0.1)
    assert np.corrcoef(agreed.unseen, crowd)[0, 1] > 0.95
    assert agreed.weights.argmax() == 0
    alone = views.copy()
    alone[themes == "t0"] = 7.0  # nothing like the rest, all of one theme
    crowd[themes == "t0"] = 50.0
    stray = learn_agreed(alone, crowd, themes, penalty=0.1).unseen[themes == "t0"]
    assert np.abs(stray).max() < 45  # its own votes did not tell


def test_later_coordinates_weigh_less() -> None:
    scale = natural_scale(384, 0.6)
    assert (np.diff(scale) < 0).all()
    assert np.array_equal(natural_scale(5, 0.0), np.ones(5))
