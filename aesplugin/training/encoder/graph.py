"""Writes the encoder's graphs for ONNX Runtime: `python -m aesplugin.training.encoder.graph`.

Structure and names alone, a few kilobytes: every weight is told to be outside, and handed over in
memory (`aesplugin.models.encoder.onnx_runtime`). TensorFlow's padding is ONNX's SAME_UPPER, so one
graph serves photos of all shapes.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from onnx import GraphProto, ModelProto, TensorProto, helper
from safetensors.numpy import save

from aesplugin.models.encoder.efficientnet import EfficientNetLite2, load_encoder
from aesplugin.models.encoder.onnx_runtime import (
    FOLDER,
    INPUT,
    LOW,
    LOW_STAGES,
    SEEN,
    WHOLE,
    digest,
    output_name,
    proof,
)

_OPSET, _IR = 17, 8
_MOST, _LEAST = "six", "zero"  # of ReLU6


@dataclass
class Graph:
    """What was written so far."""

    nodes: list[Any] = field(default_factory=list)
    weights: list[Any] = field(default_factory=list)

    def convolution(self, layer: Any, name: str, inputs: str, *, active: bool) -> str:
        """A convolution by the name of its weights, with ReLU6 where `active`."""
        weight, bias = self.taken(layer, name)
        side, stride = layer.kernel_size[0], layer.stride[0]
        padding: dict[str, Any] = (
            {"pads": [side // 2] * 4} if stride == 1 else {"auto_pad": "SAME_UPPER"}
        )
        output = f"{name}.linear" if active else name
        strides = {"strides": [stride] * 2, "kernel_shape": [side] * 2, "group": layer.groups}
        taken = [inputs, weight, bias]
        self.nodes.append(
            helper.make_node("Conv", taken, [output], name=name, **strides, **padding)
        )
        if active:
            self.nodes.append(helper.make_node("Clip", [output, _LEAST, _MOST], [name]))
        return self.given(name)

    def taken(self, layer: Any, name: str) -> tuple[str, str]:
        """Declares a convolution's weight and bias; their names."""
        for part in ("weight", "bias"):
            shape = tuple(getattr(layer, part).shape)
            self.weights.append(outside(f"{name}.{part}", TensorProto.FLOAT, shape))
        return f"{name}.weight", f"{name}.bias"

    def given(self, name: str) -> str:
        """The name by which the next layer takes what is computed as `name`."""
        return name

    def block(self, block: Any, name: str, inputs: str) -> str:
        """An inverted residual."""
        x = inputs
        if block.expand is not None:
            x = self.convolution(block.expand, f"{name}.expand", x, active=True)
        x = self.convolution(block.depthwise, f"{name}.depthwise", x, active=True)
        x = self.convolution(block.project, f"{name}.project", x, active=False)
        if not block.skips:
            return x
        self.nodes.append(helper.make_node("Add", [x, inputs], [name]))
        return self.given(name)


def encoder_graph(stages: int | None = None, kind: type[Graph] = Graph) -> ModelProto:
    """The graph of all eight maps, or of the lowest `stages`."""
    encoder, graph = EfficientNetLite2(), kind()
    x = graph.convolution(encoder.stem, "stem", INPUT, active=True)
    maps = []
    for index, stage in enumerate(encoder.stages):
        if index == stages:
            break
        blocks: list[Any] = list(stage.children())
        for number, block in enumerate(blocks):
            x = graph.block(block, f"stages.{index}.{number}", x)
        maps.append(x)
    if stages is None:
        maps.append(graph.convolution(encoder.head, "head", x, active=True))
    outputs = [output_name(index) for index in range(len(maps))]
    for name, map_ in zip(outputs, maps, strict=True):
        graph.nodes.append(helper.make_node("Identity", [map_], [name]))
    bounds = [
        helper.make_tensor(_LEAST, TensorProto.FLOAT, [], [0.0]),
        helper.make_tensor(_MOST, TensorProto.FLOAT, [], [6.0]),
    ]
    photo = helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, ["n", 3, "h", "w"])
    found = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs]
    whole = helper.make_graph(graph.nodes, "lite2", [photo], found, [*graph.weights, *bounds])
    return as_model(whole)


def as_model(graph: GraphProto) -> ModelProto:
    """The graph for every ONNX Runtime of the last years."""
    opset = helper.make_opsetid("", _OPSET)
    return helper.make_model(graph, opset_imports=[opset], ir_version=_IR)


def outside(name: str, kind: int, shape: tuple[int, ...]) -> TensorProto:
    """A value that is not in the file; the location is never read."""
    tensor = TensorProto(name=name, data_type=kind, dims=shape)
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="in memory")
    return tensor


@torch.inference_mode()
def seen_by_torch() -> dict[str, NDArray[np.float32]]:
    """What the network sees in the picture of the proof: [3, C] by the name of the map."""
    maps = load_encoder().eager_features(torch.from_numpy(proof()))
    return {output_name(stage): digest(map_.numpy()) for stage, map_ in enumerate(maps)}


def write_graphs(folder: Path = FOLDER) -> None:
    """Both graphs as they are shipped, and what they must see."""
    (folder / SEEN).write_bytes(save(seen_by_torch()))
    for name, stages in ((WHOLE, None), (LOW, LOW_STAGES)):
        (folder / name).write_bytes(encoder_graph(stages).SerializeToString(deterministic=True))


if __name__ == "__main__":
    write_graphs()
