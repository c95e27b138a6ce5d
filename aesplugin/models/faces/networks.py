"""The three small networks, in ONNX Runtime: detector, face flag, eyelids.

MediaPipe's BlazeFace (back camera), face mesh and iris models (Apache-2.0, see NOTICE), written as
ONNX by ``python -m aesplugin.training.faces.convert``: of the mesh only the branch that tells
whether it looks at a face, of the iris model only the branch of the eyelids.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from aesplugin.errors import ModelError, OutOfMemory, WeightsDamaged, WeightsMissing
from aesplugin.models.encoder.onnx_runtime import as_runtime_error
from aesplugin.models.runtime import is_memory_error

FOLDER: Final = Path(__file__).parent
DETECTOR, FLAG, LIDS = "detector.onnx", "face_flag.onnx", "eyelids.onnx"
SIDES: Final = {DETECTOR: 256, FLAG: 192, LIDS: 64}  # px of the square each one is shown
# SHA-256 of each: a graph in which a few bytes have changed may well load, and see nonsense.
# With weights that see otherwise `REVISION` changes, too.
HASHES: Final = {
    DETECTOR: "302b5da6409e5ac26481c645110a3aa90190893b60cc904f2a1bd043425d8bf5",
    FLAG: "f182ab41692b5eedecfcc143458a07f12beeb7ac1f7ff1b6daba2ab0be4b7e54",
    LIDS: "1f0ae206f8f8e7ad3dc3bb9a6c398bb02d16128470cd67c7c15c5bf71403c9d6",
}

Floats = NDArray[np.floating[Any]]


class Network:
    """One graph on one thread: the decoders beside it have the other cores."""

    def __init__(self, name: str, folder: Path = FOLDER) -> None:
        """Loads the graph `name` of `folder`.

        Raises:
            WeightsMissing: there is none.
            WeightsDamaged: it is no graph of ours.
            OutOfMemory: there is too little for it.
            ModelError: ONNX Runtime does not take it.
            ImportError: ONNX Runtime is not installed.
        """
        import onnxruntime

        self.side = SIDES[name]
        path = folder / name
        try:
            graph = path.read_bytes()
        except OSError as error:
            reason = f"{error.filename} cannot be read ({error.strerror}): install aesplugin again"
            raise WeightsMissing(reason) from None
        if hashlib.sha256(graph).hexdigest() != HASHES[name]:
            raise WeightsDamaged(f"{path} is damaged: install aesplugin again")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 4
        options.enable_cpu_mem_arena = False
        providers = ["CPUExecutionProvider"]
        with _as_model_error():
            session: Any = onnxruntime.InferenceSession(graph, options, providers=providers)
        self._session = session
        (self._input,) = self._session.get_inputs()

    def __call__(self, squares: Floats) -> list[Floats]:
        """Outputs for one square [3, side, side].

        Raises:
            OutOfMemory: there is too little for it.
            ModelError: ONNX Runtime fails.
        """
        with _as_model_error():
            found: list[Floats] = self._session.run(None, {self._input.name: squares[None]})
        return found


@contextmanager
def _as_model_error() -> Iterator[None]:
    try:
        with as_runtime_error():
            yield
    except RuntimeError as error:
        if is_memory_error(error):
            raise OutOfMemory("not enough memory to look for faces: close other programs") from None
        why = (str(error).splitlines() or ["unknown error"])[0]
        raise ModelError(f"ONNX Runtime fails: {why}") from None
