import torch

from aesplugin.models.judge.kernel import KernelHeads, Projection


def _heads() -> KernelHeads:
    """Three learnt photos, two blocks of three numbers kept whole, two targets."""
    heads = KernelHeads({"a": (3, 3), "b": (3, 3)}, support=3, targets=2)
    for layer in heads.projections.values():
        assert isinstance(layer, Projection)
        layer.components = torch.eye(3)
    heads.support = heads.project(_blocks())
    return heads


def _blocks() -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    return {name: torch.randn(3, 3, generator=generator) for name in ("a", "b")}


def test_a_learnt_photo_is_wholly_like_itself() -> None:
    heads = _heads()
    alike = heads.likeness(heads.support)
    torch.testing.assert_close(alike.diagonal(), torch.ones(3), atol=1e-5, rtol=0)
    torch.testing.assert_close(alike, alike.T)
    assert (alike > 0).all() and (alike <= 1).all()
    assert (alike - torch.eye(3)).max() < 0.9


def test_targets_that_were_learnt_are_given_again() -> None:
    heads = _heads()
    wanted = torch.tensor([[7.0, 0.0], [4.0, 1.0], [5.5, 0.5]])
    heads.offsets = wanted.mean(0)
    heads.duals = torch.linalg.solve(heads.likeness(heads.support), wanted - heads.offsets)
    targets, nearness = heads(_blocks())
    torch.testing.assert_close(targets, wanted, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(nearness, heads.likeness(heads.support).mean(1))


def test_a_photo_like_none_gets_what_is_usual() -> None:
    heads = _heads()
    heads.duals, heads.offsets = torch.ones(3, 2), torch.tensor([5.0, 0.25])
    strange = {name: torch.full((1, 3), 1e6) for name in ("a", "b")}
    targets, nearness = heads(strange)
    torch.testing.assert_close(targets, heads.offsets[None], atol=1e-3, rtol=0)
    assert nearness.item() < 1e-3


def test_no_number_counts_as_stranger_than_six_deviations() -> None:
    layer = Projection(2, 2)
    layer.components = torch.eye(2)
    layer.mean, layer.inverse_deviation = torch.tensor([1.0, 0.0]), torch.tensor([0.5, 1.0])
    found = layer(torch.tensor([[1e9, -1e9], [3.0, 2.0]]))
    torch.testing.assert_close(found, torch.tensor([[6.0, -6.0], [1.0, 2.0]]))


def test_nearness_is_of_the_ten_nearest() -> None:
    heads = KernelHeads({"a": (1, 1)}, support=12, targets=1)
    (layer,) = heads.projections.values()
    assert isinstance(layer, Projection)
    layer.components = torch.ones(1, 1)
    heads.support = torch.tensor([0.0] * 10 + [9.0] * 2)[:, None]
    _, nearness = heads({"a": torch.zeros(1, 1)})
    torch.testing.assert_close(nearness, torch.ones(1))
