"""EfficientNet-Lite2, the frozen encoder, as a torch module: for training, and for GPUs.

TensorFlow's weights want TensorFlow's "same" padding. See `aesplugin.models.encoder.lite2`.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from aesplugin.models.encoder.int8 import fastest
from aesplugin.models.encoder.lite2 import CHANNELS, CLASSES, STAGES, STEM, Stage, read_weights
from aesplugin.models.encoder.onnx_runtime import EncoderRuntime, Maps


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

    def __init__(self, inputs: int, stage: Stage, *, stride: int) -> None:
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
        self.stem = _Conv(3, STEM, 3, stride=2)
        self.stages = nn.ModuleList()
        inputs = STEM
        for stage in STAGES:
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


def load_encoder(
    *, exact: bool = True, runtime: type[EncoderRuntime] | None = EncoderRuntime
) -> EfficientNetLite2:
    """The encoder with its published weights, on the CPU, float32, channels-last.

    Photos on the CPU go through `runtime`, if one is given, where it is installed and sees what
    torch sees: in half of the time. Not `exact`, it computes in 8-bit integers where the processor
    can.

    Raises:
        WeightsMissing: no such file, or the package is not installed.
        WeightsDamaged: the file is not the published one.
    """
    weights = read_weights()
    with torch.device("meta"):
        encoder = EfficientNetLite2()
    state = {name: torch.tensor(value) for name, value in weights.items()}
    encoder.load_state_dict(state, assign=True)
    encoder.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    encoder.requires_grad_(requires_grad=False).eval()
    if runtime is not None:
        encoder.runtime = fastest(weights, torch.get_num_threads(), runtime, exact=exact)
    return encoder


class TorchEncoder:
    """The network where torch runs it, for whoever works with arrays: see `Encoder`."""

    def __init__(self, network: EfficientNetLite2) -> None:
        self._network = network

    @torch.inference_mode()
    def maps(self, photos: NDArray[np.float32], stages: int | None = None) -> Maps:
        """The eight maps of [B, 3, H, W], or those of the lowest `stages`."""
        device = self._network.classifier.weight.device
        pixels = torch.from_numpy(photos).to(device, memory_format=torch.channels_last)
        return [one.cpu().numpy() for one in self._network.forward_features(pixels, stages=stages)]

    @torch.inference_mode()
    def logits(self, means: NDArray[np.float32]) -> NDArray[np.float32]:
        """Of the ImageNet classes [B, 1000], from the means [B, 1280] of the head's map."""
        weight = self._network.classifier.weight
        found: NDArray[np.float32] = (
            self._network.classifier(torch.from_numpy(means).to(weight.device)).cpu().numpy()
        )
        return found
