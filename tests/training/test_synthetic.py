import numpy as np

from aesplugin.training.synthetic import nothing


def test_kinds_take_turns_and_numbers_repeat() -> None:
    pictures = [nothing(number, seed=0) for number in range(16)]
    for picture in pictures:
        assert picture.dtype == np.uint8
        assert picture.ndim == 3
        assert picture.shape[2] == 3
    np.testing.assert_array_equal(pictures[5], nothing(5, seed=0))
    black, white = pictures[0], pictures[1]
    assert black.max() < 8
    assert white.min() >= 248
    for flat in pictures[:4]:
        assert len(np.unique(flat.reshape(-1, 3), axis=0)) == 1
    for noisy in pictures[4:8]:
        assert noisy.std() > 5


def test_another_seed_gives_other_pictures() -> None:
    assert any(
        not np.array_equal(nothing(number, seed=0), nothing(number, seed=1)) for number in range(8)
    )
