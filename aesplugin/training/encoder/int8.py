"""Measures activations on photos and writes the encoder's graphs in 8-bit integers.

    python -m aesplugin.training.encoder.int8 LABELLED

LABELLED is a folder with `labels.jsonl`; photos of its training split are looked at, as whole view
and as patch. Written beside `aesplugin.models.encoder.int8`: structure, and what was measured.
"""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnx import ModelProto, TensorProto, helper, numpy_helper
from safetensors.numpy import save

from aesplugin.errors import DataError
from aesplugin.evaluation.inputs import load_pixels
from aesplugin.evaluation.real.labels import Split, read_labels
from aesplugin.models.embedded.features import to_batch
from aesplugin.models.encoder.int8 import FLOATS, MEASURED, PRODUCTS, Int8Runtime
from aesplugin.models.encoder.lite2 import read_weights
from aesplugin.models.encoder.onnx_runtime import (
    FOLDER,
    INPUT,
    LOW_STAGES,
    Numbers,
)
from aesplugin.models.encoder.views import Pixels, patch_view, whole_view
from aesplugin.training.encoder.graph import Graph, as_model, encoder_graph, outside

_PHOTOS: Final = 100
_READ: Final = ".read"  # of an activation: as it is after rounding
_LEVELS: Final = 255


class Int8Graph(Graph):
    """A graph whose convolutions take bytes, but for those of `FLOATS`."""

    def taken(self, layer: Any, name: str) -> tuple[str, str]:
        """As `Graph.taken`; in integers, with their step per channel."""
        if name in FLOATS:
            return super().taken(layer, name)
        for part, kind in (("weight", TensorProto.INT8), ("bias", TensorProto.INT32)):
            stored, step = f"{name}.{part}", f"{name}.{part}.scale"
            self.weights += [
                outside(stored, kind, tuple(getattr(layer, part).shape)),
                outside(step, TensorProto.FLOAT, (layer.out_channels,)),
            ]
            taken = [stored, step]
            self.nodes.append(helper.make_node("DequantizeLinear", taken, [stored + _READ], axis=0))
        return f"{name}.weight{_READ}", f"{name}.bias{_READ}"

    def given(self, name: str) -> str:
        """As `Graph.given`; rounded to bytes, but for what stays within `FLOATS`."""
        if name in FLOATS[:-1]:
            return name
        step, zero = f"{name}.scale", f"{name}.zero"
        self.weights += [
            outside(step, TensorProto.FLOAT, ()),
            outside(zero, TensorProto.UINT8, ()),
        ]
        rounded = f"{name}.rounded"
        self.nodes += [
            helper.make_node("QuantizeLinear", [name, step, zero], [rounded]),
            helper.make_node("DequantizeLinear", [rounded, step, zero], [name + _READ]),
        ]
        return name + _READ


@dataclass
class _Reach:
    """How far an activation goes, and the means [C] of its channels."""

    low: float = 0.0
    high: float = 0.0
    mean: NDArray[np.float64] | float = 0.0

    def add(self, map_: NDArray[np.float32], share: float) -> None:
        """Takes in a map [1, C, h, w], as this share of all."""
        self.low, self.high = min(self.low, map_.min()), max(self.high, map_.max())
        self.mean = self.mean + share * map_[0].mean((1, 2), dtype=np.float64)


def measured(views: Sequence[Pixels]) -> dict[str, Numbers]:
    """What `in_integers` takes, from photos as the encoder is shown them."""
    nodes = encoder_graph(kind=Int8Graph).graph.node
    names = [node.input[0] for node in nodes if node.op_type == "QuantizeLinear"]
    reaches = {name: _Reach() for name in names}
    session = _session(_telling(names))
    for view in views:
        maps = session.run(names, {INPUT: to_batch([view])})
        for name, map_ in zip(names, maps, strict=True):
            reaches[name].add(map_, 1 / len(views))
    found: dict[str, Numbers] = {}
    for name, reach in reaches.items():
        step = (reach.high - reach.low) / _LEVELS
        found[f"{name}.scale"] = np.array(step, np.float32)
        found[f"{name}.zero"] = np.array(round(-reach.low / step), np.uint8)
    for node in nodes:
        if node.op_type == "Conv" and node.name not in FLOATS:
            taken = node.input[0].removesuffix(_READ)
            found[f"{node.name}.taken"] = found[f"{taken}.scale"]
            found[f"{node.name}.mean"] = np.asarray(reaches[taken].mean, np.float16)
    return found


