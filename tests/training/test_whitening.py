import torch

from aesplugin.training.whitening import whitening


def _rows() -> torch.Tensor:
    generator = torch.Generator().manual_seed(0)
    return torch.randn(400, 12, generator=generator) @ torch.randn(12, 30, generator=generator) + 5


def test_rows_come_out_white() -> None:
    x = _rows()
    weight, bias = whitening(x, components=8)
    z = x @ weight.T + bias
    torch.testing.assert_close(z.mean(0), torch.zeros(8), atol=1e-3, rtol=0)
    torch.testing.assert_close(torch.cov(z.T), torch.eye(8), atol=1e-3, rtol=0)


def test_directions_beyond_the_rank_are_silent() -> None:
    x = _rows()
    weight, bias = whitening(x, components=20)
    z = x @ weight.T + bias
    assert z[:, 12:].abs().max() < 1e-4
    assert torch.isfinite(z).all()


def test_fewer_rows_than_features() -> None:
    x = _rows()[:9]
    weight, bias = whitening(x, components=20)
    z = x @ weight.T + bias
    assert z.shape == (9, 20)
    torch.testing.assert_close(torch.cov(z[:, :8].T), torch.eye(8), atol=1e-2, rtol=0)
    assert z[:, 8:].abs().max() < 1e-4


def test_constant_features_do_no_harm() -> None:
    x = _rows()
    x[:, 3] = 1.0
    weight, bias = whitening(x, components=8)
    assert torch.isfinite(weight).all()
    assert torch.isfinite(bias).all()
