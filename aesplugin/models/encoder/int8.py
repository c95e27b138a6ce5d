"""The encoder in 8-bit integers: a third of the time, where the processor multiplies them exactly.

Weights are rounded here, per channel, from those of the installed package; how far activations
reach was measured on photos (`python -m aesplugin.training.encoder.int8` wrote the file beside
this one). The first block stays in single precision: it looks at the photo's own edges, which
8 bits coarsen, and it costs little. Jacob et al. 2018 (arXiv 1712.05877) describe the arithmetic,
Nagel et al. 2019 (arXiv 1906.04721) the correction of biases.
"""

import logging
from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file

from aesplugin.models.encoder.onnx_runtime import (
    FOLDER,
    EncoderRuntime,
    Numbers,
    as_runtime_error,
    digests,
    proven,
)

_LOG = logging.getLogger(__name__)
MEASURED: Final = "lite2_int8.safetensors"
PRODUCTS: Final = "int8_products.onnx"
FLOATS: Final = ("stem", "stages.0.0.depthwise", "stages.0.0.project")
"""Convolutions in single precision."""
STEPS: Final = 127  # of a weight, to each side
NEAR: Final = 0.15  # of what torch sees, as root mean squares: nearly twice what rounding does
_SMALLEST: Final = 2.0**-20  # of a bias in a weight's steps: its 32 bits must hold it


class Int8Runtime(EncoderRuntime):
    """As `EncoderRuntime`, with scores a few hundredths of a point away."""

    graphs = ("lite2_int8.onnx", "lite2_int8_low.onnx")

    def handed_over(self, weights: Mapping[str, NDArray[np.float32]]) -> Mapping[str, Numbers]:
        """Rounded weights and biases, and the steps of weights and activations, by name."""
        return dict(in_integers(weights, load_file(FOLDER / MEASURED)))


def proven_int8(
    weights: Mapping[str, NDArray[np.float32]],
    threads: int,
    kind: type[Int8Runtime] = Int8Runtime,
) -> Int8Runtime | None:
    """The encoder in integers, where it sees nearly what torch sees.

    None elsewhere: some processors add two products of bytes in 16 bits, which is too few.
    """
    try:
        if not multiplies_exactly():
            _LOG.info(
                "this processor has no exact 8-bit dot products: the int8 encoder is not used"
            )
            return None
        runtime = kind(weights, threads)
        if all(_size(ours - torchs) < NEAR * _size(torchs) for ours, torchs in digests(runtime)):
            return runtime
        why = "its results differ"
    except (ImportError, RuntimeError, OSError, KeyError, SafetensorError) as error:
        why = (str(error).splitlines() or ["unknown error"])[0]
    _LOG.warning("the 8-bit encoder is not used (%s): single precision is used instead", why)
    return None


def fastest(
    weights: Mapping[str, NDArray[np.float32]],
    threads: int,
    kind: type[EncoderRuntime] = EncoderRuntime,
    *,
    exact: bool,
) -> EncoderRuntime | None:
    """In integers where they are proven and it need not be `exact`, else `kind`, else None."""
    in_integers = None if exact else proven_int8(weights, threads)
    return in_integers or proven(weights, threads, kind)


def multiplies_exactly() -> bool:
    """Whether the largest products of bytes add up to what they should.

    Raises:
        ImportError: ONNX Runtime is not installed, or does not run here.
        RuntimeError: it does not take the graph.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    with as_runtime_error():
        session: Any = onnxruntime.InferenceSession(
            (FOLDER / PRODUCTS).read_bytes(), options, providers=["CPUExecutionProvider"]
        )
        largest = np.ones((1, 64, 8, 8), np.float32)
        pointwise, depthwise = session.run(None, {"ones": largest})
    return bool((pointwise == 1).all() and (depthwise[:, :, 2:-2, 2:-2] == 1).all())


def in_integers(
    weights: Mapping[str, NDArray[np.float32]], measured: Mapping[str, Numbers]
) -> Iterator[tuple[str, Numbers]]:
    """What the graphs in integers take, by name, from the weights in single precision.

    `measured` has `X.scale` and `X.zero` of every activation X, and of every convolution C
    `C.taken`, the step of its input, and `C.mean`, the means of its input's channels.
    """
    for name, value in measured.items():
        if name.endswith((".scale", ".zero")):
            yield name, value
    for name in weights:
        layer, _, part = name.rpartition(".")
        if layer in FLOATS:
            yield name, weights[name]
        elif part == "weight" and layer != "classifier":
            rounded, step = round_weights(weights[name], weights[f"{layer}.bias"])
            lost = weights[name] - rounded * step[:, None, None, None]
            mean = measured[f"{layer}.mean"].astype(np.float32)
            bias = weights[f"{layer}.bias"] + _lost_on_average(lost, mean)
            scale = (measured[f"{layer}.taken"] * step).astype(np.float32)
            yield name, rounded
            yield f"{name}.scale", step
            yield f"{layer}.bias", np.rint(bias / scale).astype(np.int32)
            yield f"{layer}.bias.scale", scale


def round_weights(
    weight: NDArray[np.float32], bias: NDArray[np.float32]
) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """`weight` [O, I, k, k] in steps, and the step of each output channel [O]."""
    reach = np.abs(weight).reshape(len(weight), -1).max(1) / STEPS
    step = np.maximum(reach, np.maximum(np.abs(bias) * _SMALLEST, 1e-9)).astype(np.float32)
    wanted = weight / step[:, None, None, None]
    return _sums_kept(wanted).astype(np.int8), step


def _sums_kept(wanted: NDArray[np.float32]) -> NDArray[np.float32]:
    """Rounded so that each kernel's sum is, too: neighbouring pixels are alike, and add up."""
    kernels = wanted.reshape(-1, wanted.shape[2] * wanted.shape[3])  # [O * I, k * k]
    rounded = np.rint(kernels)
    if kernels.shape[1] > 1:
        for _ in range(kernels.shape[1] // 2):
            missing = (kernels - rounded).sum(1)
            for turned, sign in ((missing > 0.5, 1), (missing < -0.5, -1)):
                which = np.flatnonzero(turned)
                nearest = (sign * (kernels - rounded)[which]).argmax(1)
                rounded[which, nearest] += sign
    return np.clip(rounded, -STEPS, STEPS).reshape(wanted.shape)


def _size(of: Numbers) -> float:
    return float(np.sqrt(np.square(of).mean()))


def _lost_on_average(lost: NDArray[np.float32], mean: NDArray[np.float32]) -> NDArray[np.float32]:
    """[O]: what rounding `lost` [O, I, k, k] takes from an output whose input has these means."""
    sums = lost.sum((2, 3))  # [O, I]
    found: NDArray[np.float32] = sums[:, 0] * mean if lost.shape[1] == 1 else sums @ mean
    return found
