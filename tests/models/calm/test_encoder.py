import torch

from aesplugin.models.calm.config import CalmConfig
from aesplugin.models.calm.encoder import Lite2Encoder, build_encoder, summary, summary_blocks
from aesplugin.models.calm.measures import MEASURES
from aesplugin.models.encoder.efficientnet import normalise
from tests.models.calm.small import TINY_CLIP


def test_levels_have_the_promised_shapes() -> None:
    encoder = Lite2Encoder()
    found = encoder(
        torch.rand(2, 3, 96, 128) * 255,
        torch.rand(2, 3, 224, 224) * 255,
        torch.rand(2, MEASURES),
    )
    shape = encoder.shape
    assert found.low.shape == (2, *shape.low)
    assert found.middle.shape == (2, *shape.middle)
    assert found.high.shape == (2, *shape.high)
    assert found.theme.shape == (2, shape.theme)
    assert summary(found).shape == (2, sum(summary_blocks(shape)))


def test_the_classifier_is_found_again_in_the_theme() -> None:
    torch.manual_seed(1)
    encoder = Lite2Encoder()
    whole = torch.rand(1, 3, 96, 128) * 255
    found = encoder(whole, whole, torch.zeros(1, MEASURES))
    direct = encoder.network(normalise(whole))
    assert torch.allclose(encoder.classify(found), direct, atol=1e-3)


def test_noise_shows_in_the_low_level_most() -> None:
    torch.manual_seed(0)
    encoder = Lite2Encoder()
    whole, detail = torch.full((1, 3, 96, 128), 128.0), torch.full((1, 3, 224, 224), 128.0)
    none = torch.zeros(1, MEASURES)
    clean = encoder(whole, detail, none)
    noisy = encoder(whole, detail + torch.randn_like(detail) * 20, none)
    assert (clean.low - noisy.low).abs().max() > 0.1
    assert torch.equal(clean.high, noisy.high)  # it looks at the whole view only


def test_a_vit_gives_the_same_kind_of_levels() -> None:
    encoder = build_encoder(CalmConfig(encoder=TINY_CLIP))
    found = encoder(
        torch.rand(2, 3, 96, 128) * 255, torch.rand(2, 3, 64, 64) * 255, torch.rand(2, MEASURES)
    )
    for level, size in zip(found[:3], encoder.shape[:3], strict=True):
        assert level.shape == (2, *size)
    assert found.theme.shape == (2, encoder.shape.theme)
