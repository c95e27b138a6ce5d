import numpy as np

from aesplugin.models.judge.regression import KernelHeads, Projection
from tests.models.judge import made


def _heads() -> KernelHeads:
    """Three learnt photos, two blocks of three numbers kept whole, two targets."""
    heads = made.heads({"a": (3, 3), "b": (3, 3)}, support=3, targets=2)
    for layer in heads.projections.values():
        layer.components = np.eye(3, dtype=np.float32)
    heads.support = heads.project(_blocks())
    return heads


def _blocks() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return {name: rng.normal(size=(3, 3)).astype(np.float32) for name in ("a", "b")}


def test_a_learnt_photo_is_wholly_like_itself() -> None:
    heads = _heads()
    alike = heads.likeness(heads.support)
    np.testing.assert_allclose(alike.diagonal(), 1, atol=1e-5)
    np.testing.assert_allclose(alike, alike.T, rtol=1e-5)
    assert (alike > 0).all() and (alike <= 1).all()
    assert (alike - np.eye(3)).max() < 0.9


def test_targets_that_were_learnt_are_given_again() -> None:
    heads = _heads()
    wanted = np.array([[7.0, 0.0], [4.0, 1.0], [5.5, 0.5]])
    heads.offsets = wanted.mean(0)
    heads.duals = np.linalg.solve(heads.likeness(heads.support), wanted - heads.offsets)
    targets, nearness = heads(_blocks())
    np.testing.assert_allclose(targets, wanted, atol=1e-4, rtol=1e-4)
    np.testing.assert_allclose(nearness, heads.likeness(heads.support).mean(1), rtol=1e-5)


def test_a_photo_like_none_gets_what_is_usual() -> None:
    heads = _heads()
    heads.duals, heads.offsets = made.zeros(3, 2) + 1, np.array([5.0, 0.25])
    strange = {name: made.zeros(1, 3) + 1e6 for name in ("a", "b")}
    targets, nearness = heads(strange)
    np.testing.assert_allclose(targets, heads.offsets[None], atol=1e-3)
    assert nearness.item() < 1e-3


def test_no_number_counts_as_stranger_than_six_deviations() -> None:
    layer = Projection(np.array([1.0, 0.0]), np.array([0.5, 1.0]), np.eye(2))
    found = layer(np.array([[1e9, -1e9], [3.0, 2.0]]))
    np.testing.assert_allclose(found, [[6.0, -6.0], [1.0, 2.0]])


def test_nearness_is_of_the_ten_nearest() -> None:
    heads = made.heads({"a": (1, 1)}, support=12, targets=1)
    (layer,) = heads.projections.values()
    layer.components = made.zeros(1, 1) + 1
    heads.support = np.array([0.0] * 10 + [9.0] * 2)[:, None]
    _, nearness = heads({"a": made.zeros(1, 1)})
    np.testing.assert_allclose(nearness, 1)


def test_weights_that_are_zero_are_not_stored() -> None:
    heads = _heads()
    heads.duals, heads.offsets = made.zeros(3, 2), made.zeros(2)
    heads.duals[[0, 2], [1, 0]] = 0.5, -2.0
    state = heads.state()
    assert state["duals.values"].tolist() == [0.5, -2.0]
    again = KernelHeads.of_state(state, ("a", "b"))
    np.testing.assert_array_equal(again.duals, heads.duals)
