"""The encoder in 8-bit integers: nearly the same maps and scores; single precision elsewhere."""

import logging
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from aesplugin.evaluation.inputs import load_pixels
from aesplugin.models.encoder.int8 import (
    FLOATS,
    MEASURED,
    STEPS,
    Int8Runtime,
    in_integers,
    multiplies_exactly,
    proven_int8,
    round_weights,
)
from aesplugin.models.encoder.interface import Encoder, open_encoder
from aesplugin.models.encoder.lite2 import Weights, normalised, read_weights
from aesplugin.models.encoder.onnx_runtime import FOLDER, LOW_STAGES, EncoderRuntime
from aesplugin.models.judge.features import see, views_of
from aesplugin.models.judge.network import load_judge

Array = np.ndarray


@pytest.fixture(scope="module")
def weights() -> Weights:
    return read_weights()


@pytest.fixture(scope="module")
def exact(weights: Weights) -> EncoderRuntime:
    return EncoderRuntime(weights, threads=1)


@pytest.fixture(scope="module")
def runtime(weights: Weights) -> Int8Runtime:
    found = proven_int8(weights, threads=1)
    if found is None:
        pytest.skip("this processor has no exact 8-bit dot products")
    return found


@pytest.mark.parametrize("shape", [(33, 47), (97, 351), (224, 224), (256, 320), (512, 160)])
@pytest.mark.parametrize("stages", [None, LOW_STAGES, 2])
def test_maps_are_nearly_those_of_single_precision(
    runtime: Int8Runtime, exact: EncoderRuntime, shape: tuple[int, int], stages: int | None
) -> None:
    down, across = np.meshgrid(*(np.linspace(0, 9, side) for side in shape), indexing="ij")
    waves = np.stack([np.sin(across), np.cos(down), np.sin(across * down)], axis=2)
    photo = normalised(((waves[None] + 1) * 127).astype(np.uint8))
    for ours, theirs in zip(runtime.maps(photo, stages), exact.maps(photo, stages), strict=True):
        assert ours.shape == theirs.shape
        assert np.sqrt(np.square(ours - theirs).mean()) < 0.25 * np.sqrt(np.square(theirs).mean())


def test_scores_are_those_of_single_precision(
    runtime: Int8Runtime, exact: EncoderRuntime, data_dir: Path
) -> None:
    photos = sorted((data_dir / "oasis").rglob("*.jpg"))[::20]
    if not photos:
        pytest.skip("the photos of OASIS are absent")
    judge, views = load_judge(), views_of([load_pixels(photo) for photo in photos])

    def scores(encoder: Encoder) -> Array:
        return judge.judge(see(encoder, views).blocks).score

    apart = scores(runtime) - scores(exact)
    assert np.abs(apart).mean() < 0.05
    assert np.abs(apart).max() < 0.25
    assert abs(apart.mean()) < 0.02


def test_it_is_what_a_cpu_uses_unless_it_must_be_exact() -> None:
    assert isinstance(open_encoder("cpu"), Int8Runtime) == multiplies_exactly()
    assert type(open_encoder("cpu", exact=True)) is EncoderRuntime


class _Wrong(Int8Runtime):
    """As a processor would see that loses a third of every sum."""

    def maps(self, photos: Array, stages: int | None = None) -> list[Array]:
        return [map_ * 0.67 for map_ in super().maps(photos, stages)]


class _Damaged(Int8Runtime):
    def handed_over(self, weights: Mapping[str, Array]) -> Mapping[str, Array]:
        return dict(in_integers(weights, {}))


@pytest.mark.parametrize(("kind", "why"), [(_Wrong, "differ"), (_Damaged, "stages")])
def test_single_precision_takes_over_and_says_why_once(
    kind: type[Int8Runtime], why: str, weights: Weights, caplog: pytest.LogCaptureFixture
) -> None:
    if not multiplies_exactly():
        pytest.skip("this processor has no exact 8-bit dot products")
    with caplog.at_level(logging.WARNING):
        assert proven_int8(weights, 1, kind) is None
    (record,) = caplog.records
    assert why in record.message and "single precision is" in record.message


def test_an_input_like_the_average_gives_the_exact_output(weights: Weights) -> None:
    measured = load_file(FOLDER / MEASURED)
    taken = dict(in_integers(weights, measured))
    for layer in ("stages.1.0.expand", "stages.3.2.depthwise", "stages.5.4.project", "head"):
        mean = measured[f"{layer}.mean"].astype(np.float64)
        stored = taken[f"{layer}.weight"] * taken[f"{layer}.weight.scale"][:, None, None, None]
        biases = taken[f"{layer}.bias"] * taken[f"{layer}.bias.scale"].astype(np.float64)
        found = _of_even_input(stored, mean) + biases
        wanted = _of_even_input(weights[f"{layer}.weight"], mean) + weights[f"{layer}.bias"]
        np.testing.assert_allclose(found, wanted, atol=2e-3 * np.abs(wanted).max())


def _of_even_input(weight: Array, mean: Array) -> Array:
    sums = weight.sum((2, 3), dtype=np.float64)
    found: Array = sums[:, 0] * mean if weight.shape[1] == 1 else sums @ mean
    return found


def test_every_bias_fits_into_32_bits_with_room_for_the_sum(weights: Weights) -> None:
    taken = dict(in_integers(weights, load_file(FOLDER / MEASURED)))
    biases = {name: value for name, value in taken.items() if value.dtype == np.int32}
    assert len(biases) == sum(name.endswith(".weight") for name in weights) - len(FLOATS) - 1
    for name, value in biases.items():
        assert np.abs(value.astype(np.int64)).max() < 2**30, name


def test_rounding_keeps_the_sum_of_each_kernel() -> None:
    rng = np.random.default_rng(3)
    weight = rng.normal(0, 0.2, (40, 1, 5, 5)).astype(np.float32)
    weight[0] = 0  # a channel that nothing reaches
    rounded, step = round_weights(weight, np.ones(40, np.float32))
    assert np.abs(rounded.astype(int)).max() <= STEPS
    back = rounded * step[:, None, None, None]
    assert np.abs(back - weight).max() <= 1.01 * step.max()
    assert (np.abs((back - weight).sum((1, 2, 3))) <= 0.51 * step).all()


def test_the_shipped_graphs_are_those_of_the_network() -> None:
    made = pytest.importorskip("aesplugin.training.encoder.int8").graphs()
    for name, graph in made.items():
        assert (FOLDER / name).read_bytes() == graph, name
