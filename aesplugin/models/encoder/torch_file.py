"""A state dict in torch's old file format, read without torch.

Such a file is a row of pickles (a magic number, the protocol, facts of the writer, the state dict,
the storages' keys) and then the storages' numbers. Only tensors are made from it: whatever else
the pickle names is refused.
"""

import io
import pickle
import struct
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

_MAGIC: Final = 0x1950A86A20F9469CFC6C
_KINDS: Final[dict[str, np.dtype[Any]]] = {
    "FloatStorage": np.dtype("<f4"),
    "LongStorage": np.dtype("<i8"),
}
_COUNT: Final = struct.Struct("<q")
_NO_STATE_DICT: Final = (
    *(pickle.UnpicklingError, EOFError, KeyError, TypeError, AttributeError, struct.error),
)


class _Storage:
    """Numbers that several tensors may share; they come after the pickles."""

    def __init__(self, kind: np.dtype[Any], size: int) -> None:
        self.kind = kind
        self.size = size
        self.values: NDArray[Any] = np.empty(0, kind)


class _Tensor:
    """Where a tensor lies in its storage."""

    def __init__(
        self, storage: _Storage, offset: int, shape: Sequence[int], strides: Sequence[int], *_: Any
    ) -> None:
        self._place = storage, offset, tuple(shape), tuple(strides)

    def array(self) -> NDArray[Any]:
        """Its numbers, once the storages are read."""
        storage, offset, shape, strides = self._place
        size = storage.kind.itemsize
        return np.lib.stride_tricks.as_strided(
            storage.values[offset:], shape, [step * size for step in strides], writeable=False
        )


class _Reader(pickle.Unpickler):
    def __init__(self, stream: io.BytesIO) -> None:
        super().__init__(stream)
        self.storages: dict[str, _Storage] = {}

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _Tensor
        if module == "torch" and name in _KINDS:
            return name
        raise pickle.UnpicklingError(f"it names {module}.{name}, which is not a tensor")

    def persistent_load(self, pid: Any) -> _Storage:
        _, kind, key, _, size, _ = pid
        return self.storages.setdefault(key, _Storage(_KINDS[kind], size))


def read_state_dict(data: bytes) -> dict[str, NDArray[Any]]:
    """Name → array of the file's bytes.

    Raises:
        ValueError: not a state dict in that format.
    """
    stream = io.BytesIO(data)
    try:
        if pickle.load(stream) != _MAGIC:
            raise ValueError("not a file of torch's old format")
        pickle.load(stream), pickle.load(stream)
        reader = _Reader(stream)
        state = reader.load()
        for key in _Reader(stream).load():
            storage = reader.storages[key]
            (count,) = _COUNT.unpack(stream.read(_COUNT.size))
            numbers = stream.read(storage.size * storage.kind.itemsize)
            if count != storage.size or len(numbers) != storage.size * storage.kind.itemsize:
                raise ValueError("it ends too early")
            storage.values = np.frombuffer(numbers, storage.kind)
        return {name: tensor.array() for name, tensor in state.items()}
    except _NO_STATE_DICT as error:
        raise ValueError(f"not a state dict of torch's old format ({error})") from None
