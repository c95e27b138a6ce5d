import numpy as np
import pytest

from aesplugin.models.calm.measures import MEASURES
from aesplugin.models.encoder.interface import Encoder, open_encoder
from aesplugin.models.judge.features import Seen, block_widths, see, views_of
from aesplugin.models.judge.regression import VOTE_BLOCKS, vote_features
from tests.models.judge import made

_SHAPES = [(300, 400), (400, 300), (300, 400), (90, 700)]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return open_encoder("cpu")


def _photo(seed: int, shape: tuple[int, int]) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 255, (*shape, 3), np.uint8)


@pytest.fixture(scope="module")
def photos() -> list[np.ndarray]:
    return [_photo(seed, shape) for seed, shape in enumerate(_SHAPES)]


@pytest.fixture(scope="module")
def together(encoder: Encoder, photos: list[np.ndarray]) -> Seen:
    return see(encoder, views_of(photos))


def test_blocks_have_their_widths(together: Seen) -> None:
    assert {name: tuple(block.shape) for name, block in together.blocks.items()} == {
        name: (len(_SHAPES), width) for name, width in block_widths().items()
    }
    assert block_widths()["layout"] == 7488
    assert block_widths()["measures"] == MEASURES
    assert together.craft.shape == (len(_SHAPES), 2664)
    for block in (*together.blocks.values(), together.craft):
        assert block.dtype == np.float32
        assert np.isfinite(block).all()


def test_a_photo_is_seen_alike_alone_and_among_others(
    encoder: Encoder, photos: list[np.ndarray], together: Seen
) -> None:
    for index, photo in enumerate(photos):
        alone = see(encoder, views_of([photo]))
        for name, block in together.blocks.items():
            np.testing.assert_allclose(alone.blocks[name][0], block[index], atol=2e-3, rtol=1e-3)
        np.testing.assert_allclose(alone.craft[0], together.craft[index], atol=2e-3, rtol=1e-3)


def test_classes_are_the_encoders_own(
    encoder: Encoder, photos: list[np.ndarray], together: Seen
) -> None:
    shares = np.exp(together.blocks["classes"]).sum(1)
    np.testing.assert_allclose(shares, np.ones(len(photos)), rtol=1e-4)
    assert not np.array_equal(together.blocks["classes"][0], together.blocks["classes"][2])


def test_votes_are_linear_in_late_blocks(together: Seen) -> None:
    late = vote_features(together.blocks)
    assert late.shape == (len(_SHAPES), sum(block_widths()[name] for name in VOTE_BLOCKS))
    head = made.vote_head(folds=2)
    head.bias = np.array([5.0, 4.0, 3.0], np.float32)
    head.weight[1, 0] = 2.0
    votes = head(together.blocks)
    np.testing.assert_allclose(votes[:, 0], 5.0)
    np.testing.assert_allclose(votes[:, 1], 4 + 2 * late[:, 0], rtol=1e-6)
