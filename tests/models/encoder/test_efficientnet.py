import math

import numpy as np
import pytest
import torch

from aesplugin.models.encoder.efficientnet import EfficientNetLite2, load_encoder, normalise
from aesplugin.models.encoder.lite2 import CHANNELS, normalised


@pytest.fixture(scope="module")
def encoder() -> EfficientNetLite2:
    return load_encoder()


def _whole(pixels: np.ndarray) -> torch.Tensor:
    return normalise(torch.from_numpy(pixels.copy()).permute(2, 0, 1)[None])


def test_encoder_names_what_is_shown(encoder: EfficientNetLite2) -> None:
    data = pytest.importorskip("skimage.data")
    egyptian_cat, espresso = 285, 967
    assert int(encoder(_whole(data.chelsea()[:288, :448])).argmax()) == egyptian_cat
    assert int(encoder(_whole(data.coffee()[:384, :576])).argmax()) == espresso


@pytest.mark.parametrize("shape", [(64, 96), (33, 47), (32, 160), (1, 1)])
def test_maps_have_the_documented_shapes(
    encoder: EfficientNetLite2, shape: tuple[int, int]
) -> None:
    maps = encoder.forward_features(torch.zeros(2, 3, *shape))
    strides = (2, 4, 8, 16, 16, 32, 32, 32)
    for stage, (map_, channels, stride) in enumerate(zip(maps, CHANNELS, strides, strict=True)):
        expected = (2, channels, *(math.ceil(side / stride) for side in shape))
        assert tuple(map_.shape) == expected, stage


def test_encoder_is_frozen(encoder: EfficientNetLite2) -> None:
    assert not encoder.training
    assert not any(parameter.requires_grad for parameter in encoder.parameters())


def test_maps_are_not_overwritten_by_later_stages(encoder: EfficientNetLite2) -> None:
    torch.manual_seed(0)
    x = torch.randn(1, 3, 64, 64)
    kept = x.clone()
    maps = encoder.forward_features(x)
    assert torch.equal(x, kept)
    stages = encoder.stages
    for stage in range(len(stages) - 1):
        following = stages[stage + 1](maps[stage].clone())
        torch.testing.assert_close(following, maps[stage + 1], rtol=0, atol=2e-4)


def test_padding_is_tensorflows(encoder: EfficientNetLite2) -> None:
    # even side, stride 2, kernel 3: one row missing, and it is added at the far end only
    x = torch.randn(1, 3, 8, 8)
    expected = torch.nn.functional.conv2d(
        torch.nn.functional.pad(x, (0, 1, 0, 1)), encoder.stem.weight, encoder.stem.bias, stride=2
    )
    torch.testing.assert_close(encoder.stem(x), expected)


def test_normalise_spans_the_published_range() -> None:
    values = normalise(torch.tensor([0, 127, 255], dtype=torch.uint8).view(1, 3, 1, 1)).flatten()
    assert values.tolist() == [-127 / 128, 0.0, 1.0]


def test_arrays_are_normalised_as_tensors_are() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (2, 5, 7, 3)).astype(np.uint8)
    theirs = normalise(torch.from_numpy(pixels).permute(0, 3, 1, 2))
    np.testing.assert_array_equal(normalised(pixels), theirs.numpy())
