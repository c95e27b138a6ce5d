"""The frozen encoder as every model asks it: arrays in, arrays out, whatever runs it."""

import os
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from aesplugin.models.encoder.int8 import fastest
from aesplugin.models.encoder.lite2 import read_weights
from aesplugin.models.encoder.onnx_runtime import Maps
from aesplugin.models.runtime import resolved

_MOST_THREADS: Final = 4  # so small a network is no faster on more


class Encoder(Protocol):
    """EfficientNet-Lite2 on some device."""

    def maps(self, photos: NDArray[np.float32], stages: int | None = None) -> Maps:
        """The eight maps of `normalised` photos [B, 3, H, W], or those of the lowest `stages`."""
        ...

    def logits(self, means: NDArray[np.float32]) -> NDArray[np.float32]:
        """Of the ImageNet classes [B, 1000], from the means [B, 1280] of the head's map."""
        ...


def open_encoder(device: str = "auto", threads: int = 0, *, exact: bool = False) -> Encoder:
    """The encoder on that device; on a CPU by ONNX Runtime, without loading torch.

    There it computes in 8-bit integers where the processor can, unless it must be `exact`, as to
    learn from. `threads` are of the network; 0 is half of the cores, as whoever asks prepares
    photos beside it.

    Raises:
        UsageError: no such device here.
        WeightsMissing, WeightsDamaged: of the published weights.
    """
    device = resolved(device)
    if device == "cpu":
        weights, count = read_weights(), threads or _half_of_the_cores()
        runtime = fastest(weights, count, exact=exact)
        if runtime is not None:
            return runtime
    return _by_torch(device, threads)


def _half_of_the_cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        cores = len(os.sched_getaffinity(0))
    else:
        cores = os.cpu_count() or 1
    return min(max(1, cores // 2), _MOST_THREADS)


def _by_torch(device: str, threads: int) -> Encoder:
    import torch

    from aesplugin.models.encoder.efficientnet import TorchEncoder, load_encoder
    from aesplugin.models.runtime import device_named

    if threads > 0:
        torch.set_num_threads(threads)
    return TorchEncoder(load_encoder(runtime=None).to(device_named(device)))
