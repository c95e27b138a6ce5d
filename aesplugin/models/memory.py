"""Too little memory, told as one error however the library words it."""

from collections.abc import Iterator
from contextlib import contextmanager

from aesplugin.errors import OutOfMemory

_WORDS = (
    "can't allocate memory",  # torch's allocator on the CPU
    "not enough memory",  # the same on Windows
    "Failed to allocate memory",  # ONNX Runtime's
    "bad allocation",  # the same where its arena does not grow
    "out of memory",  # devices
    "_STATUS_ALLOC_FAILED",  # cuBLAS and cuDNN, which allocate by themselves
)


@contextmanager
def within_memory(what: str) -> Iterator[None]:
    """`what` names the thing and the way out, such as "8 photos do not fit: ...".

    Raises:
        OutOfMemory: the block ran out of the device's or the machine's memory.
    """
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        if not is_memory_error(error):
            raise
        raise OutOfMemory(what) from None


def is_memory_error(error: Exception) -> bool:
    """Whether it tells of too little memory, on a device or on this machine.

    Told by torch's words: its CPU allocator raises a plain RuntimeError, and asking for the class
    that devices raise would load torch.
    """
    if isinstance(error, MemoryError):
        return True
    said = str(error)
    return isinstance(error, RuntimeError) and any(words in said for words in _WORDS)
