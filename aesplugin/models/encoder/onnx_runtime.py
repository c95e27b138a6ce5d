"""The frozen encoder in ONNX Runtime: on a CPU in half of eager torch's time, with the same maps.

The graphs beside this file hold the structure alone (`python -m aesplugin.training.encoder.graph`
writes them); the weights are those of the installed package, handed over in memory.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file

from aesplugin.models.encoder.lite2 import normalised

_LOG = logging.getLogger(__name__)
FOLDER: Final = Path(__file__).parent
WHOLE, LOW = "lite2.onnx", "lite2_low.onnx"  # all eight maps; those of the lowest stages
INPUT: Final = "photo"
SEEN: Final = "lite2_seen.safetensors"  # what torch sees in the picture of the proof
LOW_STAGES: Final = 4
SAME: Final = 1e-3  # a map may differ by so much: far above rounding, far below a mistake
_LATE: Final = ("head.", *(f"stages.{stage}." for stage in range(LOW_STAGES, 7)))

Maps = list[NDArray[np.float32]]  # each [B, C, h, w]
Numbers = NDArray[Any]


def output_name(stage: int) -> str:
    """The graph's name for the map of a stage; the head comes after the last."""
    return f"map{stage}"


class EncoderRuntime:
    """Two sessions of one network: for whole views, and for patches, whose late maps none needs."""

    graphs: tuple[str, str] = (WHOLE, LOW)

    def __init__(self, weights: Mapping[str, NDArray[np.float32]], threads: int) -> None:
        """`weights` by the names of `EfficientNetLite2.state_dict`.

        Raises:
            ImportError: ONNX Runtime is not installed, or does not run here.
            RuntimeError: it does not take the graph.
        """
        import onnxruntime

        self._weight, self._bias = weights["classifier.weight"], weights["classifier.bias"]
        self._values = {
            name: onnxruntime.OrtValue.ortvalue_from_numpy(np.asarray(value, order="C"))
            for name, value in self.handed_over(weights).items()
        }
        self._threads = threads
        whole, low = self.graphs
        self._whole = self._session(onnxruntime, whole, _in_graph(self._values, low=False))
        self._low = self._session(onnxruntime, low, _in_graph(self._values, low=True))

    def handed_over(self, weights: Mapping[str, NDArray[np.float32]]) -> Mapping[str, Numbers]:
        """What the graphs name and do not hold, by name."""
        return weights

    def _session(self, library: Any, graph: str, needed: list[str]) -> Any:
        options = library.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.log_severity_level = 4  # what goes wrong is raised as well
        options.enable_cpu_mem_arena = False  # as fast, and 300 MB less with photos of many shapes
        options.enable_mem_pattern = False
        # threads that wait in a loop would take the cores from those that decode
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.add_external_initializers(needed, [self._values[one] for one in needed])
        with as_runtime_error():
            return library.InferenceSession(
                (FOLDER / graph).read_bytes(), options, providers=["CPUExecutionProvider"]
            )

    def maps(self, photos: NDArray[np.float32], stages: int | None = None) -> Maps:
        """The eight maps of [B, 3, H, W], or those of the lowest `stages`.

        Raises:
            RuntimeError: too little memory (`is_memory_error` knows it), or no photos of that form.
        """
        low = stages is not None and stages <= LOW_STAGES
        session = self._low if low else self._whole
        names = [one.name for one in session.get_outputs()][:stages]
        with as_runtime_error():
            found: Maps = session.run(names, {INPUT: photos})
        return found

    def logits(self, means: NDArray[np.float32]) -> NDArray[np.float32]:
        """Of the ImageNet classes [B, 1000], from the means [B, 1280] of the head's map."""
        found: NDArray[np.float32] = means @ self._weight.T + self._bias
        return found


def proven(
    weights: Mapping[str, NDArray[np.float32]], threads: int, kind: type[EncoderRuntime]
) -> EncoderRuntime | None:
    """ONNX Runtime with these weights, where it is here and sees what torch sees; says if not."""
    try:
        runtime = kind(weights, threads)
        same = all(np.abs(ours - torchs).max() < SAME for ours, torchs in digests(runtime))
        why = "its results differ"
    except (ImportError, RuntimeError, OSError, SafetensorError) as error:
        same, why = False, (str(error).splitlines() or ["unknown error"])[0]
    if not same:
        _LOG.warning("ONNX Runtime is not used (%s): torch is used instead, which is slower", why)
    return runtime if same else None


def proof() -> NDArray[np.float32]:
    """A small picture [1, 3, 71, 93] of odd sides, with smooth and fine parts."""
    down, across = np.meshgrid(np.arange(71), np.arange(93), indexing="ij")
    waves = np.stack([across * 2.5, down * 3.0, (across * down) % 251], axis=2)
    return normalised(waves[None].astype(np.uint8))


def digest(map_: NDArray[np.float32]) -> NDArray[np.float32]:
    """[3, C] of a map [1, C, h, w]: mean, deviation and maximum of each channel."""
    cells = map_[0].reshape(map_.shape[1], -1)
    return np.stack([cells.mean(1), cells.std(1), cells.max(1)]).astype(np.float32)


def digests(runtime: EncoderRuntime) -> Iterator[tuple[Numbers, Numbers]]:
    """What it sees in the picture of the proof, by map and session, beside what torch sees."""
    seen = load_file(FOLDER / SEEN)
    for stages in (None, LOW_STAGES):
        for stage, map_ in enumerate(runtime.maps(proof(), stages)):
            yield digest(map_), seen[output_name(stage)]


@contextmanager
def as_runtime_error() -> Iterator[None]:
    """The library's errors, which share no class of their own but `Exception`, as one."""
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    known = (state.Fail, state.EPFail, state.RuntimeException, state.NotImplemented)
    graphs = (state.InvalidArgument, state.InvalidGraph, state.InvalidProtobuf, state.NotFound)
    try:
        yield
    except (*known, *graphs) as error:
        raise RuntimeError(str(error)) from None


def _in_graph(names: Iterable[str], *, low: bool) -> list[str]:
    """The names in a graph: the classifier is in neither, late stages not in the low one."""
    absent = ("classifier.", *(_LATE if low else ()))
    return [name for name in names if not name.startswith(absent)]
