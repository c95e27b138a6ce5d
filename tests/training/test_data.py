import numpy as np
import pytest

from aesplugin.errors import DataError
from aesplugin.training.photos import theme_folds

_THEMES = [f"theme {number}" for number in range(30) for _ in range(1 + number % 7)]


def test_a_theme_never_crosses_folds() -> None:
    folds = theme_folds(_THEMES, folds=5, seed=0)
    for theme in set(_THEMES):
        assert len({int(fold) for fold, t in zip(folds, _THEMES, strict=True) if t == theme}) == 1


def test_folds_are_even_and_depend_on_the_seed_alone() -> None:
    folds = theme_folds(_THEMES, folds=5, seed=0)
    sizes = np.bincount(folds, minlength=5)
    assert sizes.max() - sizes.min() <= 2
    np.testing.assert_array_equal(folds, theme_folds(_THEMES, folds=5, seed=0))
    assert (folds != theme_folds(_THEMES, folds=5, seed=1)).any()


def test_order_of_photos_does_not_matter() -> None:
    folds = theme_folds(_THEMES, folds=5, seed=0)
    np.testing.assert_array_equal(theme_folds(_THEMES[::-1], folds=5, seed=0), folds[::-1])


def test_too_few_themes_are_told() -> None:
    with pytest.raises(DataError, match="5 folds need as many themes; there are 2"):
        theme_folds(["a", "b"], folds=5, seed=0)
