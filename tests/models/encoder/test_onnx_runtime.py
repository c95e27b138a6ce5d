"""ONNX Runtime in eager torch's place: the same maps, and torch where it is absent or wrong."""

import logging

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file

from aesplugin.models.encoder.efficientnet import EfficientNetLite2, load_encoder, normalise
from aesplugin.models.encoder.interface import open_encoder
from aesplugin.models.encoder.onnx_runtime import (
    FOLDER,
    LOW,
    LOW_STAGES,
    SAME,
    SEEN,
    WHOLE,
    EncoderRuntime,
)

_SHAPES = [(1, 1), (7, 5), (33, 47), (97, 351), (224, 224), (256, 320), (512, 160)]


@pytest.fixture(scope="module")
def encoder() -> EfficientNetLite2:
    return load_encoder()


def _photos(height: int, width: int) -> torch.Tensor:
    made = torch.Generator().manual_seed(height * 1000 + width)
    pixels = torch.randint(0, 256, (2, 3, height, width), dtype=torch.uint8, generator=made)
    return normalise(pixels)


@pytest.mark.parametrize("shape", _SHAPES)
def test_the_maps_are_those_of_torch(encoder: EfficientNetLite2, shape: tuple[int, int]) -> None:
    assert encoder.runtime is not None
    photos = _photos(*shape)
    for stages in (None, LOW_STAGES, 2):
        ours = encoder.forward_features(photos, stages=stages)
        theirs = encoder.eager_features(photos, stages)
        assert len(ours) == len(theirs)
        for one, other in zip(ours, theirs, strict=True):
            torch.testing.assert_close(one, other, rtol=0, atol=2e-4)


def test_weights_that_are_being_trained_are_torchs(encoder: EfficientNetLite2) -> None:
    tuned = load_encoder()
    tuned.requires_grad_(requires_grad=True)
    with torch.no_grad():
        tuned.stem.weight.add_(0.1)
    photos = _photos(32, 32)
    assert tuned.forward_features(photos)[0].requires_grad
    assert not torch.allclose(
        tuned.forward_features(photos)[0], encoder.forward_features(photos)[0]
    )


class _Wrong(EncoderRuntime):
    def maps(self, photos: np.ndarray, stages: int | None = None) -> list[np.ndarray]:
        return [map_ + 0.01 for map_ in super().maps(photos, stages)]


class _Absent(EncoderRuntime):
    def __init__(self, *_: object) -> None:
        raise ImportError("No module named 'onnxruntime'")


@pytest.mark.parametrize(("runtime", "why"), [(_Wrong, "differ"), (_Absent, "No module")])
def test_torch_takes_over_and_says_why_once(
    runtime: type[EncoderRuntime],
    why: str,
    encoder: EfficientNetLite2,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.WARNING):
        slow = load_encoder(runtime=runtime)
    assert slow.runtime is None
    (record,) = caplog.records
    assert why in record.message and "torch is used instead" in record.message
    photos = _photos(64, 48)
    for one, other in zip(
        slow.forward_features(photos), encoder.forward_features(photos), strict=True
    ):
        torch.testing.assert_close(one, other, rtol=0, atol=2e-4)


def test_what_it_refuses_is_one_error(encoder: EfficientNetLite2) -> None:
    assert encoder.runtime is not None
    with pytest.raises(RuntimeError, match="rank"):
        encoder.runtime.maps(np.zeros((3, 8, 8), np.float32))


def test_what_it_must_see_is_what_torch_sees() -> None:
    graphs = pytest.importorskip("aesplugin.training.encoder.graph")
    seen = load_file(FOLDER / SEEN)
    for name, value in graphs.seen_by_torch().items():
        assert np.abs(value - seen[name]).max() < SAME / 10


@pytest.mark.parametrize("device", ["cpu", "auto"])
def test_on_a_cpu_no_torch_is_asked(device: str) -> None:
    if device == "auto" and torch.accelerator.is_available():
        pytest.skip("there is a graphics card here")
    assert isinstance(open_encoder(device), EncoderRuntime)


def test_the_shipped_graphs_are_those_of_the_network() -> None:
    graphs = pytest.importorskip("aesplugin.training.encoder.graph")
    for name, stages in ((WHOLE, None), (LOW, LOW_STAGES)):
        made = graphs.encoder_graph(stages).SerializeToString(deterministic=True)
        assert (FOLDER / name).read_bytes() == made
