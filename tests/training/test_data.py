from pathlib import Path

import numpy as np
import pytest

from aesplugin.errors import DataError
from aesplugin.training.data import drawn_photos, theme_folds

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


def _folders(root: Path) -> Path:
    for name, count in (("one", 3), ("two", 5), ("budgie_cc0", 2), ("empty", 0)):
        (root / name).mkdir()
        for number in range(count):
            (root / name / f"{number}.jpg").touch()
    return root


def test_photos_are_drawn_in_turns(tmp_path: Path) -> None:
    root = _folders(tmp_path)
    paths = drawn_photos(root, {"one": 4, "two": 4}, seed=0)
    assert [path.parent.name for path in paths] == ["one", "two"] * 3 + ["two"]
    assert len(set(paths)) == 7
    assert paths == drawn_photos(root, {"one": 4, "two": 4}, seed=0)


@pytest.mark.parametrize(
    ("name", "complaint"),
    [("budgie_cc0", "kept for tests"), ("empty", "no photo"), ("absent", "not a folder")],
)
def test_unusable_folders_are_named(tmp_path: Path, name: str, complaint: str) -> None:
    with pytest.raises(DataError, match=f"{name}.*{complaint}"):
        drawn_photos(_folders(tmp_path), {name: 1}, seed=0)
