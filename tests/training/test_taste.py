import numpy as np

from aesplugin.evaluation.metrics import srcc
from aesplugin.training.taste import fit_ridge, out_of_fold


def _problem(count: int = 120) -> tuple[dict[str, np.ndarray], np.ndarray]:
    rng = np.random.default_rng(0)
    blocks = {"wide": rng.normal(2, 3, (count, 300)), "narrow": rng.normal(0, 0.1, (count, 5))}
    target = 4 + blocks["narrow"] @ np.array([5.0, -4, 3, 0, 0]) + 0.05 * rng.normal(size=count)
    return blocks, target


def test_equals_ridge_in_closed_form() -> None:
    blocks, target = _problem()
    x = np.concatenate(
        [(b - b.mean(0)) / b.std(0) / np.sqrt(b.shape[1] * 2) for b in blocks.values()], 1
    )
    w = np.linalg.solve(x.T @ x + 0.3 * np.eye(x.shape[1]), x.T @ (target - target.mean()))
    np.testing.assert_allclose(
        fit_ridge(blocks, target, penalty=0.3).predict(blocks), x @ w + target.mean(), atol=1e-8
    )


def test_a_narrow_block_is_not_drowned() -> None:
    blocks, target = _problem()
    predicted, ridges = out_of_fold(blocks, target, np.arange(120) % 5, penalty=0.1)
    assert len(ridges) == 5
    assert srcc(predicted, target) > 0.85


def test_out_of_fold_never_saw_the_photo() -> None:
    blocks, target = _problem()
    fold = np.arange(120) % 4
    before, _ = out_of_fold(blocks, target, fold, penalty=0.1)
    spoiled = np.where(fold == 2, 99.0, target)
    after, _ = out_of_fold(blocks, spoiled, fold, penalty=0.1)
    np.testing.assert_array_equal(before[fold == 2], after[fold == 2])


def test_a_constant_feature_has_no_weight() -> None:
    blocks, target = _problem()
    blocks["narrow"][:, 4] = 0.7
    weights = fit_ridge(blocks, target, penalty=0.1).weights["narrow"]
    assert weights[4] == 0
    assert abs(weights[0]) > 0