def _telling(names: Iterable[str]) -> ModelProto:
    """The graph in single precision, with its weights, that gives those activations out."""
    model = encoder_graph()
    weights = read_weights()
    for tensor in model.graph.initializer:
        if tensor.data_location == TensorProto.EXTERNAL:
            value = np.ascontiguousarray(weights[tensor.name])
            tensor.CopyFrom(numpy_helper.from_array(value, tensor.name))
    del model.graph.output[:]
    for name in names:
        model.graph.output.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, None))
    return model


def _session(model: ModelProto) -> Any:
    return onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )


def products_graph() -> ModelProto:
    """Ones [1, 64, h, w] to ones, by a convolution of each kind with the largest bytes there are.

    64 products of 255 and 127 are far beyond 16 bits; a processor that adds two of them there gives
    half of what it should.
    """
    nodes, values = [], []
    for name, side, inputs, groups in (("pointwise", 1, 64, 1), ("depthwise", 5, 1, 64)):
        terms = inputs * side * side
        constants: dict[str, Numbers] = {
            "step": np.array(1 / _LEVELS, np.float32),
            "zero": np.array(0, np.uint8),
            "weight": np.full((64, inputs, side, side), 127, np.int8),
            "weight.scale": np.full(64, 1 / 127 / terms, np.float32),
            "bias": np.zeros(64, np.int32),
            "bias.scale": np.full(64, 1 / _LEVELS / 127 / terms, np.float32),
        }
        values += [numpy_helper.from_array(v, f"{name}.{key}") for key, v in constants.items()]
        step, zero, weight, weight_scale, bias, bias_scale = (f"{name}.{key}" for key in constants)
        pads: dict[str, Any] = {
            "pads": [side // 2] * 4,
            "kernel_shape": [side] * 2,
            "group": groups,
        }
        nodes += [
            helper.make_node("QuantizeLinear", ["ones", step, zero], [f"{name}.in"]),
            helper.make_node("DequantizeLinear", [f"{name}.in", step, zero], [f"{name}.x"]),
            helper.make_node("DequantizeLinear", [weight, weight_scale], [f"{name}.w"], axis=0),
            helper.make_node("DequantizeLinear", [bias, bias_scale], [f"{name}.b"], axis=0),
            helper.make_node("Conv", [f"{name}.{of}" for of in "xwb"], [f"{name}.y"], **pads),
            helper.make_node("QuantizeLinear", [f"{name}.y", step, zero], [f"{name}.out"]),
            helper.make_node("DequantizeLinear", [f"{name}.out", step, zero], [name]),
        ]
    given = helper.make_tensor_value_info("ones", TensorProto.FLOAT, [1, 64, "h", "w"])
    found = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, None)
        for name in ("pointwise", "depthwise")
    ]
    return as_model(helper.make_graph(nodes, "products", [given], found, values))


def graphs() -> dict[str, bytes]:
    """What is shipped, by file name."""
    whole, low = Int8Runtime.graphs
    models = {
        whole: encoder_graph(kind=Int8Graph),
        low: encoder_graph(LOW_STAGES, Int8Graph),
        PRODUCTS: products_graph(),
    }
    return {name: one.SerializeToString(deterministic=True) for name, one in models.items()}


def write(views: Sequence[Pixels], folder: Path = FOLDER) -> None:
    """Graphs, what was measured on these views, and what the network then sees."""
    for name, graph in graphs().items():
        (folder / name).write_bytes(graph)
    (folder / MEASURED).write_bytes(save(measured(views)))


def looked_at(root: Path) -> list[Pixels]:
    """Both views of photos from all over the training split.

    Raises:
        DataError: labels or a photo cannot be read.
    """
    complaints: list[str] = []
    labels = read_labels(root, Split.TRAIN, complaints.append)
    if complaints:
        raise DataError(complaints[0])
    photos = [load_pixels(label.path) for label in labels[:: len(labels) // _PHOTOS or 1]]
    return [view(photo) for photo in photos[:_PHOTOS] for view in (whole_view, patch_view)]


if __name__ == "__main__":
    write(looked_at(Path(sys.argv[1])))
