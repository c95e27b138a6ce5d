import numpy as np
import torch

from aesplugin.training.order import (
    FLAWED,
    NOTHING,
    ORIGINAL,
    SAME,
    OrderData,
    OrderOptions,
    fit_order,
)

_PHOTOS, _VERSIONS = 80, 4  # original, harmless, mild, strong


def _problem() -> tuple[torch.Tensor, OrderData, torch.Tensor]:
    """Feature 0 is beauty; 1 is a flaw that votes alone like; 2 marks pictures of nothing."""
    generator = torch.Generator().manual_seed(0)
    beauty = torch.randn(_PHOTOS, generator=generator)
    features = torch.zeros(_PHOTOS * _VERSIONS + 4, 12)
    severity = torch.tensor([0, 0, 0.3, 1.0]).repeat(_PHOTOS)
    rows = torch.arange(_PHOTOS * _VERSIONS)
    features[rows, 0] = beauty.repeat_interleave(_VERSIONS)
    features[rows, 1] = severity
    features[rows, 3:] = 0.05 * torch.randn(len(rows), 9, generator=generator)
    features[-4:, 2] = 1
    role = torch.tensor([ORIGINAL, SAME, FLAWED, FLAWED] * _PHOTOS + [NOTHING] * 4)
    original = torch.cat([rows - rows % _VERSIONS, torch.arange(len(rows), len(rows) + 4)])
    votes = torch.full((len(role),), torch.nan)
    votes[:160:_VERSIONS] = 4 + beauty[:40]  # half of the photos are rated
    data = OrderData(
        votes=votes,
        taste=4 + features[:, 0] + 0.5 * features[:, 1],
        original=original,
        severity=torch.cat([severity, torch.zeros(4)]),
        weight=torch.ones(len(role)),
        role=role,
    )
    return features, data, torch.ones(len(role), dtype=torch.bool)


def _said(options: OrderOptions) -> tuple[torch.Tensor, OrderData]:
    features, data, kept = _problem()
    weights, bias = fit_order(features, data, kept, options)
    return features @ weights + bias, data


def test_votes_and_order_are_both_learnt() -> None:
    said, data = _said(OrderOptions(penalty=0.01))
    rated = data.votes.isfinite()
    assert (said[rated] - data.votes[rated]).abs().mean() < 0.2
    flawed = (data.role == FLAWED).nonzero().squeeze(1)
    assert (said[flawed] < said[data.original[flawed]]).float().mean() > 0.97
    assert said[data.role == NOTHING].max() < 1.6


def test_severe_flaws_fall_deeper() -> None:
    said, data = _said(OrderOptions(penalty=0.01))
    fall = said[data.original] - said
    assert fall[data.severity == 1].mean() > fall[data.severity == 0.3].mean() > 0


def test_without_order_the_flaw_goes_unseen() -> None:
    said, data = _said(OrderOptions(penalty=0.01, order=0))
    strong = ((data.role == FLAWED) & (data.severity == 1)).nonzero().squeeze(1)
    assert (said[strong] < said[data.original[strong]]).float().mean() < 0.9


def test_rows_left_out_do_not_matter() -> None:
    features, data, kept = _problem()
    kept[:160] = False
    kept[160:164] = True
    data.votes[160] = 5.0
    first, _ = fit_order(features, data, kept, OrderOptions())
    features[:160] += 7
    again, _ = fit_order(features, data, kept, OrderOptions())
    np.testing.assert_allclose(first.numpy(), again.numpy(), atol=1e-5)


def test_fits_repeat() -> None:
    assert torch.equal(_said(OrderOptions())[0], _said(OrderOptions())[0])
